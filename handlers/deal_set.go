package handlers

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/store"
)

// dealSet answers /deal set REF FIELD VALUE.
func (a *App) dealSet(ctx context.Context, c *Call) (Reply, error) {
	f, err := a.locate(ctx, c, c.Words)
	if err != nil {
		return Reply{}, err
	}
	if len(f.rest) == 0 {
		return Reply{Modal: view.EditDealForm(c.Printer, f.Case)}, nil
	}
	if f.rest[0].is("stage", "阶段") {
		return a.meant(c, strings.TrimSpace("deal advance "+f.Deal.Ref()+" to "+c.typed(f.rest[1:]))), nil
	}
	field, n, err := c.matchField(f.Process, f.rest)
	if err != nil {
		return Reply{}, within(f.Case, err)
	}
	value := f.rest[n:]
	if len(value) > 1 && value[0].is("=", "to", "为", "到") {
		value = value[1:]
	}
	switch {
	case field == "owner":
		return a.dealAssign(ctx, c.instead("assign", f.Deal.Ref(), value))
	case field == "next":
		return a.dealNext(ctx, c.instead("next", f.Deal.Ref(), value))
	case len(value) == 0:
		return Reply{Modal: view.FieldForm(c.Printer, f.Case, field)}, nil
	}
	canonical, err := a.readField(ctx, c, f.Case, field, value)
	if err != nil {
		return Reply{}, within(f.Case, choosing(err, func(k string) string { return c.with(value, k) }))
	}
	return a.set(ctx, c, f.Deal.ID, field, canonical)
}

// instead is the same call in the words of another verb.
func (c *Call) instead(verb, ref string, rest []Word) *Call {
	other := *c
	other.Name, other.Text = "deal", strings.TrimSpace(verb+" "+ref+" ")
	if len(rest) > 0 {
		other.Text += " " + c.Text[rest[0].Pos:rest[len(rest)-1].End]
	}
	words := split(other.Text)
	other.gap, other.Words = words[0].End, words[1:]
	return &other
}

func (a *App) set(ctx context.Context, c *Call, deal int64, field, value string) (Reply, error) {
	return a.change(ctx, c, change{
		deal:  deal,
		steps: []step{func(k *sales.Case) ([]sales.Event, error) { return k.Set(c.User, field, value, c.Now) }},
		done:  func(k *sales.Case, _ []sales.Event) Reply { return a.wasSet(c, k, field) },
	})
}

func (a *App) wasSet(c *Call, k *sales.Case, field string) Reply {
	f, _ := k.Process.FieldOf(field)
	name := view.FieldName(c.Printer, k.Process, field)
	value := view.FieldValue(c.Printer, f, k.Deal.Value(field), c.Now, func(user string) string { return "<@" + user + ">" })
	return a.goingOn(c, k, c.T("%s: %s is %s.", view.DealName(k.Deal), name, value), undoButton(c, k.Deal))
}

func (a *App) clickField(ctx context.Context, c *Call) (Reply, error) {
	id, field := idAndKey(c.Value)
	k, err := a.read(ctx, c, id)
	if err != nil {
		return Reply{}, err
	}
	if field == "next" {
		return Reply{Modal: view.PlanForm(c.Printer, k.Deal)}, nil
	}
	return Reply{Modal: view.FieldForm(c.Printer, k, field)}, nil
}

func (a *App) submitField(ctx context.Context, c *Call) (Reply, error) {
	id, field := idAndKey(c.View.Meta)
	return c.formDone(a.change(ctx, c, change{
		deal:  id,
		steps: []step{func(k *sales.Case) ([]sales.Event, error) { return c.setInput(k, field) }},
		done:  func(k *sales.Case, _ []sales.Event) Reply { return a.wasSet(c, k, field) },
	}))
}

// setInput reads a form's input for a field and sets it when it is another value.
func (c *Call) setInput(k *sales.Case, field string) ([]sales.Event, error) {
	f, _ := k.Process.FieldOf(field)
	action := "deal." + field
	value, err := c.readValue(f, c.Input(action), currencyOf(k))
	if err != nil {
		return nil, atInput(action, err)
	}
	events, err := unlessSame(k.Set(c.User, field, value, c.Now))
	return events, atInput(action, err)
}

// unlessSame takes the same value again for no change.
func unlessSame(events []sales.Event, err error) ([]sales.Event, error) {
	if isCode(err, "set.same") || isCode(err, "assign.same") {
		return nil, nil
	}
	return events, err
}

// readField reads typed words as a field's value, in canonical form.
func (a *App) readField(ctx context.Context, c *Call, k *sales.Case, field string, words []Word) (string, error) {
	f, ok := k.Process.FieldOf(field)
	if !ok {
		return "", sales.Refuse(sales.NotFound, "field.unknown", "input", field)
	}
	if len(words) == 1 && words[0].is(nothing...) {
		return "", nil
	}
	switch f.Type {
	case sales.FieldUser:
		var user string
		err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
			user, err = a.matchUser(ctx, r, c, words)
			return err
		})
		return user, err
	case sales.FieldChoice:
		var list []named
		for _, o := range f.Options {
			list = append(list, newNamed(c.Lang(), o.Key, o.Name))
		}
		return pickAll("option", list, words)
	}
	return c.readValue(f, c.typed(words), currencyOf(k))
}

// readValue reads one text as a field's value, in canonical form; "" is none.
func (c *Call) readValue(f sales.Field, typed, currency string) (string, error) {
	if typed == "" {
		return "", nil
	}
	switch f.Type {
	case sales.FieldMoney:
		m, err := sales.ParseMoney(typed, currency)
		return m.Canonical(), err
	case sales.FieldDate:
		t, err := c.readDate(split(typed))
		if err != nil {
			return "", unchosen(err)
		}
		return t.Format("2006-01-02"), nil
	case sales.FieldNumber, sales.FieldPercent:
		return readNumber(typed)
	case sales.FieldLink:
		u, err := url.Parse(typed)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			return "", sales.Refuse(sales.Invalid, "link.unreadable", "input", typed)
		}
	}
	return typed, nil
}

// unchosen drops how a choice finishes the command, for the caller to say it.
func unchosen(err error) error {
	if t := troubled(err); t != nil {
		return t.error
	}
	return err
}

var commaDecimal = regexp.MustCompile(`^[-+]?\d+,\d{1,2}$`)

// readNumber reads "15", "15%", "15.5" and "15,5".
func readNumber(typed string) (string, error) {
	s := strings.TrimSpace(strings.TrimRight(strings.TrimSpace(typed), "%％"))
	if commaDecimal.MatchString(s) {
		s = strings.Replace(s, ",", ".", 1)
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64)
	if err != nil || f != f || f > 1e15 || f < -1e15 {
		return "", sales.Refuse(sales.Invalid, "number.unreadable", "input", typed)
	}
	return strconv.FormatFloat(f, 'f', -1, 64), nil
}

func isCode(err error, code string) bool {
	var e *sales.Error
	return errors.As(err, &e) && e.Code == code
}

func cutColon(s string) (before, after string) {
	before, after, _ = strings.Cut(s, ":")
	return before, after
}
