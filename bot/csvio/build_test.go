package csvio

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pipewright/internal/sales"
)

func TestHistoryBecomesStays(t *testing.T) {
	for name, c := range map[string]struct {
		rows   string // stage,entered_at
		stays  string
		status sales.Status
		stage  string
	}{
		"one after the other": {
			"lead,2026-01-05T09:00:00Z\ndemo,2026-01-07T10:00:00Z\n",
			"lead 2026-01-05T09:00:00Z forward 2026-01-07T10:00:00Z; demo 2026-01-07T10:00:00Z", sales.Open, "demo",
		},
		"in any order of rows": {
			"demo,2026-01-07T10:00:00Z\nlead,2026-01-05T09:00:00Z\n",
			"lead 2026-01-05T09:00:00Z forward 2026-01-07T10:00:00Z; demo 2026-01-07T10:00:00Z", sales.Open, "demo",
		},
		"names in any language and case": {
			"FIRST CONTACT,2026-01-05\n演示,2026-01-06\nquote,2026-01-07\n",
			"lead 2026-01-05 forward 2026-01-06; demo 2026-01-06 forward 2026-01-07; quote 2026-01-07", sales.Open, "quote",
		},
		"the same stage again": {
			"lead,2026-01-05\nlead,2026-01-06\ndemo,2026-01-07\nlead,2026-01-08\nlead,2026-01-09\n",
			"lead 2026-01-05 forward 2026-01-07; demo 2026-01-07 back 2026-01-08; lead 2026-01-08", sales.Open, "lead",
		},
		"past a stage, and won": {
			"lead,2026-01-05\nquote,2026-01-06\nwon,2026-01-09\n",
			"lead 2026-01-05 forward 2026-01-06 past demo; quote 2026-01-06 won 2026-01-09; signed 2026-01-09", sales.Won, "signed",
		},
		"won past a stage, delivered, completed": {
			"lead,2026-01-05\nClosed Won,2026-01-06\npaid,2026-01-07\ncompleted,2026-01-08\n",
			"lead 2026-01-05 won 2026-01-06 past demo+quote; signed 2026-01-06 forward 2026-01-07; paid 2026-01-07 completed 2026-01-08", sales.Won, "paid",
		},
		"straight to the last stage": {
			"lead,2026-01-05\npaid,2026-01-06\n",
			"lead 2026-01-05 won 2026-01-06 past demo+quote+signed", sales.Won, "paid",
		},
		"lost and taken up again": {
			"lead,2026-01-05\ndemo,2026-01-06\nlost,2026-01-07\ndemo,2026-01-09\nlost,2026-01-10\nlost,2026-01-11\n",
			"lead 2026-01-05 forward 2026-01-06; demo 2026-01-06 lost 2026-01-07; demo 2026-01-09 lost 2026-01-10", sales.Lost, "demo",
		},
		"won, and back before the win": {
			"quote,2026-01-05\nsigned,2026-01-06\nquote,2026-01-07\nwon,2026-01-08\n",
			"quote 2026-01-05 won 2026-01-06; signed 2026-01-06 back 2026-01-07; quote 2026-01-07 won 2026-01-08; signed 2026-01-08", sales.Won, "signed",
		},
		"lost at once": {"lost,2026-01-05\n", "", sales.Lost, "lead"},
		"won at once":  {"won,2026-01-05\n", "signed 2026-01-05", sales.Won, "signed"},
		"won, then lost: nothing is made up": {
			"quote,2026-01-05\nwon,2026-01-06\nlost,2026-01-09\n",
			"quote 2026-01-05 won 2026-01-06; signed 2026-01-06 back 2026-01-09", sales.Lost, "quote",
		},
		"lost, then won: nothing is made up": {
			"quote,2026-01-05\nlost,2026-01-06\nwon,2026-01-09\n",
			"quote 2026-01-05 lost 2026-01-06; signed 2026-01-09", sales.Won, "signed",
		},
		"equal times keep the order of the file": {
			"quote,2026-01-06\nlead,2026-01-05\ndemo,2026-01-05\n",
			"lead 2026-01-05 forward 2026-01-05; demo 2026-01-05 forward 2026-01-06; quote 2026-01-06", sales.Open, "quote",
		},
	} {
		t.Run(name, func(t *testing.T) {
			rows := "stage,entered_at,deal_id\n"
			for line := range slices.Values(splitLines(c.rows)) {
				rows += line + ",A1\n"
			}
			h := sales.Fold(build(t, files{history: rows}, nil).Events)
			if got := route(h); got != c.stays {
				t.Errorf("stays:\n got %s\nwant %s", got, c.stays)
			}
			if h.Deal.Status != c.status || h.Deal.Stage != c.stage {
				t.Errorf("the deal is %s in %s, want %s in %s", h.Deal.Status, h.Deal.Stage, c.status, c.stage)
			}
			if h.Deal.External != "A1" || h.Deal.Name != "A1" || h.Deal.Process != "b2b" {
				t.Errorf("deal = %+v", h.Deal)
			}
		})
	}
}

