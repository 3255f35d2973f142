package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Check that no recorded event was changed, removed or slipped in."`
}

type auditVerifyCommand struct{}

// Run recomputes the hash chain over all events.
func (*auditVerifyCommand) Run(ctx context.Context, t terminal) error {
	cfg, st, err := t.existing(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	p := cfg.printer()
	report, err := st.VerifyAudit(ctx)
	if err != nil {
		return err
	}
	if report.Broken != nil {
		return errors.New(broken(p, *report.Broken))
	}
	if report.Head == "" {
		fmt.Fprintln(t.out, nothingSealed(p, report.Unsealed))
		return nil
	}
	sayItHolds(t.out, p, report)
	return nil
}

// sayItHolds writes what was verified, and what to keep of it.
func sayItHolds(out io.Writer, p text.Printer, report store.AuditReport) {
	fmt.Fprintln(out, p.N(report.Events, "The audit trail holds: %d event, %d not sealed yet.", "The audit trail holds: %d events, %d not sealed yet.", report.Unsealed))
	if report.Unsealed > 0 {
		fmt.Fprintln(out, p.T("What is not sealed yet is sealed by the bot while it runs: start it, and verify again."))
	}
	fmt.Fprintln(out, p.T("Head: %s", report.Head))
	fmt.Fprintln(out, p.T("Keep the head somewhere else: it shows later that nothing was cut off."))
}

// nothingSealed says that there is no chain yet, and why.
func nothingSealed(p text.Printer, unsealed int) string {
	if unsealed == 0 {
		return p.T("Nothing has happened yet, so there is nothing to verify.")
	}
	return p.N(unsealed, "Nothing is sealed yet: the bot seals the %d event that there is while it runs. Start it, and verify again.",
		"Nothing is sealed yet: the bot seals the %d events that there are while it runs. Start it, and verify again.")
}

// broken says what does not hold, and what to do.
func broken(p text.Printer, b store.Break) string {
	ref := sales.Deal{ID: b.Deal}.Ref()
	if b.Deal == 0 {
		ref = p.T("the organisation")
	}
	what := p.T("event %d of %s was changed afterwards", b.Version, ref)
	switch b.What {
	case store.BreakMissing:
		what = p.T("an event was removed at position %d", b.Pos)
		if b.Deal != 0 || b.Pos == 0 {
			what = p.T("an event was removed at position %d (%s)", b.Pos, ref)
		}
	case store.BreakInserted:
		what = p.T("event %d of %s was slipped in", b.Version, ref)
	}
	if b.What == store.BreakRow {
		switch {
		case b.Delegation != 0:
			what = p.T("row %d in the table “delegation” is not what its events say", int(b.Delegation))
		case b.Approval != 0:
			what = p.T("row %d in the table “approval” (%s) is not what its events say", int(b.Approval), ref)
		default:
			what = p.T("the row of %s in the table “deal” is not what its events say", ref)
		}
	}
	return p.T("the audit trail is broken: %s; compare with the backups, and find out who had access to the database", what)
}
