package main

import (
	"context"
	"errors"
	"time"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/reports"
	"pipewright/store"
)

type reportCommand struct {
	Name    string  `arg:"" help:"Which report: ${reports}."`
	Process string  `placeholder:"KEY" help:"The process; otherwise the default one."`
	AsOf    string  `placeholder:"TIME" help:"What was known then; otherwise now. Times are written as 2026-11-24T09:00:00Z or 2026-11-24."`
	From    string  `placeholder:"TIME" help:"Deals created from then on."`
	To      string  `placeholder:"TIME" help:"Deals created before then."`
	Horizon float64 `placeholder:"DAYS" help:"How far a deal is followed; otherwise 30 days."`
	Owner   string  `placeholder:"USER" help:"Only this person's deals (Slack id)."`
	Team    string  `placeholder:"KEY" help:"Only this team's deals."`
	Source  string  `placeholder:"NAME" help:"Only deals of this source."`
	Format  string  `enum:"text,json,csv,svg,png" default:"text" help:"text, json or csv; svg and png draw the report."`
}

// Run computes a report without Slack.
func (c *reportCommand) Run(ctx context.Context, t terminal) error {
	cfg, err := t.config()
	if err != nil {
		return err
	}
	o, err := c.options(time.Now())
	if err != nil {
		return err
	}
	st, err := openExisting(ctx, cfg)
	if err != nil {
		return err
	}
	defer st.Close()
	p := text.For(cfg.Locale, cfg.zone)
	err = st.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		return reports.Run(ctx, r, c.Name, o, c.Format, t.out, p)
	})
	return explained(p, err)
}

func (c *reportCommand) options(now time.Time) (reports.Options, error) {
	o := reports.Options{Process: c.Process, AsOf: now, Horizon: c.Horizon, Owner: c.Owner, Team: c.Team, Source: c.Source}
	for _, f := range []struct {
		name, text string
		into       *time.Time
	}{{"--as-of", c.AsOf, &o.AsOf}, {"--from", c.From, &o.From}, {"--to", c.To, &o.To}} {
		if f.text == "" {
			continue
		}
		at, err := instant(f.text)
		if err != nil {
			return o, &usageError{f.name + " " + f.text + ": write the time as 2026-11-24T09:00:00Z or 2026-11-24"}
		}
		*f.into = at
	}
	return o, nil
}

// instant reads a time in RFC 3339, or a date, which is its beginning in UTC.
func instant(s string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return at, nil
	}
	return time.Parse(time.DateOnly, s)
}

// explained puts a refusal into words.
func explained(p text.Printer, err error) error {
	var refused *sales.Error
	if !errors.As(err, &refused) {
		return err
	}
	if said, ok := reports.Explain(p, refused); ok {
		return errors.New(said)
	}
	if refused.Code == "process.unknown" {
		return errors.New(p.T("There is no such process. `pipewright process show` lists the processes that there are."))
	}
	return err
}
