package handlers

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"github.com/slack-go/slack"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// reorganise is a change of teams or roles that somebody typed.
type reorganise struct {
	why    string
	groups map[string][]string // members of user groups that were read from Slack for it
	change func(o *sales.Organisation, all []*sales.Process) (reorganised, error)
}

// reorganised is what such a change did.
type reorganised struct {
	sentence string
	undo     string   // the command that takes it back; "" when there is none
	told     []string // people who hear of it
	tell     func(p text.Printer) string
	private  string // key of a team whose deals are read by other people now
}

// organise changes the organisation by compare-and-set, and does it again when
// somebody else was faster: what was typed means the same then.
func (a *App) organise(ctx context.Context, c *Call, ch reorganise) (Reply, error) {
	const tries = 10 // on PostgreSQL, as many as change it at once may read the same
	var reply Reply
	var err error
	for range tries {
		reply, err = a.decide(ctx, c, func(ctx context.Context, tx *store.Tx) (Reply, error) { return a.organiseNow(ctx, tx, c, ch) })
		if !isCode(err, "map.changed_meanwhile") {
			break
		}
	}
	return reply, err
}

func (a *App) organiseNow(ctx context.Context, tx *store.Tx, c *Call, ch reorganise) (Reply, error) {
	for id, members := range ch.groups {
		if err := tx.SaveGroup(ctx, id, "", members, c.Now); err != nil {
			return Reply{}, err
		}
	}
	before, err := tx.Organisation(ctx)
	if err != nil {
		return Reply{}, err
	}
	if err := before.MayOrganise(c.User); err != nil {
		return Reply{}, err
	}
	all, err := tx.Processes(ctx)
	if err != nil {
		return Reply{}, err
	}
	after := before.Clone()
	done, err := ch.change(after, all)
	if err != nil {
		return Reply{}, err
	}
	if err := a.mayStand(c, before, after); err != nil {
		return Reply{}, err
	}
	if err := tx.SaveOrganisation(ctx, after, c.User, ch.why, c.Now); err != nil {
		return Reply{}, err
	}
	if err := a.reorganised(ctx, tx, c, done, after.Version+1); err != nil {
		return Reply{}, err
	}
	name := names(ctx, tx.Reader)
	lines := []string{done.sentence}
	for _, w := range newProblems(c.Printer, all, before, after, name) {
		lines = append(lines, ":warning: "+text.Plain(w))
	}
	var buttons []slack.BlockElement
	if done.undo != "" {
		buttons = append(buttons, view.Run(done.undo, c.T("Undo")))
	}
	return c.inPlace(say(view.Lines(lines...), view.Actions(buttons...)...)), nil
}

// reorganised brings Slack up to date with a change of teams or roles: requests go to
// those who may decide them now, cards of a team show what may be seen, and people hear
// what they were given.
func (a *App) reorganised(ctx context.Context, tx *store.Tx, c *Call, done reorganised, version int) error {
	if err := a.inviteAll(ctx, tx, c); err != nil {
		return err
	}
	if done.private != "" {
		if err := tx.RefreshDeals(ctx, store.DealFilter{Team: done.private}); err != nil {
			return err
		}
	}
	for _, user := range done.told {
		if user == c.User {
			continue
		}
		p, err := a.printerOf(ctx, tx.Reader, user)
		if err != nil {
			return err
		}
		if err := a.direct(ctx, tx, fmt.Sprintf("organisation:%d:%s", version, user), user, say(done.tell(p))); err != nil {
			return err
		}
	}
	return nil
}

// inviteAll gives the card of every request that waits to those who may decide it
// now, and takes the buttons from those who no longer may.
func (a *App) inviteAll(ctx context.Context, tx *store.Tx, c *Call) error {
	pending, err := tx.Approvals(ctx, store.ApprovalFilter{State: sales.Pending})
	if err != nil {
		return err
	}
	for _, req := range pending {
		k, err := tx.Case(ctx, req.Deal)
		if err != nil {
			return err
		}
		if err := tx.Refresh(ctx, approvalSubject(req.ID)); err != nil {
			return err
		}
		if err := a.invite(ctx, tx, c, k, req); err != nil {
			return err
		}
	}
	return nil
}

// matchTeam finds the team that the leading words name, and returns the words behind.
func (c *Call) matchTeam(o *sales.Organisation, words []Word) (sales.Team, []Word, error) {
	var list []named
	for _, t := range o.Teams {
		list = append(list, newNamed(c.Lang(), t.Key, t.Name))
	}
	key, n, err := pick("team", list, words)
	t, _ := o.Team(key)
	return t, words[min(n, len(words)):], choosing(err, func(k string) string { return c.choice(words, n, k) })
}

// matchRole finds the role that the leading words name, and returns the words behind.
func (c *Call) matchRole(o *sales.Organisation, words []Word) (string, []Word, error) {
	var list []named
	for _, r := range o.Roles {
		list = append(list, newNamed(c.Lang(), r.Key, r.Name))
	}
	for _, r := range []string{sales.RoleRep, sales.RoleManager, sales.RoleAdmin} {
		if _, ok := o.Role(r); !ok {
			label := view.RoleName(c.Printer, o, r)
			list = append(list, named{key: r, label: label, names: []string{r, label}})
		}
	}
	key, n, err := pick("role", list, words)
	return key, words[min(n, len(words)):], choosing(err, func(k string) string { return c.choice(words, n, k) })
}

// choice finishes the line with a choice for the first n words, or for none at all.
func (c *Call) choice(words []Word, n int, key string) string {
	if len(words) == 0 {
		return c.line() + " " + key
	}
	return c.with(words[:n], key)
}

// members finds the people that the words name: several mentions, or one name.
func (a *App) members(ctx context.Context, c *Call, words []Word) ([]string, error) {
	if len(words) == 0 {
		return nil, sales.Refuse(sales.Invalid, "team.nobody")
	}
	var users []string
	if !slices.ContainsFunc(words, func(w Word) bool { return !userMention.MatchString(w.Text) }) {
		for _, w := range words {
			if u := userMention.FindStringSubmatch(w.Text)[1]; !slices.Contains(users, u) {
				users = append(users, u)
			}
		}
	} else {
		err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
			u, err := a.matchUser(ctx, r, c, words)
			users = []string{u}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return users, a.human(ctx, c, users)
}

// human refuses bots and people who have left the workspace.
func (a *App) human(ctx context.Context, c *Call, users []string) error {
	for _, u := range users {
		var p store.Person
		err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
			p, err = r.Person(ctx, u)
			return err
		})
		if err != nil {
			return err
		}
		if p.Seen.IsZero() && a.Directory != nil {
			p = a.meet(ctx, u, c.Now)
		}
		if p.Bot || p.Deleted || u == a.Bot {
			return sales.Refuse(sales.Invalid, "user.no_human", "user", u)
		}
	}
	return nil
}

var (
	groupMention   = regexp.MustCompile(`^<!subteam\^(S[A-Z0-9]+)(?:\|[^>]*)?>$`)
	channelMention = regexp.MustCompile(`^<#([CG][A-Z0-9]+)(?:\|[^>]*)?>$`)
)

// raw is a word as Slack sent it.
func (c *Call) raw(w Word) string { return c.Text[w.Pos:w.End] }
