package handlers

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"pipewright/internal/sales"
	"pipewright/store"
)

// check compares what everybody was told with what is stored, and that with the rules.
func (r *racers) check(policy sales.Policy, before, after sales.Approval, clicks []*click) {
	r.t.Helper()
	fail := func(format string, args ...any) {
		r.t.Helper()
		r.t.Errorf("request %d of %s: %s\nbefore %+v\nafter %+v", after.ID, policy.Kind, fmt.Sprintf(format, args...), before.Steps, after)
	}
	told := map[string]int{} // "who verdict" → how many were told that they decided
	for _, c := range clicks {
		text := said(r, c, 0)
		for k := range c.replies {
			if again := said(r, c, k); again != text && (c.Kind != Submission || taken(again) != taken(text)) { // a form that is refused may be sent again
				fail("the same payload of %s got %q, then %q", c.User, text, again)
			}
		}
		switch {
		case c.does == "edit" && taken(text):
			r.edits++
		case c.does == "withdraw" && strings.Contains(text, "is withdrawn."):
			if after.State != sales.Retracted {
				fail("%s was told that it is withdrawn", c.User)
			}
		case (c.does == "approve" || c.does == "reject") && taken(text):
			told[c.User+" "+c.does]++
			r.won++
		default:
			r.lost++
			if problem := tooLate(text, after); problem != "" {
				fail("%s by %s: %s: %q", c.does, c.User, problem, text)
			}
		}
	}
	for i, s := range after.Steps {
		for _, d := range s.Decisions[len(before.Steps[i].Decisions):] {
			told[d.By+" "+string(d.Verdict)]--
			if d.For != "" {
				r.behalf++
			}
		}
	}
	for what, n := range told {
		if n != 0 {
			fail("%s: told %+d times more than it is stored", what, n)
		}
	}
	if problem := r.rulesKept(policy, after); problem != "" {
		fail("%s", problem)
	}
	r.logFits(after, fail)
}

// said is all that the person read the k-th time.
func said(r *racers, c *click, k int) string {
	if reply := c.replies[k]; reply.Modal == nil && reply.Text != "" {
		return reply.Text
	}
	return shown(r.t, c.replies[k])
}

// taken reports whether somebody was told that their click or form counts.
func taken(text string) bool {
	return strings.HasPrefix(text, "You approved") || strings.HasPrefix(text, "You rejected") || strings.HasPrefix(text, "Changed.")
}

// tooLate says what is missing in the answer to somebody whose click did nothing.
func tooLate(text string, after sales.Approval) string {
	names := func() bool {
		return slices.ContainsFunc([]string{"Racer ", "Ana Silva", "Max Power"}, func(n string) bool { return strings.Contains(text, n) })
	}
	ended := map[sales.ApprovalState]string{sales.Approved: "pproved", sales.Rejected: "ejected", sales.Retracted: "ithdr"}
	switch {
	case strings.Contains(text, "is over already"):
		if word, over := ended[after.State]; !over || !strings.Contains(text, word) || !names() && !strings.Contains(text, "no step had to be asked") {
			return "it is not said who ended it how"
		}
	case strings.Contains(text, "has changed since you saw it"), strings.Contains(text, "a step of it on"):
		if !names() {
			return "it is not said who decided what, or who is next"
		}
	case strings.Contains(text, "You have answered already. It still waits for"), strings.Contains(text, "is not yours to decide."),
		strings.Contains(text, "so somebody else has to decide"), strings.Contains(text, "You changed the request meanwhile"),
		strings.Contains(text, "Nothing is changed in the form"), strings.Contains(text, "Nobody could decide the step"), strings.Contains(text, "needs more people than there are"):
	default:
		return "no answer that helps"
	}
	return ""
}

// rulesKept looks at every step as the policy says it, not as the engine does.
func (r *racers) rulesKept(policy sales.Policy, a sales.Approval) string {
	everywhere := map[string]string{}
	open := 0
	for i, s := range a.Steps {
		var by, spent []string // whose approvals there are, and who had a part in them
		for _, d := range s.Decisions {
			who := slices.Compact([]string{d.By, d.Approver()})
			switch {
			case d.Void:
				continue
			case slices.Contains(who, a.Requester):
				return "the requester decided"
			case slices.ContainsFunc(who, func(u string) bool { return slices.Contains(spent, u) }):
				return d.By + " decided twice on " + s.Key
			case !slices.Contains(r.named(policy.Steps[i]), d.Approver()):
				return d.Approver() + " is not asked for " + s.Key
			case d.For != "" && !r.mayStandIn(d.By, d.For):
				return d.By + " does not stand in for " + d.For
			case policy.Distinct && slices.ContainsFunc(who, func(u string) bool { return everywhere[u] != "" }):
				return d.By + " decided on two steps"
			}
			for _, u := range who {
				everywhere[u] = s.Key
			}
			spent = append(spent, who...)
			if d.Verdict == sales.Reject {
				if a.State != sales.Rejected || s.Status != sales.StepRejected {
					return "a rejection did not end it"
				}
				continue
			}
			by = append(by, d.Approver())
		}
		met := r.met(policy.Steps[i], by)
		switch s.Status {
		case sales.StepApproved:
			if !met {
				return fmt.Sprintf("%s is approved by %v", s.Key, by)
			}
		case sales.StepSkipped:
			if policy.Steps[i].When == "" || a.Form["discount"] != "5" {
				return s.Key + " is skipped"
			}
		default:
			open++
			if met {
				return fmt.Sprintf("%s still waits after %v", s.Key, by)
			}
		}
	}
	if (a.State == sales.Approved) != (open == 0) {
		return fmt.Sprintf("%s with %d steps open", a.State, open)
	}
	return ""
}

