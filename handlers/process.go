package handlers

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// processBook holds /process.
func processBook() book {
	return book{
		routes: []Route{
			{Command: "process", Args: text.Msg("[PROCESS]"), About: text.Msg("How we sell: the stages, who does what in them by when, and what stands there now."),
				Examples: []string{"process", text.Msg("process renewals")}, Run: (*App).processMap},
			{Command: "process", Verb: "stage", Also: []string{"阶段"}, Args: text.Msg("STAGE"), About: text.Msg("All about one stage: what, who, when, why and how, and what it asks for."),
				Examples: []string{text.Msg("process stage demo")}, Run: (*App).processStage},
			{Command: "process", Verb: "history", Also: []string{"changes", "log", "历史", "变更"}, Args: text.Msg("[PROCESS|team]"), About: text.Msg("Who changed the process, or teams and roles: what, when and why."),
				Examples: []string{"process history", text.Msg("process history team")}, Run: (*App).processHistory},
			{Command: "process", Verb: "team", Also: []string{"teams", "团队"}, Args: text.Msg("[add|remove|manager|channel|new|private|open|delete …] [because TEXT]"),
				About: text.Msg("Who sells together. Managers and admins add and remove people, name the manager and the channel."),
				Examples: []string{"process team", text.Msg("process team add north @anna"), text.Msg("process team remove north @anna because she moved to marketing"),
					text.Msg("process team manager north @mia"), text.Msg("process team channel north #deals-north"), text.Msg("process team new south South"),
					text.Msg("process team private south"), text.Msg("process team open south"), text.Msg("process team delete south")}, Run: (*App).processTeam},
			{Command: "process", Verb: "role", Also: []string{"roles", "角色"}, Args: text.Msg("[add|remove ROLE @user] [new KEY NAME] [delete ROLE] [because TEXT]"),
				About: text.Msg("Who decides what. Managers and admins give roles to people or user groups, and take them."),
				Examples: []string{"process role", text.Msg("process role add pricing @li"), text.Msg("process role remove pricing @li"),
					text.Msg("process role new security Security"), text.Msg("process role delete security")}, Run: (*App).processRole},
		},
		actions:     map[string]handler{"process.stage": (*App).clickStage, "process.history": (*App).clickHistory},
		submissions: map[string]handler{"process.organise": (*App).submitOrganise},
		refusals:    processRefusals,
	}
}

// processMap answers /process [PROCESS].
func (a *App) processMap(ctx context.Context, c *Call) (Reply, error) {
	key, err := a.processKey(ctx, c, c.Words)
	if err != nil {
		if _, unknown := a.anyStage(ctx, c, c.Words); unknown == nil {
			return a.processStage(ctx, c) // "/process demo"
		}
		return Reply{}, err
	}
	var reply Reply
	err = a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		m, err := a.mapView(ctx, r, c, key)
		if err != nil {
			return err
		}
		name := m.Process.Name.In(c.Lang())
		reply = Reply{Text: c.T("%s: %s", view.Name(name), c.N(len(m.Process.Stages), "%d stage", "%d stages")), Blocks: view.ProcessBlocks(c.Printer, m)}
		return nil
	})
	return c.inPlace(reply), err
}

// processKey finds the process that all the words name; without words it is the default one.
func (a *App) processKey(ctx context.Context, c *Call, words []Word) (string, error) {
	if len(words) == 0 {
		return "", nil
	}
	all, err := a.processes(ctx)
	if err != nil {
		return "", err
	}
	var list []named
	for _, p := range all {
		list = append(list, newNamed(c.Lang(), p.Key, p.Name))
	}
	key, err := pickAll("process", list, words)
	if e, ok := errors.AsType[*sales.Error](err); ok {
		e.Facts["process"] = e.Facts["input"]
	}
	return key, choosing(err, func(k string) string { return c.with(words, k) })
}

