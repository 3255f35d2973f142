package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
)

// Files come again and say more: what is new is added, once.
func TestImportSaysMore(t *testing.T) {
	const (
		header = "deal_id,name,amount,currency,created_at,stage,closed_at\n"
		rows   = "deal_id,stage,entered_at\n"
	)
	for name, c := range map[string]struct {
		first, then importFiles
		want        []string // in the state afterwards
		never       []string
	}{
		"a longer history": {
			importFiles{history: rows + "A,lead,2026-01-05\n"},
			importFiles{history: rows + "A,lead,2026-01-05\nA,demo,2026-01-08\nA,lost,2026-01-09\n"},
			[]string{"A: lead 1.1 2026-01-05 00:00:00 +0000 UTC–2026-01-08 00:00:00 +0000 UTC forward→demo [discovery]", "A: demo 1.2 2026-01-08 00:00:00 +0000 UTC–2026-01-09 00:00:00 +0000 UTC lost→"}, nil,
		},
		"a shorter history": {
			importFiles{history: rows + "A,lead,2026-01-05\nA,demo,2026-01-08\n"},
			importFiles{history: rows + "A,lead,2026-01-05\n"},
			[]string{"A: demo 1.2"}, nil,
		},
		"a history after the deals": {
			importFiles{deals: header + "A,Roof,,,2026-01-05,won,2026-01-09\n"},
			importFiles{history: rows + "A,lead,2026-01-05\nA,demo,2026-01-08T10:00:00Z\n"},
			[]string{"Roof: lead 1.1 2026-01-05 00:00:00 +0000 UTC–2026-01-08 10:00:00 +0000 UTC forward→demo", "Roof: demo 1.2 2026-01-08 10:00:00 +0000 UTC–2026-01-09 00:00:00 +0000 UTC won→signed", "Status:won"}, nil,
		},
		"the deals after a history": {
			importFiles{history: rows + "A,lead,2026-01-05\nA,demo,2026-01-08\n"},
			importFiles{deals: header + "A,Roof,12k,EUR,2026-01-05,lost,2026-01-09\n"},
			[]string{"Roof: demo 1.2 2026-01-08 00:00:00 +0000 UTC–2026-01-09 00:00:00 +0000 UTC lost→", "Amount:{Minor:1200000 Currency:EUR}", "Status:lost"}, nil,
		},
		"fields that changed": {
			importFiles{deals: header + "A,Roof,12k,EUR,2026-01-05,lead,\n"},
			importFiles{deals: header + "A,Big roof,15k,EUR,2026-01-05,lead,2026-08-01\n"},
			[]string{"Name:Big roof", "Minor:1500000", "Close:2026-08-01"}, nil,
		},
		"a stage that changed, nobody knows when": {
			importFiles{deals: header + "A,Roof,,,2026-01-05,lead,\n"},
			importFiles{deals: header + "A,Roof,,,2026-01-05,demo,\n"},
			[]string{"Stage:demo", "Status:open"}, []string{"Roof: "},
		},
		"a deal that was won since": {
			importFiles{deals: header + "A,Roof,,,2026-01-05,demo,\n"},
			importFiles{deals: header + "A,Roof,,,2026-01-05,won,2026-02-01\n"},
			[]string{"Status:won", "Closed:2026-02-01"}, []string{"Roof: "},
		},
		"a deal that was reopened": {
			importFiles{deals: header + "A,Roof,,,2026-01-05,lost,2026-02-01\n"},
			importFiles{deals: header + "A,Roof,,,2026-01-05,demo,\n"},
			[]string{"Status:open", "Stage:demo", "Episode:2"}, []string{"Roof: "},
		},
		"another activity": {
			importFiles{history: rows + "A,lead,2026-01-05\n", activities: "deal_id,type,at\n" + strings.Repeat("A,call,2026-01-06\n", 2)},
			importFiles{activities: "deal_id,type,at\n" + strings.Repeat("A,call,2026-01-06\n", 2) + "A,email,2026-01-07\n"},
			[]string{"A: call 15", "A: email 10", "Last:2026-01-07"}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			i := newImporter(t)
			i.mustRun(c.first.command(i))
			said := i.mustRun(c.then.command(i))
			state := i.state()
			for _, want := range c.want {
				if !strings.Contains(state, want) {
					t.Errorf("there is no %q in\n%s%s", want, state, said)
				}
			}
			for _, never := range c.never {
				if strings.Contains(state, never) {
					t.Errorf("%q was made up in\n%s", never, state)
				}
			}
			if n := strings.Count(state, "deal {"); n != 1 {
				t.Errorf("%d deals:\n%s", n, state)
			}
			if again := i.mustRun(c.then.command(i)); !strings.Contains(again, "Nothing is new") {
				t.Errorf("the same files again: %s", again)
			}
			if i.state() != state {
				t.Errorf("the same files again changed\n%s\nto\n%s", state, i.state())
			}
		})
	}
}

