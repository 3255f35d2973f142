package main

import (
	"strings"
	"testing"
	"time"

	"pipewright/internal/text"
	"pipewright/store"
)

// What does not hold is named as far as it is known.
func TestBrokenTrail(t *testing.T) {
	for want, b := range map[string]store.Break{
		"an event was removed at position 60;":        {Pos: 60, What: store.BreakMissing},
		"an event was removed at position 60 (D-12);": {Pos: 60, Deal: 12, What: store.BreakMissing},
		"event 3 of D-12 was slipped in;":             {Deal: 12, Version: 3, What: store.BreakInserted},
		"event 3 of the organisation was changed":     {Version: 3},
		"event 3 of D-12 was changed afterwards;":     {Deal: 12, Version: 3},
		"row 4 in the table “delegation” is not":      {Delegation: 4, What: store.BreakRow},
		"row 5 in the table “approval” (D-12) is not": {Deal: 12, Approval: 5, What: store.BreakRow},
		"the row of D-12 in the table “deal” is not":  {Deal: 12, What: store.BreakRow},
	} {
		if s := broken(text.For("en", nil), b); !strings.Contains(s, want) {
			t.Errorf("%+v: %s", b, s)
		}
	}
}

// Before anything is sealed, one sentence says so, in the place of a head that there is not.
func TestNothingSealedYet(t *testing.T) {
	i := newImporter(t)
	verify := func() string {
		t.Helper()
		if err := new(auditVerifyCommand).Run(t.Context(), i.terminal()); err != nil {
			t.Fatal(err)
		}
		return i.out.String()
	}
	i.open(func(*store.Store) {})
	if said, want := verify(), "Nothing has happened yet, so there is nothing to verify.\n"; said != want {
		t.Errorf("empty: %q", said)
	}
	files := importFiles{deals: "deal_id,name,created_at,stage\nA,Roof,2026-01-05,lead\n"}
	i.mustRun(files.command(i))
	i.open(func(st *store.Store) {
		if report, err := st.VerifyAudit(t.Context()); err != nil || report.Unsealed == 0 {
			t.Fatalf("%+v, %v", report, err)
		}
	})
	if said := verify(); !strings.HasPrefix(said, "Nothing is sealed yet: the bot seals the ") || strings.Contains(said, "Head") || strings.Count(said, "\n") != 1 {
		t.Errorf("not sealed: %q", said)
	}
	i.open(func(st *store.Store) {
		if _, err := st.Seal(t.Context(), time.Now()); err != nil {
			t.Fatal(err)
		}
	})
	if said := verify(); !strings.Contains(said, "The audit trail holds: ") || !strings.Contains(said, "\nHead: ") {
		t.Errorf("sealed: %q", said)
	}
}
