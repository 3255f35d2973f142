package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"pipewright/handlers"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

type processShowCommand struct {
	Key    string `arg:"" optional:"" help:"The process. Without it: all of them, with teams and roles."`
	Format string `enum:"yaml,json,text" default:"yaml" help:"yaml, json or text."`
}

// Run prints the map in force.
func (c *processShowCommand) Run(ctx context.Context, t terminal) error {
	cfg, st, err := t.existing(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	p := cfg.printer()
	m, err := mapInForce(ctx, st, c.Key)
	if err != nil {
		return inWords(p, err)
	}
	var out []byte
	switch c.Format {
	case "json":
		out, err = mapJSON(m)
	case "text":
		out = []byte(mapText(p, m))
	default:
		out, err = sales.WriteMap(m)
	}
	if err != nil {
		return err
	}
	_, err = t.out.Write(out)
	return err
}

// mapInForce returns one process, or with the key "" everything.
func mapInForce(ctx context.Context, st *store.Store, key string) (*sales.Map, error) {
	m := &sales.Map{}
	err := st.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		if key != "" {
			p, err := r.Process(ctx, key)
			m.Processes = []*sales.Process{p}
			return err
		}
		if m.Organisation, err = r.Organisation(ctx); err != nil {
			return err
		}
		m.Processes, err = r.Processes(ctx)
		return err
	})
	return m, err
}

func mapJSON(m *sales.Map) ([]byte, error) {
	out, err := json.MarshalIndent(struct {
		Organisation *sales.Organisation `json:"organisation,omitempty"`
		Processes    []*sales.Process    `json:"processes"`
	}{m.Organisation, m.Processes}, "", "  ")
	return append(out, '\n'), err
}

// mapText is the map for people: each stage with what the file says of it.
func mapText(p text.Printer, m *sales.Map) string {
	var b strings.Builder
	for i, x := range m.Processes {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s (%s), %s\n", x.Name.In(p.Lang()), x.Key, p.T("version %d", x.Version))
		for n, s := range x.Stages {
			fmt.Fprintf(&b, "\n%d. %s (%s)\n", n+1, s.Name.In(p.Lang()), s.Key)
			for _, part := range [][2]string{
				{p.T("What"), s.What.In(p.Lang())}, {p.T("Who"), strings.Join(s.Who, ", ")}, {p.T("When"), target(p, s)},
				{p.T("Why"), s.Why.In(p.Lang())}, {p.T("How"), s.How.In(p.Lang())}, {p.T("Before a deal goes on"), gate(s.Gate)},
			} {
				if part[1] != "" {
					fmt.Fprintf(&b, "   %s: %s\n", part[0], strings.ReplaceAll(strings.TrimSpace(part[1]), "\n", "\n      "))
				}
			}
		}
	}
	return b.String()
}

func target(p text.Printer, s sales.Stage) string {
	when := ""
	switch {
	case s.Target == 1:
		when = p.T("1 working day")
	case s.Target > 0:
		when = p.T("%s working days", strings.TrimSuffix(p.Number(float64(s.Target), 1), ".0"))
	}
	if s.Won {
		when = strings.TrimPrefix(when+" · ", " · ") + p.T("the deal is won here")
	}
	return when
}

// gate lists requirements as the file names them: field:close, activity:call, approval:quote.
func gate(g sales.Gate) string {
	var needs []string
	for _, f := range g.Fields {
		needs = append(needs, sales.Missing{Kind: sales.NeedField, Field: f}.Key())
	}
	for _, a := range g.Activities {
		needs = append(needs, fmt.Sprintf("%s ×%d", sales.Missing{Kind: sales.NeedActivity, Type: a.Type}.Key(), max(a.N, 1)))
	}
	for _, a := range g.Approvals {
		need := sales.Missing{Kind: sales.NeedApproval, Type: a.Kind}.Key()
		if a.When != "" {
			need += " (" + string(a.When) + ")"
		}
		needs = append(needs, need)
	}
	return strings.Join(needs, ", ")
}

type processHistoryCommand struct {
	Key string `arg:"" optional:"" help:"The process. Without it: the default one. Say team for teams and roles."`
}

// Run prints who changed what, when and why, newest first.
func (c *processHistoryCommand) Run(ctx context.Context, t terminal) error {
	cfg, st, err := t.existing(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	p := cfg.printer()
	if c.Key, err = historyKey(ctx, st, c.Key); err != nil {
		return inWords(p, err)
	}
	app := &handlers.App{Store: st, Log: discard, Locale: cfg.Locale, Zone: cfg.zone}
	all, err := app.History(ctx, c.Key, p)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		_, err = fmt.Fprintln(t.out, p.T("Nothing was changed yet."))
		return err
	}
	for _, v := range all {
		fmt.Fprintln(t.out, p.T("Version %d · %s, %s", v.Version, v.Who, p.Date(v.At)))
		if v.Why != "" {
			fmt.Fprintf(t.out, "  “%s”\n", v.Why)
		}
		for _, x := range v.Changes {
			fmt.Fprintln(t.out, "  - "+x)
		}
	}
	return nil
}

// historyKey is the key under which the store keeps versions: that of a process, "" for teams and roles.
func historyKey(ctx context.Context, st *store.Store, key string) (string, error) {
	if key == "team" || key == "teams" || key == "role" || key == "roles" {
		return "", nil
	}
	m, err := mapInForce(ctx, st, key)
	if err != nil || len(m.Processes) == 0 {
		return key, err
	}
	return m.Processes[0].Key, nil
}

// inWords says that there is no such process.
func inWords(p text.Printer, err error) error {
	var e *sales.Error
	if errors.As(err, &e) && e.Code == "process.unknown" {
		return errors.New(p.T("there is no process %q; `pipewright process show --format text` lists them", e.Facts["process"]))
	}
	return err
}
