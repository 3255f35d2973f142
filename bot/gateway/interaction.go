package gateway

import (
	"encoding/json"
	"fmt"

	"pipewright/handlers"
)

// interaction is a click, a submitted form, a shortcut or a select that asks for
// its options, as far as we read it.
type interaction struct {
	Type        string `json:"type"`
	App         string `json:"api_app_id"`
	Trigger     string `json:"trigger_id"`
	ResponseURL string `json:"response_url"`
	CallbackID  string `json:"callback_id"`
	ActionTS    string `json:"action_ts"`
	ActionID    string `json:"action_id"` // of the select that asks for options
	Value       string `json:"value"`     // what was typed there
	MessageTS   string `json:"message_ts"`
	Team        struct {
		ID string `json:"id"`
	} `json:"team"`
	User struct {
		ID   string `json:"id"`
		Team string `json:"team_id"`
	} `json:"user"`
	Channel struct {
		ID string `json:"id"`
	} `json:"channel"`
	Container struct {
		Channel string `json:"channel_id"`
		Message string `json:"message_ts"`
		Thread  string `json:"thread_ts"`

		Ephemeral bool `json:"is_ephemeral"`
	} `json:"container"`
	Message struct {
		TS     string `json:"ts"`
		Thread string `json:"thread_ts"`
		Text   string `json:"text"`
	} `json:"message"`
	View    view      `json:"view"`
	Actions []element `json:"actions"`
	State   state     `json:"state"`
}

type view struct {
	ID       string `json:"id"`
	Type     string `json:"type"` // modal or home
	Hash     string `json:"hash"`
	Callback string `json:"callback_id"`
	Meta     string `json:"private_metadata"`
	State    state  `json:"state"`
}

type state struct {
	Values map[string]map[string]element `json:"values"` // by block_id and action_id
}

// element is what a person put into one input, or the button they clicked.
type element struct {
	ActionID string `json:"action_id"`
	ActionTS string `json:"action_ts"`
	Value    string `json:"value"`

	Option        *option  `json:"selected_option"`
	Options       []option `json:"selected_options"`
	User          string   `json:"selected_user"`
	Users         []string `json:"selected_users"`
	Channel       string   `json:"selected_channel"`
	Channels      []string `json:"selected_channels"`
	Conversation  string   `json:"selected_conversation"`
	Conversations []string `json:"selected_conversations"`
	Date          string   `json:"selected_date"`
	Time          string   `json:"selected_time"`
	DateTime      int64    `json:"selected_date_time"`
	Files         []struct {
		ID        string `json:"id"`
		Name      string `json:"name"`
		Permalink string `json:"permalink"`
	} `json:"files"`
}

type option struct {
	Value string `json:"value"`
}

// picked returns what the element holds, or nil.
func (e element) picked() []string {
	var out []string
	for _, v := range []string{e.Value, e.User, e.Channel, e.Conversation, e.Date, e.Time} {
		if v != "" {
			out = append(out, v)
		}
	}
	if e.Option != nil {
		out = append(out, e.Option.Value)
	}
	for _, o := range e.Options {
		out = append(out, o.Value)
	}
	for _, f := range e.Files {
		out = append(out, f.ID+" "+f.Permalink+" "+f.Name)
	}
	if e.DateTime != 0 {
		out = append(out, fmt.Sprint(e.DateTime))
	}
	out = append(out, e.Users...)
	out = append(out, e.Channels...)
	return append(out, e.Conversations...)
}

func (s state) values() map[string][]string {
	out := map[string][]string{}
	for _, block := range s.Values {
		for id, e := range block {
			if v := e.picked(); v != nil {
				out[id] = v
			}
		}
	}
	return out
}

// interaction translates a payload. An Intent without a Kind needs nothing but
// its acknowledgement.
func (g *Gateway) interaction(payload []byte) (handlers.Intent, error) {
	var p interaction
	if err := json.Unmarshal(payload, &p); err != nil {
		return handlers.Intent{}, fmt.Errorf("%w: %w", errMalformed, err)
	}
	if err := g.ours(p.Team.ID, p.App); err != nil {
		return handlers.Intent{}, err
	}
	if p.User.ID == "" {
		return handlers.Intent{}, fmt.Errorf("%w: nobody acts", errMalformed)
	}
	if p.User.Team != "" && p.User.Team != g.Team {
		return handlers.Intent{}, fmt.Errorf("%w: a guest of team %q", errForeign, p.User.Team)
	}
	in := handlers.Intent{
		User: p.User.ID, Channel: first(p.Channel.ID, p.Container.Channel), Thread: first(p.Container.Thread, p.Message.Thread),
		Message: first(p.Container.Message, p.Message.TS, p.MessageTS), Trigger: p.Trigger, ResponseURL: p.ResponseURL, Now: g.Now(),
		Ephemeral: p.Container.Ephemeral,
	}
	if p.View.Type == "modal" {
		in.View = handlers.View{ID: p.View.ID, Hash: p.View.Hash, Callback: p.View.Callback, Meta: p.View.Meta}
	}
	return p.finish(in)
}

// finish fills in what belongs to the payload's type.
func (p interaction) finish(in handlers.Intent) (handlers.Intent, error) {
	switch p.Type {
	case "block_actions":
		if len(p.Actions) == 0 {
			return in, nil
		}
		a := p.Actions[0]
		in.Kind, in.Name, in.Values = handlers.Action, a.ActionID, p.State.values()
		if p.View.ID != "" {
			in.Values = p.View.State.values()
		}
		if picked := a.picked(); len(picked) > 0 {
			in.Value = picked[0]
		}
		in.Key = "action:" + in.User + ":" + a.ActionID + ":" + first(a.ActionTS, p.ActionTS, p.Trigger)
	case "view_submission":
		in.Kind, in.Name, in.Values = handlers.Submission, p.View.Callback, p.View.State.values()
		in.Key = "view:" + p.View.ID + ":" + p.View.Callback // a form that leads to another keeps its id
	case "shortcut", "message_action":
		in.Kind, in.Name, in.Note = handlers.Shortcut, p.CallbackID, unescape(p.Message.Text)
		in.Key = "shortcut:" + first(p.Trigger, in.User+":"+p.ActionTS)
	case "block_suggestion":
		in.Kind, in.Name, in.Text = handlers.Options, p.ActionID, p.Value
		in.Values = p.View.State.values()
	case "":
		return in, fmt.Errorf("%w: an interaction without a type", errMalformed)
	}
	return in, nil
}

// first returns the first text that is not empty.
func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
