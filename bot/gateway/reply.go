package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/slack-go/slack"

	"pipewright/handlers"
)

// maxAck is what fits into an acknowledgement: Slack drops larger ones over a socket.
const maxAck = 19 << 10

// answer is a message as acknowledgements and response URLs take it.
type answer struct {
	Type    string        `json:"response_type,omitempty"`
	Text    string        `json:"text,omitempty"`
	Blocks  []slack.Block `json:"blocks,omitempty"`
	Replace bool          `json:"replace_original"`
	Delete  bool          `json:"delete_original,omitempty"`
	Thread  string        `json:"thread_ts,omitempty"`
	Plain   []slack.Block `json:"-"` // in the place of Blocks, when Slack refuses those
}

func answerOf(in handlers.Intent, r handlers.Reply) answer {
	a := answer{Type: "ephemeral", Text: r.Text, Blocks: r.Blocks, Plain: r.Plain, Replace: r.Replace, Delete: r.Delete}
	if r.Public {
		a.Type = "in_channel"
	}
	if !r.Replace && !r.Delete && in.Thread != in.Message { // who clicks a thread's root reads the channel
		a.Thread = in.Thread
	}
	return a
}

// split divides a reply into what its acknowledgement carries and what is done
// after that; either may be nil.
func (g *Gateway) split(in handlers.Intent, r handlers.Reply) (ack any, later func(context.Context)) {
	switch {
	case in.Kind == handlers.Options:
		if r.Options == nil {
			r.Options = []*slack.OptionBlockObject{}
		}
		return map[string]any{"options": r.Options}, nil
	case in.Kind == handlers.Submission:
		ack, ok := encode(g.submissionAck(in, r))
		if !ok { // a form that large is shown over the Web API
			return g.lateAck(in), func(ctx context.Context) { g.lateForm(ctx, in, r) }
		}
		return ack, nil
	case r.Empty():
		return nil, nil
	case in.Kind == handlers.Command && r.Modal == nil && r.Plain == nil && !slices.ContainsFunc(r.Blocks, isFile): // Slack does not say when it refuses an acknowledgement's blocks
		if ack, ok := encode(answerOf(in, r)); ok {
			return ack, nil
		}
	}
	return nil, func(ctx context.Context) { g.deliver(ctx, in, r) }
}

// submissionAck answers a form in its acknowledgement, the only place that Slack
// offers: errors beside the inputs, the next form, or a notice in its place.
func (g *Gateway) submissionAck(in handlers.Intent, r handlers.Reply) any {
	switch {
	case len(r.Errors) > 0:
		return slack.ViewSubmissionResponse{ResponseAction: slack.RAErrors, Errors: r.Errors}
	case r.Modal != nil && r.Push:
		return slack.ViewSubmissionResponse{ResponseAction: slack.RAPush, View: r.Modal}
	case r.Modal != nil:
		return slack.ViewSubmissionResponse{ResponseAction: slack.RAUpdate, View: r.Modal}
	case r.Text != "" || len(r.Blocks) > 0:
		return slack.ViewSubmissionResponse{ResponseAction: slack.RAUpdate, View: g.notice(g.life, in, r)}
	case r.Clear:
		return slack.ViewSubmissionResponse{ResponseAction: slack.RAClear}
	}
	return nil
}

// encode returns the acknowledgement as JSON, and whether it fits; nil stays nil.
func encode(ack any) (any, bool) {
	if ack == nil {
		return nil, true
	}
	raw, err := json.Marshal(ack)
	return json.RawMessage(raw), err == nil && len(raw) <= maxAck
}

// deliver shows a reply that its acknowledgement could not carry.
func (g *Gateway) deliver(ctx context.Context, in handlers.Intent, r handlers.Reply) {
	if r.Modal != nil {
		g.open(ctx, in, r)
		return
	}
	if r.Text == "" && len(r.Blocks) == 0 && !r.Delete {
		return
	}
	if err := g.say(ctx, in, r); err != nil {
		g.Log.Error("gateway: a reply did not reach its reader", "kind", in.Kind, "name", in.Name, "user", in.User, "error", err)
	}
}

// say finds the way on which the person sees a message.
func (g *Gateway) say(ctx context.Context, in handlers.Intent, r handlers.Reply) error {
	switch {
	case in.ResponseURL != "":
		return g.respond(ctx, in.ResponseURL, answerOf(in, r))
	case in.View.ID != "" && r.Replace:
		_, err := g.API.UpdateViewContext(ctx, *g.notice(ctx, in, r), "", in.View.Hash, in.View.ID)
		return err
	case in.View.ID != "":
		_, err := g.API.PushViewContext(ctx, in.Trigger, *g.notice(ctx, in, r))
		return err
	case in.Kind == handlers.Mention, in.Name == handlers.ThreadMessage:
		return g.sayInChannel(ctx, in, r)
	case in.Trigger != "":
		_, err := g.API.OpenViewContext(ctx, in.Trigger, *g.notice(ctx, in, r))
		return err
	}
	_, _, err := g.API.PostMessageContext(ctx, in.User, messageOptions(r)...)
	return err
}

// sayInChannel answers a mention: to that person alone in the channel or thread,
// or as a message where only the two of us are.
func (g *Gateway) sayInChannel(ctx context.Context, in handlers.Intent, r handlers.Reply) error {
	return g.shown(ctx, r.Blocks, r.Plain, func(blocks []slack.Block) error {
		r.Blocks = blocks
		opts := messageOptions(r)
		if in.Thread != "" {
			opts = append(opts, slack.MsgOptionTS(in.Thread))
		}
		if in.Name == "message" {
			_, _, err := g.API.PostMessageContext(ctx, in.Channel, opts...)
			return err
		}
		_, err := g.API.PostEphemeralContext(ctx, in.Channel, in.User, opts...)
		return err
	})
}

func messageOptions(r handlers.Reply) []slack.MsgOption {
	opts := []slack.MsgOption{slack.MsgOptionText(r.Text, false), slack.MsgOptionDisableLinkUnfurl()}
	if len(r.Blocks) > 0 {
		opts = append(opts, slack.MsgOptionBlocks(r.Blocks...))
	}
	return opts
}

// errNoTrigger is a form that comes too late: its trigger is gone.
var errNoTrigger = errors.New("the trigger has expired")

// open shows a modal: over the one in which the person acted, in its place, or anew.
func (g *Gateway) open(ctx context.Context, in handlers.Intent, r handlers.Reply) {
	var err error
	switch {
	case in.View.ID != "" && r.Push:
		_, err = g.API.PushViewContext(ctx, in.Trigger, *r.Modal)
	case in.View.ID != "":
		_, err = g.API.UpdateViewContext(ctx, *r.Modal, "", in.View.Hash, in.View.ID)
	case in.Trigger != "":
		_, err = g.API.OpenViewContext(ctx, in.Trigger, *r.Modal)
	default:
		err = errNoTrigger
	}
	if err == nil {
		return
	}
	g.Log.Error("gateway: a form was not opened", "name", in.Name, "user", in.User, "error", detail(err))
	in.Trigger = ""
	if in.View.ID == "" {
		p := g.printer(ctx, in)
		g.deliver(ctx, in, handlers.Reply{Text: p.T("Slack did not open the form in time. Please try again.")})
	}
}
