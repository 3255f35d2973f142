package handlers

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/store"
)

// homeBook holds App Home.
func homeBook() book {
	return book{
		events: map[string]handler{"app_home_opened": (*App).openHome},
		cards:  map[string]drawing{"home": (*App).drawHome},
		actions: map[string]handler{
			"home.intro": (*App).clickIntro, "home.lang": (*App).chooseLanguage, "home.reminders": (*App).chooseReminders,
			"home.pulse": (*App).choosePulse,
		},
	}
}

// homeMark ends the callback of every form that was opened from Home, so that Home
// is drawn anew when it is submitted.
const homeMark = ":home"

// fromHome reports whether the person acted in Home or in a form that was opened
// there, and takes the mark off. A click in Home itself has neither message nor channel.
func (c *Call) fromHome() bool {
	var marked bool
	c.View.Callback, marked = strings.CutSuffix(c.View.Callback, homeMark)
	return marked || c.Kind == Action && c.View.ID == "" && c.Channel == "" && c.Message == ""
}

// atHome shows an answer where Home can show it, in a modal, and draws Home anew
// when something may have changed.
func (a *App) atHome(ctx context.Context, c *Call, r Reply) Reply {
	if !c.home || c.Kind == Options {
		return r
	}
	if c.Kind == Action {
		r = c.inModal(r)
	}
	if r.Modal != nil {
		form := *r.Modal
		form.CallbackID += homeMark
		r.Modal = &form
	}
	opened := c.Kind == Action && r.Modal != nil && r.Modal.Submit != nil
	if opened || r.Push || len(r.Errors) > 0 {
		return r
	}
	err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return redrawHome(ctx, tx, c.User) })
	if err != nil {
		a.Log.ErrorContext(ctx, "home: is not drawn anew", "user", c.User, "error", err)
	}
	return r
}

// redrawHome has the person's Home drawn anew, if they ever opened it.
func redrawHome(ctx context.Context, tx *store.Tx, user string) error {
	return tx.Refresh(ctx, store.HomeSubject(user))
}

// inModal turns an answer into a modal, in the place of the one in which the person acted.
func (c *Call) inModal(r Reply) Reply {
	blocks := r.Blocks
	if r.Plain != nil { // a modal shows no charts
		blocks = r.Plain
	}
	switch {
	case r.Modal != nil:
		return r
	case r.Delete:
		return Reply{Modal: view.Notice(c.Printer, c.T("Done"), c.T("Nothing was changed."))}
	case len(blocks) == 0 && r.Text == "":
		return r
	case len(blocks) == 0:
		blocks = []slack.Block{view.Section(r.Text)}
	}
	return Reply{Modal: view.Modal(c.Printer, "notice", "", "Pipewright", "", blocks)}
}

func (a *App) openHome(ctx context.Context, c *Call) (Reply, error) {
	return Reply{}, a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.OpenHome(ctx, c.User) })
}

// drawHome draws a person's Home as things stand, in the language that they read now.
func (a *App) drawHome(ctx context.Context, user, _ string) (view.Message, error) {
	var m view.Message
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		settings, err := r.Settings(ctx, user)
		if err != nil {
			return err
		}
		reader := Call{Intent: Intent{User: user, Now: a.now()}}
		if reader.Printer, err = a.printerOf(ctx, r, user); err != nil {
			return err
		}
		h := view.Home{Slash: "/" + a.Prefix, Now: reader.Now, Name: names(ctx, r), Reports: hasCommand("report")}
		for _, fill := range []func(context.Context, *store.Reader, *Call, *view.Home) error{a.homeApprovals, a.homeDeals, a.homeTeam, a.homeWaiting} {
			if err := fill(ctx, r, &reader, &h); err != nil {
				return err
			}
		}
		if !settings.HomeSeen {
			if h.Intro, err = a.intro(ctx, r, reader.Lang()); err != nil {
				return err
			}
		}
		if h.Settings, err = homeSettings(ctx, r, &reader, settings); err != nil {
			return err
		}
		m.Home = view.HomeView(reader.Printer, h)
		return nil
	})
	return m, err
}

func hasCommand(name string) bool { return slices.Contains(commandNames(), name) }

// homeApprovals are the requests that the person may decide, the oldest first.
func (a *App) homeApprovals(ctx context.Context, r *store.Reader, c *Call, h *view.Home) error {
	found, err := r.Approvals(ctx, store.ApprovalFilter{Decider: c.User})
	if err != nil {
		return err
	}
	slices.SortStableFunc(found, func(x, y sales.Approval) int { return x.At.Compare(y.At) })
	if h.Approvals, err = a.approvalRows(ctx, r, c, found[:min(len(found), view.MaxHomeApprovals)]); err != nil {
		return err
	}
	h.MoreAsked = len(found) - len(h.Approvals)
	h.Decides, err = mayDelegate(ctx, r, c.User)
	return err
}

