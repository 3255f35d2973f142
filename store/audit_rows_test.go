package store_test

import (
	"fmt"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
)

// Whoever changes a row beside the log is named, though the chain of events holds.
func TestTamperedRowsAreNamed(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s := open(t, url, store.Options{})
		seedMap(t, s)
		d, other := newDeal(t, s, "Acme", ""), newDeal(t, s, "Other", "")
		a := request(t, s, d.ID)
		if err := verdict(s, a.ID, "UPRICE", sales.Reject); err != nil {
			t.Fatal(err)
		}
		mustDecide(t, s, other.ID, func(c *sales.Case) ([]sales.Event, error) {
			return c.Set("UREP", "amount", "5000.00 EUR", t0.Add(time.Hour))
		})
		seal(t, s)
		if r := auditOf(t, s); r.Broken != nil || r.Events != 5 {
			t.Fatalf("untouched: %+v %+v", r, r.Broken)
		}
		meddle := meddler(t, url)
		for _, c := range []struct {
			do, undo string
			want     store.Break
		}{
			{`UPDATE approval SET state = 'approved'`, `UPDATE approval SET state = 'rejected'`, store.Break{Deal: d.ID, Approval: a.ID, What: store.BreakRow}},
			{`UPDATE approval SET steps = REPLACE(steps, 'so be it', 'so be it!')`, `UPDATE approval SET steps = REPLACE(steps, 'so be it!', 'so be it')`, store.Break{Deal: d.ID, Approval: a.ID, What: store.BreakRow}},
			{`UPDATE approval SET form = REPLACE(form, '12', '11')`, `UPDATE approval SET form = REPLACE(form, '11', '12')`, store.Break{Deal: d.ID, Approval: a.ID, What: store.BreakRow}},
			{fmt.Sprintf(`UPDATE approval SET deal = %d`, other.ID), fmt.Sprintf(`UPDATE approval SET deal = %d`, d.ID), store.Break{Deal: other.ID, Approval: a.ID, What: store.BreakRow}},
			{fmt.Sprintf(`UPDATE deal SET amount = 1 WHERE id = %d`, other.ID), fmt.Sprintf(`UPDATE deal SET amount = 500000 WHERE id = %d`, other.ID), store.Break{Deal: other.ID, What: store.BreakRow}},
			{fmt.Sprintf(`UPDATE deal SET owner = 'UBAD' WHERE id = %d`, d.ID), fmt.Sprintf(`UPDATE deal SET owner = 'UREP' WHERE id = %d`, d.ID), store.Break{Deal: d.ID, What: store.BreakRow}},
			{
				`INSERT INTO approval (id, deal, episode, kind, version, requester, at, form, state, steps, ended, map) SELECT 99, deal, 1, 'quote', 1, requester, at, form, 'approved', '[]', ended, 1 FROM approval`,
				`DELETE FROM approval WHERE id = 99`, store.Break{Deal: d.ID, Approval: 99, What: store.BreakRow},
			},
			{`DELETE FROM approval`, ``, store.Break{Deal: d.ID, Approval: a.ID, What: store.BreakRow}},
		} {
			meddle(c.do)
			if r := auditOf(t, s); r.Broken == nil || *r.Broken != c.want {
				t.Errorf("%s: %+v", c.do, r.Broken)
			}
			if c.undo == "" {
				return
			}
			meddle(c.undo)
			if r := auditOf(t, s); r.Broken != nil {
				t.Fatalf("%s: %+v", c.undo, r.Broken)
			}
		}
	})
}
