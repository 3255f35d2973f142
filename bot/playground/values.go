package playground

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// valueOf turns what a person chose or typed into the element's entry in a state. Options may be given
// by value or by text, people and channels by id or name. Server.mu is not held: an external select may
// have to ask the app.
func (s *Server) valueOf(p place, e element, v any) (obj, error) {
	h := holdings[e.kind()]
	out := e.initialValue()
	if h.many {
		chosen := list{}
		for _, one := range manyOf(v) {
			value, err := s.oneValue(p, e, one)
			if err != nil {
				return nil, err
			}
			chosen = append(chosen, value)
		}
		if most, ok := e.body["max_selected_items"].(float64); ok && len(chosen) > int(most) {
			return nil, problem(fmt.Sprintf("too_many_selected: at most %v", most))
		}
		out[h.key] = chosen
		return out, nil
	}
	out[h.key] = nil
	if v == nil || v == "" {
		return out, nil
	}
	value, err := s.oneValue(p, e, v)
	out[h.key] = value
	return out, err
}

func manyOf(v any) list {
	switch v := v.(type) {
	case nil:
		return nil
	case list:
		return v
	default:
		return list{v}
	}
}

func (s *Server) oneValue(p place, e element, v any) (any, error) {
	switch key := holdings[e.kind()].key; key {
	case "selected_option", "selected_options":
		return s.optionFor(p, e, v)
	case "selected_user", "selected_users":
		s.mu.Lock()
		defer s.mu.Unlock()
		if u := s.ws.user(asText(v)); u != nil {
			return u.ID, nil
		}
		if s.app.isNamed(asText(v)) {
			return s.app.botUser, nil
		}
		return nil, problem("no_such_user: " + asText(v))
	case "selected_channel", "selected_channels", "selected_conversation", "selected_conversations":
		s.mu.Lock()
		defer s.mu.Unlock()
		if c := s.ws.channel(asText(v), p.user.ID); c != nil && c.sees(p.user.ID) {
			return c.id, nil
		}
		return nil, problem("no_such_channel: " + asText(v))
	case "selected_date":
		if !dayForm.MatchString(asText(v)) {
			return nil, problem("not_a_date: " + asText(v))
		}
	case "selected_time":
		if !timeForm.MatchString(asText(v)) {
			return nil, problem("not_a_time: " + asText(v))
		}
	case "selected_date_time":
		return momentOf(v)
	case "rich_text_value":
		if o, ok := v.(obj); ok {
			return o, nil
		}
		return obj{"type": "rich_text", "elements": list{obj{"type": "rich_text_section", "elements": list{obj{"type": "text", "text": asText(v)}}}}}, nil
	case "files":
		s.mu.Lock()
		defer s.mu.Unlock()
		f := s.ws.files[asText(v)]
		if f == nil {
			return nil, problem("no_such_file: " + asText(v))
		}
		return s.fileObject(f), nil
	}
	return asText(v), nil
}

// optionFor finds the option with that value or text; an external select asks the app when it must.
func (s *Server) optionFor(p place, e element, v any) (any, error) {
	if !strings.HasSuffix(e.kind(), "external_select") {
		return pick(e.options(), v)
	}
	s.mu.Lock()
	known := s.ws.searched[searchKey(p, e)]
	s.mu.Unlock()
	if o, err := pick(known, v); err == nil {
		return o, nil
	}
	answer, err := s.suggest(p, e, wantedOption(v))
	if err != nil {
		return nil, err
	}
	return pick(optionsIn(answer), v)
}

// wantedOption is the value of an option given whole, or the text given.
func wantedOption(v any) string {
	if o, ok := v.(obj); ok {
		return optionValue(o)
	}
	return asText(v)
}

// pick finds an option by its value, or else by its text.
func pick(options list, v any) (obj, error) {
	wanted := wantedOption(v)
	for _, o := range options {
		if option, ok := o.(obj); ok && optionValue(option) == wanted {
			return option, nil
		}
	}
	for _, o := range options {
		if option, ok := o.(obj); ok && strings.EqualFold(optionText(option), wanted) {
			return option, nil
		}
	}
	return nil, problem("no_such_option: " + wanted)
}

func momentOf(v any) (any, error) {
	if n, ok := v.(float64); ok {
		return n, nil
	}
	t, err := time.Parse(time.RFC3339, asText(v))
	if err != nil {
		return nil, problem("not_a_time: write seconds or 2026-01-31T09:00:00Z")
	}
	return float64(t.Unix()), nil
}

func asText(v any) string {
	if t, ok := v.(string); ok {
		return t
	}
	raw, _ := json.Marshal(v)
	return string(raw)
}