func splitLines(s string) []string {
	var out []string
	for len(s) > 0 {
		i := slices.Index([]byte(s), '\n')
		out, s = append(out, s[:i]), s[i+1:]
	}
	return out
}

func TestDealsBecomeDeals(t *testing.T) {
	d := build(t, files{deals: "Deal_ID,NAME,Account,Owner,Amount,Currency,Source,Created At,Stage,Closed At,Company Size,Renewal date,next_step,next_by,margin\n" +
		"77,Roof,Müller AG,Anna Sommer,\"12,000.50\",usd,fair,2026-01-05,Demo,2026-03-01,large,5 Mar 2027,Call Bo,2026-01-09,12.5\n"}, nil)
	h := sales.Fold(d.Events)
	margin := 0.125
	want := sales.Deal{
		Process: "b2b", Version: 2, Moves: 1, Episode: 1, Name: "Roof", Account: "Müller AG", Owner: "U1", Team: "north",
		Amount: sales.Money{Minor: 1200050, Currency: "USD"}, Source: "fair", Stage: "demo", Status: sales.Open,
		Created: day(5), Close: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), External: "77", Margin: &margin,
		NextStep: "Call Bo", NextBy: day(9), Fields: map[string]string{"size": "l", "renewal": "2027-03-05"},
	}
	if diff := cmp.Diff(want, h.Deal); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if len(h.Stays) != 0 {
		t.Errorf("nobody knows when it came to the demo, but there are stays: %v", h.Stays)
	}
}

func day(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }

func TestClosedDealsWithoutHistory(t *testing.T) {
	for name, c := range map[string]struct {
		row    string // stage,status,created_at,closed_at,lost_reason
		stage  string
		status sales.Status
		done   bool
		closed time.Time
		reason string
	}{
		"won as a stage":         {"won,,2026-01-05,2026-01-09,", "signed", sales.Won, true, day(9), ""},
		"won as a status":        {"quote,won,2026-01-05,2026-01-09,", "signed", sales.Won, true, day(9), ""},
		"won and being paid":     {"signed,,2026-01-05,2026-01-09,", "signed", sales.Won, false, day(9), ""},
		"won and paid":           {"paid,won,2026-01-05,2026-01-09,", "paid", sales.Won, true, day(9), ""},
		"lost with a reason":     {"Closed Lost,,2026-01-05,2026-01-09,too expensive", "lead", sales.Lost, false, day(9), "price"},
		"lost with other words":  {"demo,lost,2026-01-05,2026-01-09,They moved", "demo", sales.Lost, false, day(9), "They moved"},
		"closed on the same day": {"won,,2026-01-05T10:00:00Z,2026-01-05,", "signed", sales.Won, true, day(5).Add(10 * time.Hour), ""},
		"created nobody knows":   {"won,,,2026-01-09,", "signed", sales.Won, true, day(9), ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := sales.Fold(build(t, files{deals: "deal_id,stage,status,created_at,closed_at,lost_reason\nA," + c.row + "\n"}, nil).Events)
			d := h.Deal
			if d.Stage != c.stage || d.Status != c.status || !d.Closed.Equal(c.closed) || d.Reason != c.reason || !d.Done.IsZero() != c.done {
				t.Errorf("got %s in %s, closed %v, done %v, reason %q", d.Status, d.Stage, d.Closed, d.Done, d.Reason)
			}
			if len(h.Stays) > 0 {
				t.Errorf("stays were made up: %v", h.Stays)
			}
		})
	}
}