// mayStandIn follows who named whom.
func (r *racers) mayStandIn(who, approver string) bool {
	at := approver
	for range r.people {
		if len(r.standIns[at]) == 0 {
			return false
		}
		if at = r.standIns[at][0]; at == who {
			return true
		}
	}
	return false
}

// named are all whom the step asks.
func (r *racers) named(s sales.Step) []string {
	out := slices.Clone(s.Users)
	for _, role := range s.Roles {
		out = append(out, r.roles[role]...)
	}
	out = slices.DeleteFunc(out, func(u string) bool { return u == ana })
	slices.Sort(out)
	return slices.Compact(out)
}

// met says whether these approvals are enough, by trying who might sit where.
func (r *racers) met(s sales.Step, by []string) bool {
	switch s.Rule {
	case sales.RuleAll:
		return len(by) == len(r.named(s))
	case sales.RuleEach:
		var seats [][]string
		for _, role := range s.Roles {
			seats = append(seats, r.roles[role])
		}
		for _, u := range s.Users {
			seats = append(seats, []string{u})
		}
		return seated(seats, by)
	case "2", "3":
		return fmt.Sprint(len(by)) >= string(s.Rule)
	}
	return len(by) > 0
}

func seated(seats [][]string, people []string) bool {
	return len(seats) == 0 || slices.ContainsFunc(people, func(u string) bool {
		left := slices.DeleteFunc(slices.Clone(people), func(x string) bool { return x == u })
		return slices.Contains(seats[0], u) && seated(seats[1:], left)
	})
}

// logFits compares the request and its deal with the deal's log.
func (r *racers) logFits(a sales.Approval, fail func(format string, args ...any)) {
	var log []sales.Event
	var deal sales.Deal
	r.read(func(ctx context.Context, rd *store.Reader) (err error) {
		if log, err = rd.Events(ctx, a.Deal); err != nil {
			return err
		}
		deal, err = rd.Deal(ctx, a.Deal)
		return err
	})
	if diff := cmp.Diff(sales.Fold(log).Deal, deal); diff != "" {
		fail("the deal is not what its log says (-log +stored):\n%s", diff)
	}
	var logged, stored []string
	state, version := sales.Pending, 0
	for _, e := range log {
		if e.Data.Approval != a.ID {
			continue
		}
		version++
		switch e.Type {
		case sales.Decided:
			logged = append(logged, fmt.Sprint(e.Data.Step, " ", e.Actor, " ", e.Data.Verdict, " ", e.At.UnixMilli()))
			state = sales.ApprovalState(e.Data.Outcome)
		case sales.Withdrawn:
			state = sales.Retracted
		case sales.Edited: // a change may leave no step to be asked
			if e.Data.Outcome == sales.Voided && !slices.ContainsFunc(a.Steps, func(s sales.StepState) bool { return s.Status != sales.StepSkipped }) {
				state = sales.Approved
			}
		}
	}
	for _, s := range a.Steps {
		for _, d := range s.Decisions {
			stored = append(stored, fmt.Sprint(s.Key, " ", d.By, " ", d.Verdict, " ", d.At))
		}
	}
	slices.Sort(logged)
	slices.Sort(stored)
	if !slices.Equal(logged, stored) || state != a.State || version != a.Version {
		fail("its log says %s in version %d: %v", state, version, logged)
	}
}

// auditHolds seals what happened and walks the chain.
func (r *racers) auditHolds() {
	r.t.Helper()
	ctx := context.Background()
	for {
		n, err := r.app.Store.Seal(ctx, r.now)
		if err != nil {
			r.t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	report, err := r.app.Store.VerifyAudit(ctx)
	if err != nil || report.Broken != nil {
		r.t.Errorf("the audit trail does not hold: %+v, %v", report.Broken, err)
	}
}