type importFiles struct{ deals, history, activities string }

func (f importFiles) command(i *importer) (c importCommand) {
	i.Helper()
	for _, part := range []struct {
		name, content string
		into          *string
	}{{"deals.csv", f.deals, &c.Deals}, {"history.csv", f.history, &c.History}, {"activities.csv", f.activities, &c.Activities}} {
		if part.content != "" {
			*part.into = i.file(part.name, part.content)
		}
	}
	return c
}

// What was worked on here keeps its state; activities that are missing still come in.
func TestImportLeavesWorkAlone(t *testing.T) {
	i := newImporter(t)
	first := importFiles{history: "deal_id,stage,entered_at\nA,lead,2026-01-05\n"}
	i.mustRun(first.command(i))
	i.open(func(st *store.Store) {
		err := st.InTx(context.Background(), func(ctx context.Context, tx *store.Tx) error {
			deals, err := tx.Deals(ctx, store.DealFilter{})
			if err != nil {
				return err
			}
			c, err := tx.Case(ctx, deals[0].ID)
			if err != nil {
				return err
			}
			events, err := c.Set(c.Deal.Owner, "amount", "5.00 EUR", time.Now())
			if err != nil {
				return err
			}
			return tx.Apply(ctx, c, events)
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	then := importFiles{history: first.history + "A,demo,2026-01-08\n", activities: "deal_id,type,at\nA,call,2026-01-06\n"}
	said := i.mustRun(then.command(i))
	if !strings.Contains(said, "D-1 was worked on here since its import") || !strings.Contains(said, "brought up to date: 1") {
		t.Errorf("it says\n%s", said)
	}
	if s := i.state(); !strings.Contains(s, "Stage:lead") || !strings.Contains(s, "A: call 15") {
		t.Errorf("state\n%s", s)
	}
	differs := importFiles{history: "deal_id,stage,entered_at\nA,lead,2026-01-04\nA,lost,2026-01-08\n"}
	if said := i.mustRun(differs.command(i)); !strings.Contains(said, "the history of D-1 differs") {
		t.Errorf("it says\n%s", said)
	}
}

// Who approved what a deal has outgrown is asked again when an import comes upon it, as when it is changed in Slack.
func TestImportAsksAgain(t *testing.T) {
	i := newImporter(t)
	i.apply(companyMap())
	first := importFiles{deals: "deal_id,name,owner,amount,currency,created_at,stage\nA,Roof," + userAna + ",5000,EUR,2026-01-05,lead\n"}
	i.mustRun(first.command(i))
	i.open(func(st *store.Store) {
		err := st.InTx(context.Background(), func(ctx context.Context, tx *store.Tx) error {
			c, err := tx.Case(ctx, 1)
			if err != nil {
				return err
			}
			req, events, err := c.Request(userAna, "quote", map[string]string{"amount": c.Deal.Value("amount")}, time.Now())
			if err == nil {
				req, err = tx.SaveApproval(ctx, c, req, events)
			}
			if err == nil {
				req, events, err = c.Decide(req, sales.Decision{By: userRaj, Verdict: sales.Approve, Seen: req.Version}, time.Now())
			}
			if err == nil {
				_, err = tx.SaveApproval(ctx, c, req, events)
			}
			if err == nil {
				events, err = c.Set(userAna, "amount", "9000.00 EUR", time.Now())
			}
			if err != nil {
				return err
			}
			return tx.Apply(ctx, c, events)
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	then := importFiles{activities: "deal_id,type,at\nA,call,2026-01-06\n"}
	i.mustRun(then.command(i))
	i.open(func(st *store.Store) {
		card, told := false, false
		for {
			rows, err := st.Lease(context.Background(), 20, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) == 0 {
				break
			}
			for _, o := range rows {
				card = card || o.Kind == "card" && o.Channel == userRaj && o.Subject == "approval:1"
				told = told || o.Kind == "post" && o.Channel == userRaj && strings.Contains(string(o.Body), "Your answer no longer counts: please have another look.")
				if err := st.Delivered(context.Background(), o, o.Channel, "1.000000", "drawn"); err != nil {
					t.Fatal(err)
				}
			}
		}
		if !card || !told {
			t.Errorf("Raj has the card: %t, is told: %t", card, told)
		}
	})
	if again := i.mustRun(then.command(i)); !strings.Contains(again, "Nothing is new") {
		t.Errorf("the same file again: %s", again)
	}
}

// Reports of a day before the import see either what the deals said or what the
// history says, never both.
func TestImportedHistoryReplacesTheSnapshotOnEveryDay(t *testing.T) {
	i := newImporter(t)
	deals := importFiles{deals: "deal_id,created_at,stage,closed_at\nA,2026-01-05,won,2026-03-01\n"}
	i.mustRun(deals.command(i))
	history := importFiles{history: "deal_id,stage,entered_at\nA,lead,2026-01-05\nA,demo,2026-02-01\nA,won,2026-03-01\n"}
	i.mustRun(history.command(i))
	i.open(func(st *store.Store) {
		for day, want := range map[string]string{"2026-01-10": "lead", "2026-02-10": "demo", "2026-03-10": "signed"} {
			at, err := time.Parse(time.DateOnly, day)
			if err != nil {
				t.Fatal(err)
			}
			var log []sales.Event
			err = st.Read(context.Background(), func(ctx context.Context, r *store.Reader) error {
				log = nil
				return r.EachEvent(ctx, "b2b", at, func(e sales.Event) error {
					log = append(log, e)
					return nil
				})
			})
			if err != nil {
				t.Fatal(err)
			}
			h := sales.Fold(log)
			if h.Deal.Stage != want || len(h.Stays) == 0 || h.Stays[len(h.Stays)-1].Exit != sales.ExitOpen {
				t.Errorf("on %s the deal is in %s with stays %+v, want %s", day, h.Deal.Stage, h.Stays, want)
			}
		}
	})
}

// A file may hold deals of several processes; later files need not say it again.
func TestImportOfSeveralProcesses(t *testing.T) {
	i := newImporter(t)
	deals := importFiles{deals: "deal_id,process,stage,created_at\nA,b2b,lead,2026-01-05\nB,Renewals,review,2026-01-05\nC,,demo,2026-01-05\n"}
	if said := i.mustRun(deals.command(i)); !strings.Contains(said, "3 deals are new") {
		t.Errorf("it says\n%s", said)
	}
	then := importFiles{history: "deal_id,stage,entered_at\nB,upcoming,2026-01-05\nB,review,2026-01-07\n", activities: "deal_id,type,at\nB,qbr,2026-01-08\n"}
	i.mustRun(then.command(i))
	state := i.state()
	for _, want := range []string{"Process:renewal", "B: upcoming 1.1", "B: review 1.2", "B: review 60"} {
		if !strings.Contains(state, want) {
			t.Errorf("there is no %q in\n%s", want, state)
		}
	}
	only := deals.command(i)
	only.Process = "b2b"
	if err := i.run(only); err == nil || !strings.Contains(i.err.String(), "deals.csv:3: it belongs to the process Renewals, and --process says b2b") {
		t.Errorf("error %v, it says %s", err, i.err.String())
	}
}