// homeDeals are the person's own deals: those that need them, and where all stand.
func (a *App) homeDeals(ctx context.Context, r *store.Reader, c *Call, h *view.Home) error {
	mine, err := rows(ctx, r, c, store.DealFilter{Owner: c.User, Alive: true})
	if err != nil {
		return err
	}
	if h.Stages, err = byStage(ctx, r, mine); err != nil {
		return err
	}
	pressing := mostPressing(mine)
	if h.Deals, err = a.pressed(ctx, r, pressing[:min(len(pressing), view.MaxHomeDeals)]); err != nil {
		return err
	}
	h.MoreDeals = len(pressing) - len(h.Deals)
	return nil
}

// mostPressing returns the deals that need somebody, those that need them most first.
func mostPressing(all []view.DealRow) []view.DealRow {
	out := slices.DeleteFunc(slices.Clone(all), func(x view.DealRow) bool { return len(x.Alerts) == 0 })
	slices.SortStableFunc(out, func(x, y view.DealRow) int {
		return cmp.Or(cmp.Compare(len(y.Alerts), len(x.Alerts)), x.Deal.LastSign().Compare(y.Deal.LastSign()), cmp.Compare(x.Deal.ID, y.Deal.ID))
	})
	return out
}

// pressed adds to deals what can be done about them.
func (a *App) pressed(ctx context.Context, r *store.Reader, deals []view.DealRow) ([]view.Pressing, error) {
	var out []view.Pressing
	for _, x := range deals {
		k, err := r.Case(ctx, x.Deal.ID)
		if err != nil {
			return nil, err
		}
		missing, err := k.Missing(followingStage(k))
		if err != nil {
			return nil, err
		}
		out = append(out, view.Pressing{DealRow: x, Gate: view.Gate{Case: k, Missing: missing}})
	}
	return out, nil
}

// byStage counts deals and adds up what they are worth, in the order of the processes and their stages.
func byStage(ctx context.Context, r *store.Reader, deals []view.DealRow) ([]view.HomeStage, error) {
	processes, err := r.Processes(ctx)
	if err != nil {
		return nil, err
	}
	var out []view.HomeStage
	for _, p := range processes {
		for _, s := range p.Stages {
			stage := view.HomeStage{Process: p, Stage: s.Key}
			for _, x := range deals {
				if x.Deal.Process == p.Key && x.Deal.Stage == s.Key {
					stage.Deals++
					stage.Worth = addMoney(stage.Worth, x.Deal.Amount)
				}
			}
			if stage.Deals > 0 {
				out = append(out, stage)
			}
		}
	}
	return out, nil
}

// addMoney adds an amount to the sum in its currency.
func addMoney(sums []sales.Money, m sales.Money) []sales.Money {
	if !m.IsSet() {
		return sums
	}
	i := slices.IndexFunc(sums, func(s sales.Money) bool { return s.Currency == m.Currency })
	if i < 0 {
		return append(sums, m)
	}
	sums[i].Minor = sales.AddMinor(sums[i].Minor, m.Minor)
	return sums
}

// homeTeam is what is stuck where the person leads.
func (a *App) homeTeam(ctx context.Context, r *store.Reader, c *Call, h *view.Home) error {
	org, err := r.Organisation(ctx)
	if err != nil || !org.Leads(c.User) {
		return err
	}
	h.Leads = true
	all, err := rows(ctx, r, c, store.DealFilter{Status: sales.Open, Alive: true, Teams: ledTeams(org, c.User)})
	if err != nil {
		return err
	}
	stuck := slices.DeleteFunc(mostPressing(all), func(x view.DealRow) bool { return x.Deal.Owner == c.User })
	for _, x := range stuck[:min(len(stuck), view.MaxHomeTeam)] {
		h.Team = append(h.Team, view.Pressing{DealRow: x})
	}
	h.MoreTeam = len(stuck) - len(h.Team)
	h.Digest, err = a.homeDigest(ctx, r, c, org)
	return err
}

// ledTeams are the teams that the person manages; nil, which is all of them, for
// those who lead without a team of their own.
func ledTeams(org *sales.Organisation, user string) []string {
	var out []string
	for _, t := range org.Teams {
		if t.Manager == user {
			out = append(out, t.Key)
		}
	}
	return out
}

// intro is what a new colleague is shown.
func (a *App) intro(ctx context.Context, r *store.Reader, lang string) (*view.Intro, error) {
	all, err := r.Processes(ctx)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	i := &view.Intro{Slash: "/" + a.Prefix, Process: all[0], Others: all[1:], Map: hasCommand("process"), Picture: a.introPicture(lang, all[0])}
	if commands := approvalCommands(all[0]); len(commands) > 0 {
		i.Quote = commands[0]
	}
	return i, nil
}

func homeSettings(ctx context.Context, r *store.Reader, c *Call, s store.Settings) (view.HomeSettings, error) {
	off, err := pulseOff(ctx, r, c.User)
	if err != nil {
		return view.HomeSettings{}, err
	}
	out := view.HomeSettings{Lang: s.Lang, Reminders: reminders(s), Pulse: !off, Intro: !s.HomeSeen}
	if s.Snoozed.After(c.Now) && !s.Muted {
		out.Snoozed = c.T("They wait until %s.", moment(c.Printer, s.Snoozed))
	}
	return out, nil
}
