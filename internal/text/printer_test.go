package text

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

var (
	english  = For("en-US", nil)
	mandarin = For("zh-CN", nil)
)

func TestFor(t *testing.T) {
	shanghai := time.FixedZone("CST", 8*60*60)
	for locale, want := range map[string]string{
		"en-US": "en", "": "en", "de-DE": "en", "zha": "en",
		"zh-CN": "zh", "zh-TW": "zh", "zh": "zh", "ZH_hans": "zh",
	} {
		if got := For(locale, nil).Lang(); got != want {
			t.Errorf("For(%q).Lang() = %q, want %q", locale, got, want)
		}
	}
	if got := For("", shanghai).Location(); got != shanghai {
		t.Errorf("Location() = %v", got)
	}
	if got := (Printer{}).Location(); got != time.UTC {
		t.Errorf("Location() without one = %v", got)
	}
}

func TestT(t *testing.T) {
	for _, test := range []struct {
		p    Printer
		msg  string
		args []any
		want string
	}{
		{english, "%s ago", []any{"3 days"}, "3 days ago"},
		{mandarin, "%s ago", []any{"3 天"}, "3 天前"},
		{mandarin, "No translation of %s has this", []any{"x"}, "No translation of x has this"},
		{english, "100%s", nil, "100%s"},
		{mandarin, "tomorrow", nil, "明天"},
	} {
		if got := test.p.T(test.msg, test.args...); got != test.want {
			t.Errorf("%s: T(%q) = %q, want %q", test.p.Lang(), test.msg, got, test.want)
		}
	}
}

func TestNWritesThousandsApart(t *testing.T) {
	if got := english.N(15824, "%d move in %d", "%d moves in %d", 2026); got != "15,824 moves in 2026" {
		t.Errorf("it says %q", got)
	}
}

func TestN(t *testing.T) {
	for _, test := range []struct {
		p    Printer
		n    int
		want string
	}{
		{english, 0, "0 days 5 h"}, {english, 1, "1 day 5 h"}, {english, 2, "2 days 5 h"}, {english, -1, "-1 days 5 h"},
		{mandarin, 1, "1 天 5 小时"}, {mandarin, 2, "2 天 5 小时"},
	} {
		if got := test.p.N(test.n, "%d day %d h", "%d days %d h", 5); got != test.want {
			t.Errorf("%s: N(%d) = %q, want %q", test.p.Lang(), test.n, got, test.want)
		}
	}
	if got := mandarin.N(1, "%d untranslated thing", "%d untranslated things"); got != "1 untranslated thing" {
		t.Errorf("N without a translation = %q", got)
	}
}

func TestNLeavesTheArgumentsAlone(t *testing.T) {
	args := make([]any, 1, 4)
	args[0] = 5
	english.N(2, "%d day %d h", "%d days %d h", args...)
	if args[0] != 5 || args[:2][1] != nil {
		t.Errorf("N wrote into the caller's arguments: %v", args[:2])
	}
}

func TestSentences(t *testing.T) {
	all := []string{"A.", "", "B."}
	if en, zh := english.Sentences(all...), mandarin.Sentences(all...); en != "A. B." || zh != "A.B." {
		t.Errorf("%q, %q", en, zh)
	}
	if all[1] != "" || english.Sentences("", "") != "" {
		t.Error("what was given is not as it was, or nothing says something")
	}
	if zh := mandarin.Sentences("好。", "*等*"); zh != "好。"+Gap+"*等*" {
		t.Errorf("Slack shows the stars of %q", zh)
	}
}

func TestZone(t *testing.T) {
	for range 2 { // the second time from memory
		if z := Zone("Asia/Shanghai"); z == nil || z.String() != "Asia/Shanghai" {
			t.Errorf("%v", z)
		}
		for _, none := range []string{"", "Mars/Base"} {
			if z := Zone(none); z != nil {
				t.Errorf("%q: %v", none, z)
			}
		}
	}
}

func TestList(t *testing.T) {
	for _, test := range []struct {
		items       []string
		en, chinese string
	}{
		{nil, "", ""},
		{[]string{"a"}, "a", "a"},
		{[]string{"a", "b"}, "a and b", "a 和 b"},
		{[]string{"张三", "李四"}, "张三 and 李四", "张三和李四"},
		{[]string{"a", "b", "100%d"}, "a, b and 100%d", "a、b 和 100%d"},
	} {
		if got := english.List(test.items); got != test.en {
			t.Errorf("List(%q) = %q, want %q", test.items, got, test.en)
		}
		if got := mandarin.List(test.items); got != test.chinese {
			t.Errorf("List(%q) = %q, want %q", test.items, got, test.chinese)
		}
	}
}

func TestPrinterIsSafeForConcurrentUse(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 100 {
				n := i*1000 + j
				if got, want := english.Number(float64(n)+0.5, 1), grouping(n)+".5"; got != want {
					t.Errorf("Number = %q, want %q", got, want)
				}
				mandarin.Ago(time.Unix(1, 0), time.Unix(int64(n)*1000, 0))
				Fold("Ünïcode")
			}
		})
	}
	wg.Wait()
}

func grouping(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}
