package handlers

import (
	"context"
	"strings"
	"testing"

	"pipewright/internal/sales"
	"pipewright/store"
)

// policy changes the policy for quotes of the default process.
func (w *world) policy(change func(o *sales.Policy)) {
	w.t.Helper()
	w.write(func(ctx context.Context, tx *store.Tx) error {
		all, err := tx.Processes(ctx)
		if err != nil {
			return err
		}
		for _, p := range all {
			if !p.Default {
				continue
			}
			next := *p
			next.Policies = append([]sales.Policy(nil), p.Policies...)
			for i := range next.Policies {
				if next.Policies[i].Kind == "quote" {
					change(&next.Policies[i])
				}
			}
			return tx.SaveProcess(ctx, &next, ada, "for the test", w.now)
		}
		return nil
	})
}

// oneOf is a step of the test's policy.
func oneOf(key, name string, parallel bool, rule sales.Rule, roles ...string) sales.Step {
	return sales.Step{Key: key, Name: sales.Text{"": name}, Roles: roles, Rule: rule, Parallel: parallel}
}

// Both of product and, meanwhile, legal: the card names whom it waits for, and
// what the second one saw still holds when the first has answered.
func TestPeopleDecideTogether(t *testing.T) {
	w := withApprovers(t)
	w.policy(func(o *sales.Policy) {
		o.Steps = []sales.Step{oneOf("fit", "Fit", false, sales.RuleAll, "product"), oneOf("law", "Law", true, "", "legal")}
	})
	w.asked(nil)
	seen := w.card("approval:1", deals)
	if text := shown(t, seen); !strings.Contains(text, "*Fit*: waiting for Raj Patel and Rosa Diaz") || !strings.Contains(text, "*Law*: waiting for Leo Costa") {
		t.Fatalf("%s", text)
	}
	if r := w.press(raj, deals, seen, "Approve"); !strings.Contains(r.Text, "It still waits for Rosa Diaz, and Leo Costa.") {
		t.Fatalf("%s", r.Text)
	}
	if r := w.press(raj, deals, seen, "Approve"); !strings.Contains(r.Text, "has changed since you saw it") {
		t.Fatalf("a second click: %s", r.Text)
	}
	if r := w.press(raj, deals, w.card("approval:1", deals), "Approve"); !strings.Contains(r.Text, "You have answered already.") {
		t.Fatalf("a second answer: %s", r.Text)
	}
	if text := shown(t, w.card("approval:1", deals)); !strings.Contains(text, "*Fit*: approved by Raj Patel") || !strings.Contains(text, "*Fit*: waiting for Rosa Diaz") {
		t.Fatalf("%s", text)
	}
	w.press(leo, deals, seen, "Approve")
	w.press(rosa, deals, seen, "Approve")
	if a := w.approval(1); a.State != sales.Approved {
		t.Fatalf("%+v", a)
	}
	if r := w.press(rosa, deals, seen, "Approve"); !strings.Contains(r.Text, "is over already") {
		t.Fatalf("%s", r.Text)
	}
}
