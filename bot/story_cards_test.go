package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"pipewright/internal/sales"
	"pipewright/store"
)

// deciding are the buttons that do something about a request while it waits.
var deciding = []string{"approval.approve", "approval.reject", "approval.more", "approval.question", "approval.answer", "approval.edit", "approval.withdraw", "approval.withdraw_now"}

// cards checks every message in the workspace: each copy of a request's card says what is true
// now, and none has a button left that would decide on a request that is over, nor has what only one
// person sees.
func (s *story) cards() {
	s.t.Helper()
	who, err := s.bot.introduce(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	app, messages, owners := s.bot.app(who), s.everything(), s.directs()
	over, places := s.requests()
	for _, at := range places {
		m, stands := messages[at.Channel+at.TS]
		if at.TS == "" || at.Dead && !stands {
			continue
		}
		if !stands {
			s.failf("a copy of %s is missing in %s", at.Subject, at.Channel)
		}
		reader := at.Channel
		if user, direct := owners[at.Channel]; direct {
			reader = user
		}
		truth, err := app.RenderCard(s.t.Context(), at.Subject, reader)
		if err != nil {
			s.t.Fatal(err)
		}
		if want := words(s.asShown(truth.Blocks, truth.Text)); words(m) != want && !s.turned[reader] {
			s.failf("a copy of %s for %s says:\n%s\n--- and should say:\n%s", at.Subject, reader, words(m), want)
		}
	}
	for _, m := range append(slices.Collect(maps.Values(messages)), s.ephemerals()...) {
		for id, button := range live(m["blocks"]) {
			if over[id] {
				s.failf("the request %d is over, and %q is still offered on:\n%s", id, button, words(m))
			}
		}
	}
}

// requests are the requests that are over, and where the cards of all and of their questions stand.
func (s *story) requests() (over map[int64]bool, places []store.Place) {
	s.t.Helper()
	over = map[int64]bool{}
	err := s.bot.store.Read(s.t.Context(), func(ctx context.Context, r *store.Reader) error {
		var subjects []string
		requests, err := r.Approvals(ctx, store.ApprovalFilter{})
		if err != nil {
			return err
		}
		for _, req := range requests {
			over[req.ID] = req.State != sales.Pending
			subjects = append(subjects, fmt.Sprint("approval:", req.ID))
			for i := range req.Questions {
				subjects = append(subjects, fmt.Sprintf("question:%d:%d", req.ID, i+1))
			}
		}
		for _, subject := range subjects {
			at, err := r.Places(ctx, subject)
			if err != nil {
				return err
			}
			places = append(places, at...)
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return over, places
}

// everything is what stands in the workspace, by channel and ts, but for what only one person sees.
func (s *story) everything() map[string]obj {
	s.t.Helper()
	out := map[string]obj{}
	for _, c := range asList(s.get("state", nil)["channels"]) {
		channel := str(asObj(c)["id"])
		for _, m := range s.messages("", channel, "") {
			out[channel+str(m["ts"])] = m
			if num(m["reply_count"]) == 0 {
				continue
			}
			for _, reply := range s.messages("", channel, str(m["ts"])) {
				out[channel+str(reply["ts"])] = reply
			}
		}
	}
	return out
}

// ephemerals is what stands before only one person, in any channel or thread.
func (s *story) ephemerals() []obj {
	s.t.Helper()
	state, people := s.get("state", nil), map[any]bool{}
	for _, u := range asList(state["users"]) {
		people[asObj(u)["id"]] = asObj(u)["is_bot"] != true
	}
	var out []obj
	for _, c := range asList(state["channels"]) {
		channel := str(asObj(c)["id"])
		for _, member := range asList(asObj(c)["members"]) {
			if !people[member] {
				continue
			}
			all := s.messages(str(member), channel, "")
			for _, root := range all {
				if num(root["reply_count"]) > 0 {
					out = append(out, s.messages(str(member), channel, str(root["ts"]))...)
				}
			}
			out = append(out, all...)
		}
	}
	return slices.DeleteFunc(out, func(m obj) bool { return m["is_ephemeral"] != true })
}

// directs are whose direct messages the channels are.
func (s *story) directs() map[string]string {
	s.t.Helper()
	out := map[string]string{}
	for _, c := range asList(s.get("state", nil)["channels"]) {
		if user := str(asObj(c)["user"]); user != "" {
			out[str(asObj(c)["id"])] = user
		}
	}
	return out
}

// live are the deciding buttons of a message, by the request that they decide on.
func live(v any) map[int64]string {
	out := map[int64]string{}
	var look func(v any)
	look = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, inner := range v {
				look(inner)
			}
		case obj:
			if slices.Contains(deciding, str(v["action_id"])) {
				value := str(v["value"])
				if options := asList(v["options"]); len(options) > 0 {
					_, value, _ = strings.Cut(str(asObj(options[0])["value"]), ":")
				}
				id, _, _ := strings.Cut(value, ":")
				if n, err := strconv.ParseInt(id, 10, 64); err == nil {
					out[n] = textOf(v["text"])
				}
			}
			for _, inner := range v {
				look(inner)
			}
		}
	}
	look(v)
	return out
}

// asShown is a message as Slack would have it.
func (s *story) asShown(blocks any, text string) obj {
	s.t.Helper()
	raw, err := json.Marshal(obj{"blocks": blocks, "text": text})
	if err != nil {
		s.t.Fatal(err)
	}
	var out obj
	if err := json.Unmarshal(raw, &out); err != nil {
		s.t.Fatal(err)
	}
	return out
}
