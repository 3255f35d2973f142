package handlers

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

var dealRef = regexp.MustCompile(`(?i)^[D\x{FF24}][-－‐‑–]?(\d{1,18})$`)

// manyDeals is how many deals one word may name before longer prefixes are asked of
// the store instead of being sought among those.
const manyDeals = 200

// findDeal finds the deal that the leading words name: D-12, or the longest run of
// words that is part of the name or account of one deal that the person may
// read. In a deal's thread the deal may be left out. It returns the words behind.
func (a *App) findDeal(ctx context.Context, r *store.Reader, c *Call, words []Word) (sales.Deal, []Word, error) {
	org, err := r.Organisation(ctx)
	if err != nil {
		return sales.Deal{}, nil, err
	}
	if len(words) > 0 {
		if id, ok := refID(words[0].Text); ok {
			d, err := a.readable(ctx, r, org, c.User, id)
			return d, words[1:], err
		}
	}
	here, inThread, err := a.dealHere(ctx, r, org, c)
	if err != nil {
		return sales.Deal{}, nil, err
	}
	if len(words) == 0 && !inThread {
		err := a.whichDeal(ctx, r, c)
		return sales.Deal{}, nil, choosing(err, func(k string) string { return c.with(nil, k) })
	}
	deals, n, err := a.named(ctx, r, org, c, words)
	if err != nil {
		return sales.Deal{}, nil, err
	}
	if inThread {
		d, n := inThreadOf(here, deals, words, n)
		return d, words[n:], nil
	}
	if typed := joined(words[:n]); !slices.ContainsFunc(deals, func(d sales.Deal) bool { return beginsWord(d, typed) }) {
		c.within = deals
	}
	switch len(deals) {
	case 1:
		return deals[0], words[n:], nil
	case 0:
		err = a.noDeal(ctx, r, org, c, words)
		return sales.Deal{}, nil, choosing(err, func(k string) string { return c.with(words[:1], k) })
	}
	e := sales.Refuse(sales.Ambiguous, "deal.ambiguous", "input", spoken(words[:n]))
	if e.Choices, err = dealChoices(ctx, r, c, deals); err != nil {
		return sales.Deal{}, nil, err
	}
	return sales.Deal{}, nil, choosing(e, func(k string) string { return c.with(words[:n], k) })
}

func refID(s string) (int64, bool) {
	m := dealRef.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	id, err := strconv.ParseInt(m[1], 10, 64)
	return id, err == nil
}

// readable returns the deal, or that there is none when the person may not read it.
func (a *App) readable(ctx context.Context, r *store.Reader, org *sales.Organisation, user string, id int64) (sales.Deal, error) {
	d, err := r.Deal(ctx, id)
	var e *sales.Error
	if errors.As(err, &e) || err == nil && !org.MayRead(user, d) {
		return sales.Deal{}, unknownDeal(id)
	}
	return d, err
}

func unknownDeal(id int64) error {
	return sales.Refuse(sales.NotFound, "deal.unknown", "input", sales.Deal{ID: id}.Ref())
}

// dealHere returns the deal in whose thread the words were said.
func (a *App) dealHere(ctx context.Context, r *store.Reader, org *sales.Organisation, c *Call) (sales.Deal, bool, error) {
	if c.Thread == "" || c.Channel == "" {
		return sales.Deal{}, false, nil
	}
	place, ok, err := r.PlaceAt(ctx, c.Channel, c.Thread)
	if err != nil || !ok {
		return sales.Deal{}, false, err
	}
	for _, subject := range []string{place.Subject, place.Under} {
		if id, ok := strings.CutPrefix(subject, "deal:"); ok {
			n, _ := strconv.ParseInt(id, 10, 64)
			d, err := a.readable(ctx, r, org, c.User, n)
			return d, err == nil, err
		}
	}
	return sales.Deal{}, false, nil
}

// inThreadOf decides whether words in a deal's thread name a deal: this one by any
// part, another one only by its whole name or account, for a note that happens to
// hold a word of some name is no address.
func inThreadOf(here sales.Deal, deals []sales.Deal, words []Word, n int) (sales.Deal, int) {
	typed := joined(words[:n])
	if n > 0 && slices.ContainsFunc(deals, func(d sales.Deal) bool { return d.ID == here.ID }) {
		return here, n
	}
	if n > 0 && len(deals) == 1 && (fold(deals[0].Name) == typed || fold(deals[0].Account) == typed) {
		return deals[0], n
	}
	return here, 0
}

