package main

import (
	"cmp"
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
	Period  string  `placeholder:"WORDS" help:"In place of --from and --to, as people say it: \"last quarter\", \"since 1 Oct\". Of a digest: daily, weekly or monthly."`
	Owner   string  `placeholder:"USER" help:"Only this person's deals: Slack id or name."`
	Team    string  `placeholder:"KEY" help:"Only this team's deals."`
	Source  string  `placeholder:"NAME" help:"Only deals of this source."`
	Amount  string  `placeholder:"RANGE" help:"Only deals worth so much: 10k-50k, \"over 50k EUR\", \"under 10k\"."`
	By      string  `placeholder:"owner|team|source" help:"Broken down by owner, team or source as well."`
	Format  string  `enum:"text,json,csv,svg,png" default:"text" help:"text, json or csv; svg and png draw the report."`
}

// Run computes a report without Slack.
func (c *reportCommand) Run(ctx context.Context, t terminal) error {
	cfg, err := t.config()
	if err != nil {
		return err
	}
	p, now, every := cfg.printer(), time.Now(), ""
	if c.Name == reports.DigestReport {
		if every, err = c.every(p); err != nil {
			return err
		}
	}
	o, err := c.options(p, now)
	if err != nil {
		return err
	}
	st, err := openExisting(ctx, cfg)
	if err != nil {
		return err
	}
	defer st.Close()
	err = st.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		if err := c.choose(ctx, r, p, &o); err != nil {
			return err
		}
		if c.Name == reports.DigestReport {
			return reports.RunDigest(ctx, r, every, o, now, c.Format, t.out, p)
		}
		return reports.Run(ctx, r, c.Name, o, c.Format, t.out, p)
	})
	return explained(p, err)
}

// choose reads what depends on the company: its people, teams, sources and currencies.
func (c *reportCommand) choose(ctx context.Context, r *store.Reader, p text.Printer, o *reports.Options) error {
	if c.Amount != "" {
		process, err := r.Process(ctx, c.Process)
		if err != nil {
			return err
		}
		if o.Band, err = sales.ParseBand(c.Amount, process.Currency); err != nil {
			return &usageError{p.T(`--amount %s: write a range with its lower end first, such as 10k-50k, "over 50k EUR" or "under 10k"`, c.Amount)}
		}
	}
	return o.Resolve(ctx, r)
}

// every is of which time a digest tells, weekly unless another was asked for.
func (c *reportCommand) every(p text.Printer) (string, error) {
	if c.From+c.To+c.By != "" || c.Horizon != 0 {
		return "", &usageError{p.T("a digest tells of the last day, week or month: leave --from, --to, --horizon and --by out, and say --period daily, weekly or monthly")}
	}
	every, ok := reports.ParseEvery(cmp.Or(c.Period, "weekly"))
	if !ok {
		return "", &usageError{p.T("--period %s: of a digest say daily, weekly or monthly", c.Period)}
	}
	return every, nil
}

func (c *reportCommand) options(p text.Printer, now time.Time) (reports.Options, error) {
	o := reports.Options{Process: c.Process, AsOf: now, Horizon: c.Horizon, Owner: c.Owner, Team: c.Team, Source: c.Source, By: c.By}
	for _, f := range []struct {
		name, text string
		into       *time.Time
	}{{"--as-of", c.AsOf, &o.AsOf}, {"--from", c.From, &o.From}, {"--to", c.To, &o.To}} {
		if f.text == "" {
			continue
		}
		at, err := instant(f.text)
		if err != nil {
			return o, &usageError{p.T("%s %s: write the time as 2026-11-24T09:00:00Z or 2026-11-24", f.name, f.text)}
		}
		*f.into = at
	}
	if c.Period == "" || c.Name == reports.DigestReport {
		return o, nil
	}
	if c.From+c.To != "" {
		return o, &usageError{p.T("--period says from when until when: leave --from and --to out")}
	}
	span, ok := text.ParsePeriod(c.Period, o.AsOf, p.Location())
	if !ok {
		return o, &usageError{p.T(`--period %s: say it as "last quarter", "since 1 Oct", "2026-10" or "from 1 Oct to 15 Nov"`, c.Period)}
	}
	o.From, o.To = span.From, span.To
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
