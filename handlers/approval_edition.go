package handlers

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/store"
)

// typedDecision is what a command decides on.
type typedDecision struct {
	found
	req     sales.Approval
	edition int    // that was named, see sales.Edition; 0 for none
	rest    string // of the words, as they were typed
}

var namedEdition = regexp.MustCompile(`(?i)^v(\d{1,6})$`)

// cutEdition parts "v2" off the front.
func cutEdition(words []Word) (int, []Word) {
	if len(words) == 0 || words[0].Quoted {
		return 0, words
	}
	m := namedEdition.FindStringSubmatch(words[0].Text)
	if m == nil {
		return 0, words
	}
	n, _ := strconv.Atoi(m[1])
	return n, words[1:]
}

// changedLately is how long after a change of what is asked for a command has to name it: whoever types has
// perhaps not seen it.
const changedLately = 10 * time.Minute

// askEdition asks for the version to be named when the request was changed a moment ago, and refuses another than it has.
func (a *App) askEdition(ctx context.Context, c *Call, t typedDecision, verdict sales.Verdict) (ask Reply, asked bool, err error) {
	if t.req.State != sales.Pending || !slices.Contains(t.Deciders(t.req), c.User) {
		return Reply{}, false, nil // the decision itself says why not
	}
	var log []sales.Event
	var last sales.Event
	var changed string
	err = a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		if log, err = r.Events(ctx, t.req.Deal); err != nil {
			return err
		}
		for _, e := range log {
			if e.Data.Approval == t.req.ID && e.Rewords() && e.Data.Seen <= t.req.Version {
				last = e
			}
		}
		changed = view.ApprovalHistory{Process: t.Process, Name: names(ctx, r)}.Changed(c.Printer, last)
		return nil
	})
	if err != nil {
		return Reply{}, false, err
	}
	now := sales.Edition(log, t.req.ID, t.req.Version, c.Now)
	switch {
	case t.edition != 0 && t.edition != now:
		return Reply{}, false, within(t.Case, sales.Refuse(sales.Conflict, "approval.other_version", "version", now))
	case t.edition == now || last.Type == "" || c.Now.Sub(last.At) >= changedLately:
		return Reply{}, false, nil
	}
	button, word := c.T("Approve version %s", c.Number(float64(now), 0)), "approve"
	if verdict == sales.Reject {
		button, word = c.T("Reject version %s", c.Number(float64(now), 0)), "reject"
	}
	line := strings.TrimSpace(strings.Join([]string{"approval", word, t.Deal.Ref(), t.req.Kind, "v" + strconv.Itoa(now), t.rest}, " "))
	sentence := view.Lines(c.T("This request was changed a moment ago, and nothing is decided yet. It is version %s now:", c.Number(float64(now), 0)), changed)
	return say(sentence, view.Actions(view.Run(line, button), view.Button("dismiss", "", c.T("No")))...), true, nil
}
