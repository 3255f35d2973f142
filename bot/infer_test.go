package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"pipewright/internal/sales"
)

// infer drafts a process and checks that it is one.
func infer(t *testing.T, i *importer, c inferCommand) (*sales.Process, string) {
	t.Helper()
	if c.Key == "" {
		c.Key, c.Currency = "draft", "USD"
	}
	if err := c.Run(context.Background(), i.terminal()); err != nil {
		t.Fatal(err)
	}
	draft := i.out.String()
	m, problems := sales.ParseMap([]byte(draft))
	if len(problems) == 0 {
		problems = sales.Errors(sales.Check(m, sales.Known{Organisation: sales.Shipped().Organisation}))
	}
	if len(problems) > 0 {
		t.Fatalf("the draft is refused: %+v\n%s", problems, draft)
	}
	return m.Processes[0], draft
}

func keysOf(p *sales.Process) (keys []string) {
	for _, s := range p.Stages {
		keys = append(keys, s.Key)
	}
	return keys
}

func TestInfer(t *testing.T) {
	i := newImporter(t)
	// Monday 09:00 to Wednesday 09:00 is two working days, to Thursday 18:00 four.
	path := i.file("h.csv", "deal_id,stage,entered_at\n"+
		"A,Demo,2026-01-07T09:00:00Z\nA,Lead,2026-01-05T09:00:00Z\nA,Won,2026-01-08T18:00:00Z\n"+
		"B,lead,2026-01-05T09:00:00Z\nB,报价,2026-01-07T09:00:00Z\nB,Closed Lost,2026-01-07T12:00:00Z\n"+
		"C,Lead,2026-01-05T09:00:00Z\nC,Demo,2026-01-07T09:00:00Z\nC,报价,2026-01-08T18:00:00Z\nC,won,2026-01-09T09:00:00Z\nC,Delivery,2026-01-12T09:00:00Z\n")
	p, draft := infer(t, i, inferCommand{History: path})
	if got := keysOf(p); !slices.Equal(got, []string{"lead", "demo", "stage_3", "won", "delivery"}) {
		t.Fatalf("stages %v\n%s", got, draft)
	}
	if p.WonIndex() != 3 || p.Stages[2].Name.In("zh") != "报价" {
		t.Errorf("won is %d, the third stage %v", p.WonIndex(), p.Stages[2].Name)
	}
	lead, _ := p.Stage("lead")
	demo, _ := p.Stage("demo")
	if lead.Target != 2 || demo.Target != 2 {
		t.Errorf("targets %v and %v, want 2 and 2 working days\n%s", lead.Target, demo.Target, draft)
	}
	for _, want := range []string{"11 rows of h.csv: 3 deals", "1 of 3 deals are called lost", "0 of 7 moves went against it", "won: true               # the file says so"} {
		if !strings.Contains(draft, want) {
			t.Errorf("there is no %q in\n%s", want, draft)
		}
	}
	i.apply(&sales.Map{Processes: []*sales.Process{p}})
	if said := i.mustRun(importCommand{History: path}); !strings.Contains(said, "3 deals are new") {
		t.Errorf("the history does not fit its own draft: %s", said)
	}
}

func TestInferOddFiles(t *testing.T) {
	i := newImporter(t)
	if p, draft := infer(t, i, inferCommand{History: i.file("one.csv", "deal_id,stage,entered_at\nA,Lost and found,2026-01-05\n")}); !slices.Equal(keysOf(p), []string{"lost_and_found", "won"}) {
		t.Errorf("stages %v\n%s", keysOf(p), draft)
	}
	if p, draft := infer(t, i, inferCommand{History: i.file("odd.csv", "deal_id,stage,entered_at\nA,Team,2026-01-05\nA,team!,2026-01-06\nA,-,2026-01-07\nA,+,2026-01-08\n")}); len(p.Stages) != 3 || !strings.Contains(draft, `import with --stage "Team=team_1"`) {
		t.Errorf("stages %v\n%s", keysOf(p), draft)
	}
	for file, want := range map[string]string{
		"deal_id,stage,entered_at\n": "empty.csv holds no row with a stage",
		"deal_id,name\nA,x\n":        "empty.csv: no column holds stage",
	} {
		c := inferCommand{History: i.file("empty.csv", file), Key: "draft", Currency: "USD"}
		if err := c.Run(context.Background(), i.terminal()); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s…", err, want)
		}
	}
}

// The real log: every one of its 14 activities becomes a stage, its typical way comes
// out in order, and the log fits the draft.
func TestInferRealHistory(t *testing.T) {
	path := realFile(t, "helpdesk-history/helpdesk.csv")
	i := newImporter(t)
	p, draft := infer(t, i, inferCommand{History: path})
	if len(p.Stages) != 14 {
		t.Errorf("%d stages\n%s", len(p.Stages), draft)
	}
	way := []string{"assign_seriousness", "take_in_charge_ticket", "wait", "resolve_ticket", "closed"}
	var places []int
	for _, key := range way {
		places = append(places, p.StageIndex(key))
	}
	if places[0] < 0 || !slices.IsSorted(places) || p.Stages[p.WonIndex()].Key != "closed" {
		t.Errorf("stages %v, won is %d\n%s", keysOf(p), p.WonIndex(), draft)
	}
	if !strings.Contains(draft, "LOOK: a guess, since most deals end here (4557 of 4580)") {
		t.Errorf("the guess is not explained:\n%s", draft)
	}
	i.apply(&sales.Map{Processes: []*sales.Process{p}})
	if said := i.mustRun(importCommand{History: path}); !strings.Contains(said, "4,580 deals are new") {
		t.Errorf("the history does not fit its own draft: %s", said)
	}
}
