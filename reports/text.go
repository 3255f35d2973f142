package reports

import (
	"fmt"
	"io"
	"strings"

	"github.com/rivo/uniseg"

	"pipewright/internal/text"
)

// WriteText writes the report as people read it on a terminal.
func WriteText(w io.Writer, res answer, p text.Printer) error {
	var b strings.Builder
	res.write(&b, p)
	_, err := io.WriteString(w, b.String())
	return err
}

func (res Result) write(b *strings.Builder, p text.Printer) {
	fmt.Fprintf(b, "%s\n%s\n", res.title(p), res.context(p))
	if s := res.About(p); s != "" {
		fmt.Fprintln(b, s)
	}
	fmt.Fprintf(b, "\n%s\n", res.lead(p))
	if x := res.Breakdown; x != nil && !res.Empty() {
		writeTable(b, x.table(res.Report, res.names, p), p)
		if s := x.verdict(p); s != "" {
			fmt.Fprintln(b, s)
		}
	}
	if !res.Empty() {
		writeTable(b, res.Body.Table(p), p)
	}
	for i, n := range res.notes(p) {
		if i == 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(b, "- %s\n", n)
	}
}

// writeTable aligns columns by the width that a terminal gives to characters.
func writeTable(b *strings.Builder, t Table, p text.Printer) {
	if len(t.Rows) == 0 {
		return
	}
	b.WriteByte('\n')
	widths := make([]int, len(t.Columns))
	lines := [][]string{nil}
	for _, c := range t.Columns {
		lines[0] = append(lines[0], c.Title)
	}
	for _, row := range t.Rows {
		var line []string
		for _, c := range row {
			line = append(line, oneLine(c.Text))
		}
		lines = append(lines, line)
	}
	for _, line := range lines {
		for i, s := range line {
			widths[i] = max(widths[i], uniseg.StringWidth(s))
		}
	}
	for _, line := range lines {
		var out strings.Builder
		for i, s := range line {
			gap := strings.Repeat(" ", widths[i]-uniseg.StringWidth(s))
			if t.Columns[i].Right {
				s = gap + s
			} else {
				s += gap
			}
			if i > 0 {
				out.WriteString("  ")
			}
			out.WriteString(s)
		}
		b.WriteString(strings.TrimRight(out.String(), " "))
		b.WriteByte('\n')
	}
	if s := t.confidence(p); s != "" {
		fmt.Fprintln(b, s)
	}
}

// oneLine makes every run of white space one space.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
