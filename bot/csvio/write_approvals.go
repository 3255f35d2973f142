package csvio

import (
	"strconv"
	"strings"
	"time"

	"pipewright/internal/sales"
)

// StepHeader holds the columns of steps.csv: whom each request asked, and when. `import` takes
// steps and decisions from approvals.csv; these two are for people and other programs.
var StepHeader = []string{"deal_id", "process", "approval_id", "kind", "step", "roles", "groups", "users", "manager", "rule", "when", "status", "opened_at", "closed_at"}

// StepRows returns the rows of steps.csv for a request.
func StepRows(d sales.Deal, a sales.Approval) [][]string {
	var out [][]string
	for _, s := range a.Steps {
		out = append(out, []string{
			DealID(d), d.Process, strconv.FormatInt(a.ID, 10), a.Kind, s.Key, strings.Join(s.Roles, " "), strings.Join(s.Groups, " "), strings.Join(s.Users, " "),
			yes(s.Manager), string(s.Rule), string(s.When), string(s.Status), writeMillis(s.Opened), writeMillis(s.Closed),
		})
	}
	return out
}

// DecisionHeader holds the columns of decisions.csv: who decided what, for whom, on which version and how.
var DecisionHeader = []string{
	"deal_id", "process", "approval_id", "kind", "step", "by", "for", "verdict", "at", "seen_version", "via", "amount_typed", "comment", "void",
}

// DecisionRows returns the rows of decisions.csv for a request. log holds at least the events by which it was changed.
func DecisionRows(d sales.Deal, a sales.Approval, log []sales.Event) [][]string {
	var out [][]string
	for _, s := range a.Steps {
		for _, x := range s.Decisions {
			out = append(out, []string{
				DealID(d), d.Process, strconv.FormatInt(a.ID, 10), a.Kind, s.Key, x.By, x.For, string(x.Verdict), writeMillis(x.At),
				strconv.Itoa(sales.Edition(log, a.ID, x.Seen, time.UnixMilli(x.At))), x.Via, x.Amount, x.Comment, yes(x.Void),
			})
		}
	}
	return out
}

// yes writes what holds as "yes", and what does not as nothing.
func yes(holds bool) string {
	if holds {
		return "yes"
	}
	return ""
}

// writeMillis writes Unix milliseconds as a time, and 0 as none.
func writeMillis(ms int64) string {
	if ms == 0 {
		return ""
	}
	return WriteTime(time.UnixMilli(ms).UTC())
}
