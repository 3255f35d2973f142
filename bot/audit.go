package main

import (
	"context"
	"fmt"
)

type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Check that no recorded event was changed, removed or slipped in."`
}

type auditVerifyCommand struct{}

// Run recomputes the hash chain over all events.
func (*auditVerifyCommand) Run(ctx context.Context, t terminal) error {
	cfg, err := t.config()
	if err != nil {
		return err
	}
	st, err := openExisting(ctx, cfg)
	if err != nil {
		return err
	}
	defer st.Close()
	report, err := st.VerifyAudit(ctx)
	if err != nil {
		return err
	}
	if report.Broken != nil {
		return fmt.Errorf("the audit trail is broken: %v; restore the latest backup before it and compare", report.Broken)
	}
	_, err = fmt.Fprintf(t.out, "The audit trail holds: %d events, %d more not sealed yet.\nHead: %s\nKeep the head somewhere else: it shows later that nothing was cut off.\n",
		report.Events, report.Unsealed, report.Head)
	return err
}
