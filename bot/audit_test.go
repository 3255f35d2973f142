package main

import (
	"strings"
	"testing"

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
