package csvio

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"pipewright/internal/sales"
)

// Whatever a deal's history was, what is written of it is read back as the same
// deal with the same stays, in any order of rows.
func TestHistoriesComeBack(t *testing.T) {
	stages := []string{"lead", "demo", "quote", "lost", "signed", "paid", "won", "completed"}
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(r, "rows")
		at := day(5)
		rows := "deal_id,stage,entered_at\n"
		won := 0
		for range n {
			at = at.Add(time.Duration(rapid.IntRange(0, 50).Draw(r, "hours")) * time.Hour)
			i := rapid.IntRange(0, 6+won).Draw(r, "stage")
			if won = 0; i >= 4 {
				won = 1
			}
			rows += fmt.Sprintf("A,%s,%s\n", stages[i], at.Format(time.RFC3339))
		}
		f := files{history: rows}
		if rapid.Bool().Draw(r, "row of deals") {
			f.deals = "deal_id,name,created_at\nA,Roof," + WriteTime(day(rapid.IntRange(1, 6).Draw(r, "created"))) + "\n"
		}
		first := build(t, f, nil)
		before := sales.Fold(first.Events)
		invariants(r, before)

		back := files{deals: line(DealHeader(nil)...) + line(DealRow(first.Process, before.Deal, first.Events, nil)...), history: line(HistoryHeader...)}
		written := HistoryRows(before.Deal, first.Events)
		for len(written) > 0 { // rows of one time keep their order, all others may come in any
			same := 1
			for same < len(written) && written[same][2] == written[0][2] {
				same++
			}
			var group string
			for _, row := range written[:same] {
				group += line(row...)
			}
			head, rest, _ := strings.Cut(back.history, "\n")
			if rapid.Bool().Draw(r, "earlier in the file") {
				back.history = head + "\n" + group + rest
			} else {
				back.history += group
			}
			written = written[same:]
		}
		after := sales.Fold(build(t, back, nil).Events)
		if diff := cmp.Diff(before.Stays, after.Stays, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Event" }, cmp.Ignore())); diff != "" {
			r.Fatalf("%s(-before +after)\n%s\n%s", rows, diff, back.history)
		}
		a, b := before.Deal, after.Deal
		if a.Status != b.Status || a.Stage != b.Stage || a.Episode != b.Episode || !a.Closed.Equal(b.Closed) || !a.Done.Equal(b.Done) || !a.Created.Equal(b.Created) {
			r.Fatalf("%s%s\n%+v became\n%+v", rows, back.history, a, b)
		}
	})
}

func line(cells ...string) string {
	var b strings.Builder
	w, err := NewWriter(&b, cells...)
	if err != nil || w.Flush() != nil {
		panic("a builder refuses nothing")
	}
	return b.String()
}

// invariants hold for every history: stays follow each other, only the last may be
// open, and nothing is made up of a deal that is over.
func invariants(t *rapid.T, h sales.History) {
	for i, s := range h.Stays {
		if s.Visit != i+1 || s.Exit == sales.ExitOpen && i < len(h.Stays)-1 || s.Exit != sales.ExitOpen && s.Left.Before(s.Entered) {
			t.Fatalf("stay %d is odd: %+v", i, h.Stays)
		}
	}
	open := slices.ContainsFunc(h.Stays, func(s sales.Stay) bool { return s.Exit == sales.ExitOpen })
	if over := h.Deal.Status == sales.Lost || !h.Deal.Done.IsZero(); open == over {
		t.Fatalf("the deal is over: %v, but a stay is open: %v (%+v)", over, open, h)
	}
}
