package playground

import (
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// trouble is what Slack shows when a modal's submission fails.
const trouble = "We had some trouble connecting. Try again?"

// controlView shows the open modal.
func (s *Server) controlView(_ *http.Request, in ask) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.actor(in)
	if err != nil {
		return nil, err
	}
	return s.openView(u.ID), nil
}

func (s *Server) openView(user string) obj {
	out := obj{"view": nil, "depth": len(s.ws.views[user])}
	if v := s.top(user); v != nil {
		out["view"] = s.viewObject(v)
	}
	return out
}

// filling is one value for one element.
type filling struct {
	e     element
	value obj
}

// readValues reads values given by block id, action id or label. A block's value may also be an object by
// action id.
func (s *Server) readValues(p place, values obj) ([]filling, error) {
	var out []filling
	for key, v := range values {
		e, err := fieldNamed(p.all, key)
		if err != nil {
			return nil, err
		}
		if nested, ok := v.(obj); ok {
			if inner, ok := nested[e.actionID]; ok {
				v = inner
			}
		}
		value, err := s.valueOf(p, e, v)
		if err != nil {
			return nil, err
		}
		out = append(out, filling{e, value})
	}
	return out, nil
}

// fieldNamed finds the one element that the name means: its block, its action, or its label.
func fieldNamed(all []element, name string) (element, error) {
	for _, is := range []func(element) bool{
		func(e element) bool { return e.blockID == name },
		func(e element) bool { return e.actionID == name },
		func(e element) bool { return strings.EqualFold(e.label(), name) },
	} {
		var found []element
		for _, e := range all {
			if e.isStateful() && is(e) {
				found = append(found, e)
			}
		}
		switch len(found) {
		case 0:
		case 1:
			return found[0], nil
		default:
			return element{}, problem("ambiguous_input: " + name)
		}
	}
	return element{}, problem("no_such_input: " + name)
}

// fill writes the values into the view's state. Server.mu is held.
func fill(v *view, filled []filling) {
	for _, f := range filled {
		setState(v.state, f.e.blockID, f.e.actionID, f.value)
	}
}