// mapView gathers what the map of a process shows, with the deals that the person may read.
func (a *App) mapView(ctx context.Context, r *store.Reader, c *Call, key string) (view.ProcessMap, error) {
	m := view.ProcessMap{Name: names(ctx, r), Now: c.Now}
	var err error
	if m.Process, err = r.Process(ctx, key); err != nil {
		return m, err
	}
	if m.Org, err = r.Organisation(ctx); err != nil {
		return m, err
	}
	all, err := r.Processes(ctx)
	if err != nil {
		return m, err
	}
	m.Others = slices.DeleteFunc(all, func(p *sales.Process) bool { return p.Key == m.Process.Key })
	history, err := r.MapHistory(ctx, m.Process.Key)
	if err != nil {
		return m, err
	}
	if len(history) > 0 {
		m.Changed = versionOf(c.Printer, history[0])
	}
	m.Stages, err = stageLoads(ctx, r, m.Process, readableTeams(m.Org, c.User), c)
	return m, err
}

// ShippedWhy is why the map that a fresh database begins with is there.
var ShippedWhy = text.Msg("The map that Pipewright ships with")

func versionOf(p text.Printer, v store.MapVersion) view.MapVersion {
	if v.Actor == "" && v.Why == ShippedWhy {
		v.Why = p.T(ShippedWhy)
	}
	return view.MapVersion{Version: v.Version, Actor: v.Actor, At: v.At, Why: v.Why}
}

// stageLoads adds up what stands in each stage.
func stageLoads(ctx context.Context, r *store.Reader, p *sales.Process, teams []string, c *Call) (map[string]view.StageLoad, error) {
	totals, err := r.StageTotals(ctx, p.Key, teams)
	if err != nil {
		return nil, err
	}
	alive, err := r.Deals(ctx, store.DealFilter{Process: p.Key, Teams: teams, Alive: true})
	if err != nil {
		return nil, err
	}
	ages := map[string][]sales.Days{}
	for _, d := range alive {
		if !d.IsParked(c.Now) && !d.Entered.IsZero() {
			ages[d.Stage] = append(ages[d.Stage], sales.Age(d, p, c.Now))
		}
	}
	loads := map[string]view.StageLoad{}
	for _, t := range totals {
		l := loads[t.Stage]
		l.Deals += t.Deals
		if t.Currency != "" && t.Minor != 0 {
			l.Worth = append(l.Worth, sales.Money{Minor: t.Minor, Currency: t.Currency})
		}
		loads[t.Stage] = l
	}
	for stage, all := range ages {
		l := loads[stage]
		l.Pace, l.Paced = median(all), len(all)
		loads[stage] = l
	}
	return loads, nil
}

// median of at least one length; between the two in the middle when their number is even.
func median(all []sales.Days) sales.Days {
	slices.Sort(all)
	n := len(all)
	return (all[(n-1)/2] + all[n/2]) / 2
}

// processStage answers /process stage STAGE.
func (a *App) processStage(ctx context.Context, c *Call) (Reply, error) {
	if len(c.Words) == 0 {
		p, err := a.process(ctx, "")
		if err != nil {
			return Reply{}, err
		}
		_, err = c.matchStage(p, nil)
		return Reply{}, choosing(unchosen(err), func(k string) string { return c.line() + " " + k })
	}
	key, err := a.anyStage(ctx, c, c.Words)
	if err != nil {
		return Reply{}, err
	}
	return a.stageDetails(ctx, c, key)
}

// stageDetails shows one stage, given as "PROCESS:STAGE".
func (a *App) stageDetails(ctx context.Context, c *Call, value string) (Reply, error) {
	process, key := cutColon(value)
	var reply Reply
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		m, err := a.mapView(ctx, r, c, process)
		if err != nil {
			return err
		}
		s, ok := m.Process.Stage(key)
		if !ok {
			return sales.Refuse(sales.NotFound, "stage.gone", "stage", key)
		}
		reply = Reply{Text: view.StageName(c.Printer, m.Process, key), Blocks: view.StageBlocks(c.Printer, m, s)}
		return nil
	})
	return reply, err
}