func TestDealsAndHistoryTogether(t *testing.T) {
	history := "deal_id,stage,entered_at,actor\nA,lead,2026-01-05T10:00:00Z,bo.li@example.com\nA,demo,2026-01-07T10:00:00Z,Zoe\n"
	for name, c := range map[string]struct{ row, created, stays string }{
		"created the same day":                    {"A,2026-01-05,,", "2026-01-05T10:00:00Z", "lead 2026-01-05T10:00:00Z forward 2026-01-07T10:00:00Z; demo 2026-01-07T10:00:00Z"},
		"created before":                          {"A,2026-01-02,,", "2026-01-02", "lead 2026-01-05T10:00:00Z forward 2026-01-07T10:00:00Z; demo 2026-01-07T10:00:00Z"},
		"created later: the history knows better": {"A,2026-01-06,demo,", "2026-01-05T10:00:00Z", "lead 2026-01-05T10:00:00Z forward 2026-01-07T10:00:00Z; demo 2026-01-07T10:00:00Z"},
		"closed by the deal's row":                {"A,2026-01-05,won,2026-01-09", "2026-01-05T10:00:00Z", "lead 2026-01-05T10:00:00Z forward 2026-01-07T10:00:00Z; demo 2026-01-07T10:00:00Z won 2026-01-09 past quote; signed 2026-01-09"},
		"closed on the day of the last row":       {"A,2026-01-05,lost,2026-01-07", "2026-01-05T10:00:00Z", "lead 2026-01-05T10:00:00Z forward 2026-01-07T10:00:00Z; demo 2026-01-07T10:00:00Z lost 2026-01-07T10:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			d := build(t, files{deals: "deal_id,created_at,stage,closed_at\n" + c.row + "\n", history: history}, nil)
			h := sales.Fold(d.Events)
			if got := route(h); got != c.stays {
				t.Errorf("stays:\n got %s\nwant %s", got, c.stays)
			}
			if got := WriteTime(h.Deal.Created); got != c.created {
				t.Errorf("created %s, want %s", got, c.created)
			}
			if i := slices.IndexFunc(d.Events, func(e sales.Event) bool { return e.Data.To == "demo" }); d.Events[i].Actor != "Zoe" {
				t.Errorf("moved by %q, want Zoe, who is nobody in Slack", d.Events[i].Actor)
			}
		})
	}
}

func TestActivitiesTakeTheirPlace(t *testing.T) {
	d := build(t, files{
		history: "deal_id,stage,entered_at\nA,lead,2026-01-05\nA,demo,2026-01-07\n",
		activities: "deal_id,type,at,minutes,actor,outcome,note\nA,Phone,2026-01-06T08:00:00Z,,anna,reached,\"'=hello, you\"\n" +
			"A,电话,2026-01-04T08:00:00Z,0:45,Bo Li,,\nA,call,2026-01-07,30.4,,,\n",
	}, nil)
	var order []sales.EventType
	for _, e := range d.Events {
		order = append(order, e.Type)
	}
	if want := []sales.EventType{sales.Created, sales.Logged, sales.Logged, sales.Moved, sales.Logged}; !slices.Equal(order, want) {
		t.Errorf("order %v, want %v", order, want)
	}
	want := []sales.Activity{
		{Type: "call", Minutes: 45, Actor: "U2", At: day(4).Add(8 * time.Hour), Event: 2, Cost: sales.Money{Minor: 4500, Currency: "EUR"}},
		{Type: "call", Minutes: 15, Actor: "U1", At: day(6).Add(8 * time.Hour), Outcome: "reached", Note: "=hello, you", Event: 3, Cost: sales.Money{Minor: 1500, Currency: "EUR"}},
		{Type: "call", Minutes: 30, At: day(7), Event: 5, Cost: sales.Money{Minor: 3000, Currency: "EUR"}},
	}
	if diff := cmp.Diff(want, d.Activities); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if h := sales.Fold(d.Events); !h.Deal.Last.Equal(day(7)) {
		t.Errorf("last activity %v", h.Deal.Last)
	}
}

// Two people have the same name: neither is meant.
func TestPeopleWithOneName(t *testing.T) {
	p := newPeople(testPeople())
	for in, want := range map[string]string{
		"U3": "U3", "chris": "U3", "Chris Doe": "Chris Doe", "ANNA SOMMER": "U1", "anna@example.com": "U1", "": "", "nobody@example.com": "nobody@example.com",
	} {
		if got := p.find(in); got != want {
			t.Errorf("find(%q) = %q, want %q", in, got, want)
		}
	}
}