// controlSubmit fills the open modal in and submits it.
func (s *Server) controlSubmit(_ *http.Request, in ask) (obj, error) {
	s.mu.Lock()
	in.Channel = "modal"
	p, err := s.place(in)
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	filled, err := s.readValues(p, in.Values)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	fill(p.view, filled)
	d, err := s.prepareSubmit(p)
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	a := s.deliver(d)
	if !a.ok() {
		return nil, problem(trouble + " (" + a.failure + ")")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.afterSubmit(p, a)
}

// prepareSubmit checks the fields as Slack's client does and writes the payload.
func (s *Server) prepareSubmit(p place) (delivery, error) {
	if p.view.body["submit"] == nil {
		return delivery{}, problem("this view has no submit button")
	}
	for _, e := range p.all {
		if e.input == nil {
			continue
		}
		value, _ := stateValue(p.view.state, e.blockID, e.actionID)
		if err := checkField(e, value); err != nil {
			return delivery{}, err
		}
	}
	trigger, _ := s.triggers.issue(p.user.ID, true)
	payload := s.interaction(&p.user, "view_submission", trigger)
	payload["view"], payload["response_urls"] = s.viewObject(p.view), s.responseURLs(p)
	return delivery{kind: kindInteractive, user: p.user.ID, payload: payload}, nil
}

// responseURLs are made for the conversation fields that ask for one.
func (s *Server) responseURLs(p place) list {
	out := list{}
	for _, e := range p.all {
		value, _ := stateValue(p.view.state, e.blockID, e.actionID)
		chosen := or(args(value).text("selected_conversation"), args(value).text("selected_channel"))
		if e.body["response_url_enabled"] == true && chosen != "" {
			id, _ := s.hooks.issue(hook{user: p.user.ID, channel: chosen})
			out = append(out, obj{"block_id": e.blockID, "action_id": e.actionID, "channel_id": chosen, "response_url": s.base + "/hooks/" + id})
		}
	}
	return out
}

// afterSubmit does what the acknowledgement of a submission says.
func (s *Server) afterSubmit(p place, a ack) (obj, error) {
	answer, _ := a.payload.(obj)
	action := args(answer).text("response_action")
	user := p.user.ID
	stack := s.ws.views[user]
	at := slices.Index(stack, p.view)
	if at < 0 { // replaced or closed meanwhile
		return obj{"response_action": action}, nil
	}
	switch action {
	case "":
		s.ws.views[user] = stack[:at:at]
	case "clear":
		s.ws.views[user] = nil
	case "errors":
		return s.showErrors(p, answer)
	case "update", "push":
		if err := s.nextView(p, answer, action == "push"); err != nil {
			return nil, problem(trouble + " (" + err.Error() + ")")
		}
	default:
		return nil, problem(trouble + " (unknown response_action " + action + ")")
	}
	s.showView(user)
	return obj{"response_action": action}, nil
}

// showErrors passes field errors on; their keys must be blocks of inputs.
func (s *Server) showErrors(p place, answer obj) (obj, error) {
	errs, _ := answer["errors"].(obj)
	for block := range errs {
		known := slices.ContainsFunc(p.all, func(e element) bool { return e.input != nil && e.blockID == block })
		if !known {
			return nil, problem(trouble + " (errors for " + block + ", which is no input block)")
		}
	}
	if len(errs) == 0 {
		return nil, problem(trouble + " (response_action errors without errors)")
	}
	o := s.openView(p.user.ID)
	o["type"], o["errors"] = "view", errs
	s.stream.tell(isUser(p.user.ID), o)
	return obj{"errors": errs, "response_action": "errors"}, nil
}

func (s *Server) nextView(p place, answer obj, push bool) error {
	body, ok := answer["view"].(obj)
	if !ok {
		return fail("missing view")
	}
	if err := s.checkView(body, "modal"); err != nil {
		return describeError(err)
	}
	if !push {
		s.setBody(p.view, body)
		return nil
	}
	if len(s.ws.views[p.user.ID]) >= maxStack {
		return fail("push_limit_reached")
	}
	s.push(p.user.ID, body)
	return nil
}

// describeError adds where a view is wrong to the error's name.
func describeError(err error) error {
	if api, ok := errors.AsType[*apiError](err); ok {
		if problems, ok := api.extra["errors"].([]string); ok {
			return problem(api.code + ": " + strings.Join(problems, "; "))
		}
	}
	return err
}

// controlClose closes the open modal, or all of them.
func (s *Server) controlClose(_ *http.Request, in ask) (obj, error) {
	s.mu.Lock()
	u, err := s.actor(in)
	if err != nil {
		s.mu.Unlock()
		return nil, err
	}
	top := s.top(u.ID)
	if top == nil {
		s.mu.Unlock()
		return nil, problem("no_open_view")
	}
	stack := s.ws.views[u.ID]
	closed := stack[len(stack)-1:]
	if in.All || args(top.body).yes("clear_on_close") {
		closed = stack
	}
	s.ws.views[u.ID] = slices.Clone(stack[:len(stack)-len(closed)])
	var told []delivery
	for _, v := range slices.Backward(closed) {
		if args(v.body).yes("notify_on_close") {
			payload := s.interaction(u, "view_closed", "")
			payload["view"], payload["is_cleared"] = s.viewObject(v), len(closed) > 1
			told = append(told, delivery{kind: kindInteractive, user: u.ID, payload: payload})
		}
	}
	s.showView(u.ID)
	out := s.openView(u.ID)
	s.mu.Unlock()
	for _, d := range told {
		_ = s.perform(d) // Slack closes the view whatever the app says
	}
	return out, nil
}

// controlHome opens App Home and waits a little for the app to publish it.
func (s *Server) controlHome(r *http.Request, in ask) (obj, error) {
	s.mu.Lock()
	u, err := s.actor(in)
	if err != nil {
		s.mu.Unlock()
		return nil, err
	}
	published := make(chan struct{})
	s.ws.homeWaits[u.ID] = append(s.ws.homeWaits[u.ID], published)
	body := obj{"user": u.ID, "channel": s.ws.channel("dm", u.ID).id, "tab": "home"}
	if v := s.ws.homes[u.ID]; v != nil {
		body["view"] = s.viewObject(v)
	}
	s.tell(event{"app_home_opened", body, u.ID, ""})
	waits := s.subscribed("app_home_opened")
	s.mu.Unlock()
	if waits {
		timer := time.NewTimer(s.limits.lateReply)
		defer timer.Stop()
		select {
		case <-published:
		case <-timer.C:
		case <-r.Context().Done():
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ws.homeWaits[u.ID] = slices.DeleteFunc(s.ws.homeWaits[u.ID], func(c chan struct{}) bool { return c == published })
	out := obj{"view": nil}
	if v := s.ws.homes[u.ID]; v != nil {
		out["view"] = s.viewObject(v)
	}
	return out, nil
}

// checkField refuses what Slack's client would not let a person submit.
func checkField(e element, value obj) error {
	v := value[holdings[e.kind()].key]
	text, isText := v.(string)
	empty := v == nil || isText && strings.TrimSpace(text) == "" || holdings[e.kind()].many && len(asList(v)) == 0
	if empty {
		if e.required() {
			return problem("missing_required: " + e.label())
		}
		return nil
	}
	switch e.kind() {
	case "plain_text_input":
		return checkLength(e, text)
	case "number_input":
		return checkNumber(e, text)
	case "email_text_input":
		if a, err := mail.ParseAddress(text); err != nil || a.Address != text {
			return problem("invalid_email: " + e.label())
		}
	case "url_text_input":
		if u, err := url.Parse(text); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return problem("invalid_url: " + e.label())
		}
	}
	return nil
}

func checkLength(e element, text string) error {
	n := float64(len([]rune(text)))
	if least, ok := e.body["min_length"].(float64); ok && n < least {
		return problem(fmt.Sprintf("too_short: %s: at least %v characters", e.label(), least))
	}
	most, ok := e.body["max_length"].(float64)
	if !ok {
		most = 3000
	}
	if n > most {
		return problem(fmt.Sprintf("too_long: %s: at most %v characters", e.label(), most))
	}
	return nil
}

func checkNumber(e element, text string) error {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || e.body["is_decimal_allowed"] != true && strings.ContainsAny(text, ".eE") {
		return problem("invalid_number: " + e.label())
	}
	if least, err := strconv.ParseFloat(args(e.body).text("min_value"), 64); err == nil && n < least {
		return problem(fmt.Sprintf("too_small: %s: at least %v", e.label(), least))
	}
	if most, err := strconv.ParseFloat(args(e.body).text("max_value"), 64); err == nil && n > most {
		return problem(fmt.Sprintf("too_large: %s: at most %v", e.label(), most))
	}
	return nil
}
