package handlers

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// delegationBook holds who decides in whose place.
func delegationBook() book {
	return book{
		routes: []Route{
			{Command: "approvals", Verb: "delegate", Also: []string{"deputy", "委托", "代理"}, Args: text.Msg("@user until DATE"),
				About:    text.Msg("Let somebody decide in your place while you are away, or, for those who lead, in somebody else's. “stop” ends it."),
				Examples: []string{text.Msg("approvals delegate @bo until friday"), text.Msg("approvals delegate @bo from 1 Dec until 12 Dec because I am on leave"), text.Msg("approvals delegate @lin to @bo until friday"), "approvals delegate stop"},
				Run:      (*App).delegate},
			{Command: "approvals", Verb: "delegations", Also: []string{"deputies", "委托列表", "代理列表"}, About: text.Msg("Who decides in whose place, and until when."),
				Examples: []string{"approvals delegations"}, Run: (*App).delegations},
		},
		actions:     map[string]handler{"delegation.form": (*App).clickDelegate, "delegation.end": (*App).clickEndDelegation},
		submissions: map[string]handler{"delegation.make": (*App).submitDelegation},
		refusals:    delegationRefusals,
		timed:       timed{due: (*App).delegationsDue, next: (*App).nextDelegation},
	}
}

var (
	toPerson  = []string{"to", "给", "由"}
	fromDay   = []string{"from", "starting", "自", "从"}
	stopWords = []string{"stop", "end", "结束", "停止", "取消"}

	delegationKey = "delegation:%d:%s:%s" // of what a person is told about one
)

// delegate answers /approvals delegate [@approver to] @user [from DATE] until DATE [because TEXT].
func (a *App) delegate(ctx context.Context, c *Call) (Reply, error) {
	words, why, _ := cut(c.Words, because...)
	if len(words) > 0 && words[0].is(stopWords...) {
		c.gap = words[0].End
		return a.stopDelegation(ctx, c, words[1:])
	}
	words, last, dated := cutLast(words, until...)
	words, first, begins := cutLast(words, fromDay...)
	if begins && !dated {
		first, last, dated = cut(first, to...)
	}
	d, zone, err := a.delegationOf(ctx, c, words)
	if err != nil {
		return Reply{}, err
	}
	if !dated || d.Delegate == "" {
		return a.delegationForm(ctx, c, d)
	}
	days := *c
	days.Printer = text.For(c.Lang(), zone)
	if begins {
		if d.From, err = days.readDate(first); err != nil {
			return Reply{}, err
		}
	}
	if d.Until, err = days.readDate(last); err != nil {
		return Reply{}, err
	}
	d.Until, d.Why = d.Until.AddDate(0, 0, 1), c.typed(why)
	return a.arrange(ctx, c, d)
}

// delegationOf reads who decides in whose place, and the zone in which the approver lives.
func (a *App) delegationOf(ctx context.Context, c *Call, words []Word) (sales.Delegation, *time.Location, error) {
	d := sales.Delegation{Approver: c.User}
	var zone *time.Location
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		who, rest, both := cut(words, toPerson...)
		if both {
			if len(who) > 0 {
				d.Approver, err = a.matchUser(ctx, r, c, who)
			}
			who = rest
		}
		if err == nil && len(who) > 0 {
			d.Delegate, err = a.matchUser(ctx, r, c, who)
		}
		if err == nil {
			zone, err = a.zoneOf(ctx, r, d.Approver)
		}
		return err
	})
	return d, zone, err
}

// zoneOf is where the person's days begin and end.
func (a *App) zoneOf(ctx context.Context, r *store.Reader, user string) (*time.Location, error) {
	p, err := a.printerOf(ctx, r, user)
	return p.Location(), err
}

// delegationForm asks for what is not known yet, unless it would be refused anyway.
func (a *App) delegationForm(ctx context.Context, c *Call, d sales.Delegation) (Reply, error) {
	form := view.DelegationForm{Delegation: d, Today: c.Now.In(c.Location())}
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		org, err := r.Organisation(ctx)
		if err != nil {
			return err
		}
		form.Leads = org.Leads(c.User)
		if d.Approver == c.User && form.Leads {
			return nil // they may choose somebody else in it
		}
		all, err := r.Processes(ctx)
		if err != nil {
			return err
		}
		return org.MayDelegate(c.User, d.Approver, all)
	})
	if err != nil {
		return Reply{}, err
	}
	return Reply{Modal: view.DelegationModal(c.Printer, form)}, nil
}

// mayDelegate reports whether the person may arrange a delegation: of their own, or for somebody.
func mayDelegate(ctx context.Context, r *store.Reader, user string) (bool, error) {
	org, err := r.Organisation(ctx)
	if err != nil || org.Leads(user) {
		return err == nil, err
	}
	all, err := r.Processes(ctx)
	return err == nil && org.Decides(user, all), err
}

func (a *App) clickDelegate(ctx context.Context, c *Call) (Reply, error) {
	d := sales.Delegation{Approver: c.Value}
	if d.Approver == "" {
		d.Approver = c.User
	}
	return a.delegationForm(ctx, c, d)
}