// named returns the deals that the longest possible run of leading words names, and
// how many words that are.
func (a *App) named(ctx context.Context, r *store.Reader, org *sales.Organisation, c *Call, words []Word) ([]sales.Deal, int, error) {
	most := min(len(words), longestName)
	if most > 0 && words[0].Quoted {
		most = 1
	}
	var found []sales.Deal
	complete, used := false, 0
	for n := 1; n <= most; n++ {
		typed := joined(words[:n])
		if typed == "" {
			break
		}
		var fits []sales.Deal
		if complete {
			fits = slices.DeleteFunc(slices.Clone(found), func(d sales.Deal) bool { return !calls(d, typed) })
		} else {
			all, err := r.Deals(ctx, store.DealFilter{Query: typed, Limit: manyDeals})
			if err != nil {
				return nil, 0, err
			}
			complete = len(all) < manyDeals
			fits = slices.DeleteFunc(all, func(d sales.Deal) bool { return !org.MayRead(c.User, d) })
		}
		if len(fits) == 0 {
			break
		}
		found, used = fits, n
	}
	return best(found, joined(words[:used]), c.closed), used, nil
}

// calls reports whether what was typed is part of the deal's name or account.
func calls(d sales.Deal, typed string) bool {
	return strings.Contains(fold(d.Name), typed) || strings.Contains(fold(d.Account), typed)
}

// beginsWord reports whether what was typed stands in the deal's name or account at the beginning of a word.
func beginsWord(d sales.Deal, typed string) bool {
	return hasHan(typed) || strings.Contains(" "+fold(d.Name)+" "+fold(d.Account), " "+typed)
}

// best narrows deals down to those that are called exactly so, then to those that
// are called so by whole words, then to those that are still worked on or, to take
// one up again, to those that are closed.
func best(deals []sales.Deal, typed string, closed bool) []sales.Deal {
	for _, better := range []func(sales.Deal) bool{
		func(d sales.Deal) bool { return fold(d.Name) == typed },
		func(d sales.Deal) bool {
			return strings.Contains(" "+fold(d.Name)+" "+fold(d.Account)+" ", " "+typed+" ")
		},
		func(d sales.Deal) bool { return (d.Status != sales.Open) == closed },
	} {
		kept := slices.DeleteFunc(slices.Clone(deals), func(d sales.Deal) bool { return !better(d) })
		if len(kept) > 0 {
			deals = kept
		}
	}
	return deals
}

// whichDeal asks for a deal where none was named, and offers the person's own: those
// with which it can be done.
func (a *App) whichDeal(ctx context.Context, r *store.Reader, c *Call) error {
	const most = 10
	filter := store.DealFilter{Owner: c.User, Status: sales.Open, Limit: most}
	switch {
	case c.closed:
		filter.Status, filter.Closed = "", true
	case c.resting:
		filter.Limit = 0
	}
	mine, err := r.Deals(ctx, filter)
	if err != nil {
		return err
	}
	if c.resting {
		mine = slices.DeleteFunc(mine, func(d sales.Deal) bool { return d.Waiting == "" && !d.IsParked(c.Now) })
		mine = mine[:min(len(mine), most)]
	}
	e := sales.Refuse(sales.Ambiguous, "deal.which")
	switch {
	case len(mine) > 0:
	case c.closed:
		e = sales.Refuse(sales.Invalid, "deal.none_closed")
	case c.resting:
		e = sales.Refuse(sales.Invalid, "deal.none_resting")
	default:
		n, err := r.CountDeals(ctx, store.DealFilter{})
		if err != nil {
			return err
		}
		e = sales.Refuse(sales.Invalid, "deal.which_none", "deals", n)
	}
	if e.Choices, err = dealChoices(ctx, r, c, mine); err != nil {
		return err
	}
	return e
}

// noDeal says that no deal is called so, with those that were probably meant.
func (a *App) noDeal(ctx context.Context, r *store.Reader, org *sales.Organisation, c *Call, words []Word) error {
	e := sales.Refuse(sales.NotFound, "deal.unknown", "input", spoken(words[:1]))
	recent, err := r.Deals(ctx, store.DealFilter{Alive: true, Limit: 500})
	if err != nil {
		return err
	}
	var close []sales.Deal
	for _, d := range recent {
		names := append(strings.Fields(fold(d.Name)), strings.Fields(fold(d.Account))...)
		if _, ok := nearest(words[0].Text, append(names, d.Name, d.Account)); ok && org.MayRead(c.User, d) {
			close = append(close, d)
		}
	}
	if e.Choices, err = dealChoices(ctx, r, c, close[:min(len(close), 5)]); err != nil {
		return err
	}
	return e
}

func dealChoices(ctx context.Context, r *store.Reader, c *Call, deals []sales.Deal) ([]sales.Choice, error) {
	var out []sales.Choice
	for _, d := range deals {
		p, err := r.Process(ctx, d.Process)
		if err != nil {
			return nil, err
		}
		out = append(out, sales.Choice{Key: d.Ref(), Label: view.DealChoice(c.Printer, d, p)})
	}
	return out, nil
}

// spoken is the words as they are put into a sentence.
func spoken(words []Word) string {
	var out []string
	for _, w := range words {
		out = append(out, w.Text)
	}
	return strings.Join(out, " ")
}

// noMore refuses words that nothing was done with.
func noMore(words []Word) error {
	if len(words) == 0 {
		return nil
	}
	return sales.Refuse(sales.Invalid, "words.extra", "words", text.Truncate(readable(spoken(words)), 60))
}
