package handlers

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/store"
)

// ThreadMessage is the name of the event that somebody wrote [Assents] into a thread.
const ThreadMessage = "thread_message"

// assents are the words that people type when they agree.
var assents = []string{
	"ok", "okay", "k", "okey", "yes", "yep", "approve", "approved", "i approve", "agree", "agreed", "i agree", "accepted", "confirmed", "lgtm", "fine",
	"fine by me", "fine with me", "good", "looks good", "looks good to me", "sounds good", "good to go", "go", "go ahead", "go for it", "+1", "ok from me", "ok for me", "all good",
	"可以", "可以的", "同意", "批准", "批了", "已批准", "通过", "好", "好的", "行", "行的", "没问题", "没有问题", "准", "赞成", "认可", "ok的", "我同意", "我批准",
}

var (
	assentSign  = regexp.MustCompile(`:(?:\+1|thumbsup|thumbsup_all|white_check_mark|heavy_check_mark|ballot_box_with_check|ok_hand|ok|100|clap)(?:::skin-tone-\d)?:|[👍✅✔👌🆗💯👏]\x{FE0F}?[\x{1F3FB}-\x{1F3FF}]?`)
	assentBreak = regexp.MustCompile(`[,.!;:，。！；、～~…\n]+`)
)

// Assents reports whether a message says nothing but that its writer agrees: "ok", "Approved!",
// "同意", a thumb. A question does not, nor what goes on with anything else.
func Assents(message string) bool {
	const longest = 60 // characters: nobody agrees at length without saying something else
	if len([]rune(message)) > longest || strings.ContainsAny(message, "?？") {
		return false
	}
	rest := assentSign.ReplaceAllString(strings.ToLower(message), "\n")
	agreed := rest != strings.ToLower(message)
	for _, part := range assentBreak.Split(rest, -1) {
		part = strings.Join(strings.Fields(part), " ")
		if part == "" {
			continue
		}
		if !slices.Contains(assents, part) {
			return false
		}
		agreed = true
	}
	return agreed
}

// assent shows an approver who agrees in the thread of a card the way to where they decide. What
// was typed decides nothing. Everybody else hears nothing, and nobody hears it twice of one message.
func (a *App) assent(ctx context.Context, c *Call) (Reply, error) {
	var reply Reply
	err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		reply = Reply{}
		asked, err := a.askedIn(ctx, tx.Reader, c)
		if err != nil || len(asked) == 0 {
			return err
		}
		key := "assent:" + c.Channel + ":" + c.Message
		if _, _, found, err := tx.Seen(ctx, key); err != nil || found {
			return err
		}
		lines := []string{c.T("Words in a thread decide nothing. One click on its card records it:")}
		for i := range asked {
			if err := a.showWay(ctx, tx, c, &asked[i]); err != nil {
				return err
			}
			lines = append(lines, view.ApprovalLine(c.Printer, asked[i]), asked[i].Way)
		}
		reply = say(view.Lines(lines...))
		kept, err := reply.encode()
		if err != nil {
			return err
		}
		return tx.MarkDone(ctx, key, kept, c.Now)
	})
	return reply, err
}

// askedIn are the requests that wait for the person and belong to the card in whose thread they write.
func (a *App) askedIn(ctx context.Context, r *store.Reader, c *Call) ([]view.Approval, error) {
	place, found, err := r.PlaceAt(ctx, c.Channel, c.Thread)
	if err != nil || !found {
		return nil, err
	}
	kind, value, _ := strings.Cut(place.Subject, ":")
	id, _, _ := ids(value)
	deal := id
	switch kind {
	case "deal":
	case "approval":
		req, err := r.Approval(ctx, id)
		if err != nil {
			return nil, err
		}
		deal = req.Deal
	default:
		return nil, nil
	}
	pending, err := r.Approvals(ctx, store.ApprovalFilter{Deal: deal, Decider: c.User})
	if err != nil {
		return nil, err
	}
	if kind == "approval" {
		pending = slices.DeleteFunc(pending, func(req sales.Approval) bool { return req.ID != id })
	}
	return a.approvalRows(ctx, r, c, pending)
}