// submitDelegation takes the approver, if the form has no input for them, and the form.
func (a *App) submitDelegation(ctx context.Context, c *Call) (Reply, error) {
	d := sales.Delegation{Approver: c.Input("delegation.approver"), Delegate: c.Input("delegation.delegate"), Why: c.Input("delegation.why")}
	if d.Approver == "" {
		d.Approver = c.View.Meta
	}
	var zone *time.Location
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		zone, err = a.zoneOf(ctx, r, d.Approver)
		return err
	})
	if err != nil {
		return Reply{}, err
	}
	if day, err := time.ParseInLocation(time.DateOnly, c.Input("delegation.from"), zone); err == nil {
		d.From = day
	}
	if day, err := time.ParseInLocation(time.DateOnly, c.Input("delegation.until"), zone); err == nil {
		d.Until = day.AddDate(0, 0, 1)
	}
	r, err := a.arrange(ctx, c, d)
	for code, input := range map[string]string{"delegation.self": "delegation.delegate", "user.no_human": "delegation.delegate", "delegation.past": "delegation.until", "delegation.order": "delegation.until"} {
		if isCode(err, code) {
			err = atInput(input, err)
		}
	}
	return c.formDone(r, err)
}

// arrange makes the delegation, gives the delegate the cards, and tells the others.
func (a *App) arrange(ctx context.Context, c *Call, d sales.Delegation) (Reply, error) {
	if err := a.human(ctx, c, []string{d.Delegate}); err != nil {
		return Reply{}, err
	}
	return a.decide(ctx, c, func(ctx context.Context, tx *store.Tx) (Reply, error) {
		all, err := tx.Processes(ctx)
		if err != nil {
			return Reply{}, err
		}
		var before *sales.Organisation
		d, err := tx.Arrange(ctx, func(o *sales.Organisation) (sales.Delegation, error) {
			before = o
			return o.Delegate(c.User, d, all, c.Now)
		})
		if err != nil {
			return Reply{}, err
		}
		n := 0
		if d.Begun {
			if n, err = a.handOver(ctx, tx, c, before, d.Delegate); err != nil {
				return Reply{}, err
			}
		}
		s, err := a.delegationStory(ctx, tx.Reader, d, c)
		if err != nil {
			return Reply{}, err
		}
		s.Waiting = n
		for _, user := range []string{d.Delegate, d.Approver} {
			if err := a.tellDelegation(ctx, tx, c, d, user, "made", n); err != nil {
				return Reply{}, err
			}
		}
		return c.inPlace(say(s.Made(c.Printer, c.User), s.EndButton(c.Printer)...)), showDelegation(ctx, tx, c, d)
	})
}

// handOver gives the cards of requests to those who may decide them since the organisation was as
// before, and takes the buttons from those who no longer may. It returns how many
// requests the person may decide now and could not before.
func (a *App) handOver(ctx context.Context, tx *store.Tx, c *Call, before *sales.Organisation, user string) (int, error) {
	after, err := tx.Organisation(ctx)
	if err != nil {
		return 0, err
	}
	pending, err := tx.Approvals(ctx, store.ApprovalFilter{State: sales.Pending})
	if err != nil {
		return 0, err
	}
	n := 0
	for _, req := range pending {
		was, is := &sales.Case{Org: before}, &sales.Case{Org: after}
		if reflect.DeepEqual(was.Awaited(req), is.Awaited(req)) {
			continue
		}
		if slices.Contains(is.Deciders(req), user) && !slices.Contains(was.Deciders(req), user) {
			n++
		}
		k, err := tx.Case(ctx, req.Deal)
		if err != nil {
			return n, err
		}
		if err := tx.Refresh(ctx, approvalSubject(req.ID)); err != nil {
			return n, err
		}
		if err := a.invite(ctx, tx, c, k, req); err != nil {
			return n, err
		}
	}
	return n, nil
}

// delegationStory is what people are told of a delegation.
func (a *App) delegationStory(ctx context.Context, r *store.Reader, d sales.Delegation, c *Call) (view.Delegation, error) {
	zone, err := a.zoneOf(ctx, r, d.Approver)
	return view.Delegation{Delegation: d, Zone: zone, Now: c.Now, Name: names(ctx, r)}, err
}

// showDelegation has the Homes drawn anew in which a delegation shows: of the two of whom it speaks, of
// who arranged or ended it, and of those who lead, who see what waits for whom.
func showDelegation(ctx context.Context, tx *store.Tx, c *Call, d sales.Delegation) error {
	org, err := tx.Organisation(ctx)
	if err != nil {
		return err
	}
	concerned := slices.Concat([]string{d.Approver, d.Delegate, c.User}, org.Holders(sales.RoleManager), org.Holders(sales.RoleAdmin))
	slices.Sort(concerned)
	for _, user := range slices.Compact(concerned) {
		if err := redrawHome(ctx, tx, user); err != nil {
			return err
		}
	}
	return nil
}

// tellDelegation writes to one of the two of whom the delegation speaks, unless they did it: that it was
// made, begins or ended, with how many requests wait for the delegate now.
func (a *App) tellDelegation(ctx context.Context, tx *store.Tx, c *Call, d sales.Delegation, user, what string, waiting int) error {
	if user == c.User {
		return nil
	}
	p, err := a.printerOf(ctx, tx.Reader, user)
	if err != nil {
		return err
	}
	s, err := a.delegationStory(ctx, tx.Reader, d, c)
	if err != nil {
		return err
	}
	s.Waiting = waiting
	sentence, more := s.Told(p, user, what, c.User)
	return a.direct(ctx, tx, fmt.Sprintf(delegationKey, d.ID, what, user), user, say(sentence, more...))
}