// clickStage shows a stage in a modal, over the map.
func (a *App) clickStage(ctx context.Context, c *Call) (Reply, error) {
	r, err := a.stageDetails(ctx, c, c.Value)
	if err != nil || c.Trigger == "" {
		return r, err
	}
	return Reply{Modal: view.Modal(c.Printer, "notice", "", view.Unmarked(r.Text), "", r.Blocks)}, nil
}

// historyPage is how many changes of the map are shown at once.
const historyPage = 8

// processHistory answers /process history [PROCESS|team].
func (a *App) processHistory(ctx context.Context, c *Call) (Reply, error) {
	if len(c.Words) == 1 && c.Words[0].is("team", "teams", "role", "roles", "people", "团队", "角色", "人员") {
		return a.mapPage(ctx, c, "", 0)
	}
	key, err := a.processKey(ctx, c, c.Words)
	if err != nil {
		return Reply{}, err
	}
	p, err := a.process(ctx, key)
	if err != nil {
		return Reply{}, err
	}
	return a.mapPage(ctx, c, p.Key, 0)
}

// clickHistory shows another page, given as "PAGE:KEY".
func (a *App) clickHistory(ctx context.Context, c *Call) (Reply, error) {
	page, key := cutColon(c.Value)
	return a.mapPage(ctx, c, key, pageNumber(page))
}

// mapPage shows a page of the changes of a process, or with the key "" of teams and roles.
func (a *App) mapPage(ctx context.Context, c *Call, key string, page int) (Reply, error) {
	var reply Reply
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		h := view.MapHistory{Title: c.T("Changes of teams and roles"), Name: names(ctx, r), Now: c.Now}
		if key != "" {
			p, err := r.Process(ctx, key)
			if err != nil {
				return err
			}
			h.Title = c.T("Changes of %s", view.Name(p.Name.In(c.Lang())))
		}
		all, err := r.MapHistory(ctx, key)
		if err != nil {
			return err
		}
		from := min(page*historyPage, len(all))
		to := min(from+historyPage, len(all))
		if to < len(all) {
			h.Older = strconv.Itoa(page+1) + ":" + key
		}
		for _, v := range all[from:to] {
			changes, err := mapChanges(ctx, r, c.Printer, v, h.Name)
			if err != nil {
				return err
			}
			one := versionOf(c.Printer, v)
			one.Changes = changes
			h.Versions = append(h.Versions, one)
		}
		reply = Reply{Text: h.Title, Blocks: view.MapHistoryBlocks(c.Printer, h)}
		return nil
	})
	return c.inPlace(reply), err
}

// mapChanges says what a version changed, in plain text.
func mapChanges(ctx context.Context, r *store.Reader, p text.Printer, v store.MapVersion, name func(string) string) ([]string, error) {
	w := MapWords{Printer: p, Name: name}
	var found []sales.MapChange
	if v.Key == "" {
		is, err := r.OrganisationVersion(ctx, v.Version)
		if err != nil {
			return nil, err
		}
		was, err := r.OrganisationVersion(ctx, v.Version-1)
		if err != nil {
			return nil, err
		}
		found = sales.DiffOrganisation(was, is)
	} else {
		is, err := r.ProcessVersion(ctx, v.Key, v.Version)
		if err != nil {
			return nil, err
		}
		if v.Version == 1 {
			return []string{p.N(len(is.Stages), "The first version, with %d stage", "The first version, with %d stages")}, nil
		}
		was, err := r.ProcessVersion(ctx, v.Key, v.Version-1)
		if err != nil {
			return nil, err
		}
		if w.Org, err = r.Organisation(ctx); err != nil {
			return nil, err
		}
		w.Process, found = is, sales.Diff(was, is)
	}
	var out []string
	for _, x := range found {
		out = append(out, w.Change(x))
	}
	return out, nil
}
