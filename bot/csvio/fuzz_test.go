package csvio

import (
	"errors"
	"io"
	"strings"
	"testing"

	"pipewright/internal/text"
)

// Whatever a file holds, each of its rows is read or refused, and reading ends.
func FuzzTable(f *testing.F) {
	for _, s := range []string{"deal_id,name\n1,a\n", "a;b\n1;2\n", "\xef\xbb\xbfa\tb\n1\t\"x\ny\"\n", "a\n\"", "\xff\xfea\x00\n\x00", "a,a\r1,2\r", "\x00", "\"a\"\"b\",c\n\"\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		table, err := readTable("x.csv", strings.NewReader(s), Format{}, text.For("en", nil))
		if err != nil {
			return
		}
		for n := 0; ; n++ {
			_, err := table.Next()
			var bad *Bad
			switch {
			case errors.Is(err, io.EOF):
				return
			case err != nil && !errors.As(err, &bad), bad != nil && bad.Line == 0:
				return
			case n > len(s)+2:
				t.Fatal("it reads on for ever")
			}
		}
	})
}
