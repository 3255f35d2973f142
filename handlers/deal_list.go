package handlers

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// dealCard answers /deal [REF]: the card, or my open deals.
func (a *App) dealCard(ctx context.Context, c *Call) (Reply, error) {
	if len(c.Words) == 0 && c.Thread == "" {
		return a.list(ctx, c, "mine", 0)
	}
	f, err := a.find(ctx, c, c.Words)
	if isCode(err, "deal.which") || isCode(err, "deal.which_none") {
		return a.list(ctx, c, "mine", 0)
	}
	if err == nil {
		err = within(f.Case, noMore(f.rest))
	}
	if err != nil {
		return Reply{}, err
	}
	return a.show(ctx, c, f.Case)
}

// show is the card as an answer, with a link to the thread of the deal.
func (a *App) show(ctx context.Context, c *Call, k *sales.Case) (Reply, error) {
	var m view.Message
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		d, err := a.dealView(ctx, r, k)
		if err != nil {
			return err
		}
		d.Now = c.Now
		if d.Thread, err = a.threadLink(ctx, r, c.Printer, k); err != nil {
			return err
		}
		m = view.DealCard(c.Printer, d)
		return nil
	})
	return Reply{Text: m.Text, Blocks: m.Blocks}, err
}

func (a *App) dealView(ctx context.Context, r *store.Reader, k *sales.Case) (view.Deal, error) {
	missing, err := k.Missing(followingStage(k))
	if err != nil {
		return view.Deal{}, err
	}
	why, err := waitsBecause(ctx, r, k.Deal)
	return view.Deal{Case: k, Name: names(ctx, r), Missing: missing, WaitWhy: why}, err
}

// waitsBecause is why the deal waits for somebody now, as was typed.
func waitsBecause(ctx context.Context, r *store.Reader, d sales.Deal) (string, error) {
	if d.Waiting == "" {
		return "", nil
	}
	waits, err := r.Waits(ctx, d.ID)
	for _, w := range waits {
		if w.To.IsZero() && string(w.For) == string(d.Waiting) {
			return w.Why, err
		}
	}
	return "", err
}

// threadLink says where the deal's history stands.
func (a *App) threadLink(ctx context.Context, r *store.Reader, p text.Printer, k *sales.Case) (string, error) {
	places, err := r.Places(ctx, dealSubject(k.Deal.ID))
	if err != nil {
		return "", err
	}
	channel := a.dealChannel(k.Org, k.Deal)
	i := slices.IndexFunc(places, func(x store.Place) bool { return x.TS != "" && x.Channel == channel })
	if i < 0 {
		return "", nil
	}
	if a.Workspace == "" {
		return p.T("History: in the thread of its card in %s", "<#"+channel+">"), nil
	}
	return fmt.Sprintf("<%s|%s>", permalink(a.Workspace, channel, places[i].TS), p.T("History in its thread")), nil
}

// permalink is the address of a message in the workspace.
func permalink(workspace, channel, ts string) string {
	return strings.TrimRight(workspace, "/") + "/archives/" + channel + "/p" + strings.ReplaceAll(ts, ".", "")
}

// drawDeal draws the card for a channel. In a channel that is not the deal's (any
// more) a private team's deal shows nothing of itself.
func (a *App) drawDeal(ctx context.Context, id int64, channel string) (view.Message, error) {
	var m view.Message
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		k, err := r.Case(ctx, id)
		if err != nil {
			return err
		}
		p, err := a.printerAt(ctx, r, channel)
		if err != nil {
			return err
		}
		if team, ok := k.Org.Team(k.Deal.Team); ok && team.Private && channel != a.dealChannel(k.Org, k.Deal) {
			m = gone(p, k.Deal)
			return nil
		}
		d, err := a.dealView(ctx, r, k)
		d.Now, d.Standing = a.now(), true
		m = view.DealCard(p, d)
		return err
	})
	return m, err
}

func gone(p text.Printer, d sales.Deal) view.Message {
	sentence := p.T("%s has moved to another team.", d.Ref())
	return view.Message{Text: sentence, Blocks: []slack.Block{view.Section(sentence)}}
}

func (a *App) clickOpen(ctx context.Context, c *Call) (Reply, error) {
	id, _, _ := ids(c.Value)
	k, err := a.read(ctx, c, id)
	if err != nil {
		return Reply{}, err
	}
	return a.show(ctx, c, k)
}

func (a *App) clickList(ctx context.Context, c *Call) (Reply, error) {
	page, filter, _ := strings.Cut(c.Value, ":")
	return a.list(ctx, c, filter, pageNumber(page))
}

// pageSize is how many deals a list shows at once.
const pageSize = 10

// list shows one page of the deals that the filter names.
func (a *App) list(ctx context.Context, c *Call, filter string, page int) (Reply, error) {
	l := view.DealList{Filter: filter, Page: page, Size: pageSize, Now: c.Now}
	var reply Reply
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		l.Name = names(ctx, r)
		f, order, err := a.filter(ctx, r, c, filter, &l)
		if err != nil {
			return err
		}
		if l.Rows, l.Total, err = pageOf(ctx, r, c, f, order, page); err != nil {
			return err
		}
		sentence := l.Empty
		if l.Total > 0 {
			sentence = c.T("%s: %s", l.Title, c.N(l.Total, "%d deal", "%d deals"))
		}
		reply = Reply{Text: sentence, Blocks: view.DealListBlocks(c.Printer, l)}
		return nil
	})
	return c.inPlace(reply), err
}

// pageOf returns the rows of one page and how many there are in all.
func pageOf(ctx context.Context, r *store.Reader, c *Call, f store.DealFilter, order listOrder, page int) ([]view.DealRow, int, error) {
	if order != latestFirst {
		return pressing(ctx, r, c, f, order == pressingOnly, page)
	}
	total, err := r.CountDeals(ctx, f)
	if err != nil {
		return nil, 0, err
	}
	f.Limit, f.Offset = pageSize, page*pageSize
	shown, err := rows(ctx, r, c, f)
	return shown, total, err
}

func rows(ctx context.Context, r *store.Reader, c *Call, f store.DealFilter) ([]view.DealRow, error) {
	deals, err := r.Deals(ctx, f)
	if err != nil {
		return nil, err
	}
	var out []view.DealRow
	for _, d := range deals {
		p, err := r.Process(ctx, d.Process)
		if err != nil {
			return nil, err
		}
		out = append(out, view.DealRow{Deal: d, Process: p, Alerts: sales.Attention(d, p, c.Now)})
	}
	return out, nil
}

// pressing returns a page of deals, those that need somebody first and most; only those when asked.
func pressing(ctx context.Context, r *store.Reader, c *Call, f store.DealFilter, only bool, page int) ([]view.DealRow, int, error) {
	all, err := rows(ctx, r, c, f)
	if err != nil {
		return nil, 0, err
	}
	if only {
		all = slices.DeleteFunc(all, func(x view.DealRow) bool { return len(x.Alerts) == 0 })
	}
	slices.SortStableFunc(all, func(x, y view.DealRow) int {
		return cmp.Or(cmp.Compare(len(y.Alerts), len(x.Alerts)), x.Deal.LastSign().Compare(y.Deal.LastSign()))
	})
	from := min(page*pageSize, len(all))
	return all[from:min(from+pageSize, len(all))], len(all), nil
}

// pickDeal answers a select that asks for deals: the person's own first, or those with what was typed.
func (a *App) pickDeal(ctx context.Context, c *Call) (Reply, error) {
	const most = 50
	reply := Reply{Options: []*slack.OptionBlockObject{}}
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		org, err := r.Organisation(ctx)
		if err != nil {
			return err
		}
		if id, ok := refID(strings.TrimSpace(c.Text)); ok {
			if d, err := a.readable(ctx, r, org, c.User, id); err == nil {
				p, err := r.Process(ctx, d.Process)
				if err != nil {
					return err
				}
				reply.Options = append(reply.Options, view.Option(d.Ref(), view.DealChoice(c.Printer, d, p)))
			}
			return nil
		}
		query := store.DealFilter{Query: fold(c.Text), Alive: true, Owner: c.User, Limit: most}
		mine, err := r.Deals(ctx, query)
		if err != nil {
			return err
		}
		query.Owner, query.Teams = "", readableTeams(org, c.User)
		others, err := r.Deals(ctx, query)
		if err != nil {
			return err
		}
		for _, d := range others {
			if d.Owner != c.User {
				mine = append(mine, d)
			}
		}
		choices, err := dealChoices(ctx, r, c, mine[:min(len(mine), most)])
		for _, x := range choices {
			reply.Options = append(reply.Options, view.Option(x.Key, x.Label))
		}
		return err
	})
	return reply, err
}

// clickMore answers the card's menu: "edit:ID:MOVES".
func (a *App) clickMore(ctx context.Context, c *Call) (Reply, error) {
	what, value := cutColon(c.Value)
	id, moves, _ := ids(value)
	k, err := a.read(ctx, c, id)
	if err != nil {
		return Reply{}, err
	}
	if moves != k.Deal.Moves && what != "edit" {
		return Reply{}, within(k, sales.Refuse(sales.Conflict, "deal.moved_since", "stage", k.Deal.Stage))
	}
	switch what {
	case "edit":
		return Reply{Modal: view.EditDealForm(c.Printer, k)}, nil
	case "back":
		return Reply{Modal: view.BackForm(c.Printer, k)}, nil
	case "rest":
		return Reply{Modal: view.RestForm(c.Printer, k.Deal, "")}, nil
	case "lose":
		return Reply{Modal: view.LoseForm(c.Printer, k, "")}, nil
	case "win":
		return a.confirmWin(ctx, c, k, moves)
	case "resume":
		return a.resume(ctx, c, id)
	}
	return Reply{}, sales.Refuse(sales.NotFound, "button.old")
}
