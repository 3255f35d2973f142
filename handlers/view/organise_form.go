package view

import (
	"strings"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// OrganiseForm is what the form for one change of teams or roles asks for.
type OrganiseForm struct {
	What string // the words of the command, such as "team add"
	Org  *sales.Organisation
}

// organiseTitles are the changes that have a form, by the words of their command.
var organiseTitles = map[string]string{
	"team add": text.Msg("Add people…"), "team remove": text.Msg("Remove people…"), "team manager": text.Msg("Name the manager…"),
	"team channel": text.Msg("Set the channel…"), "team new": text.Msg("New team…"),
	"role add": text.Msg("Give a role…"), "role remove": text.Msg("Take a role…"), "role new": text.Msg("New role…"),
}

// HasOrganiseForm reports whether there is a form for the words.
func HasOrganiseForm(what string) bool { return organiseTitles[what] != "" }

// OrganiseModal asks for the rest of the command.
func OrganiseModal(p text.Printer, f OrganiseForm) *slack.ModalViewRequest {
	return Modal(p, "process.organise", f.What, strings.TrimSuffix(p.T(organiseTitles[f.What]), "…"), p.T("Save"), f.inputs(p))
}

func (f OrganiseForm) inputs(p text.Printer) []slack.Block {
	people := Input("organise.people", p.T("Who?"), "", false, usersInput("organise.people", p.T("Choose people")))
	because := Input("deal.because", p.T("Because"), "", true, TextInput("deal.because", "", "", false))
	switch f.What {
	case "team add", "team remove":
		return []slack.Block{f.teams(p), people, because}
	case "team manager":
		return []slack.Block{f.teams(p), Input("organise.people", p.T("Who?"), "", false, UserInput("organise.people", p.T("Choose a person"), "")), because}
	case "team channel":
		e := slack.NewOptionsSelectBlockElement(slack.OptTypeConversations, plain(p.T("Choose a channel"), 150), "organise.channel")
		e.Filter = &slack.SelectBlockElementFilter{Include: []string{"public", "private"}}
		return []slack.Block{f.teams(p), Input("organise.channel", p.T("Channel"), p.T("Without one its cards stand in the channel for all. I must be a member of it."), true, e), because}
	case "role add", "role remove":
		return []slack.Block{f.roles(p), people, because}
	}
	return []slack.Block{
		Input("organise.name", p.T("Name"), "", false, TextInput("organise.name", "", "", false)),
		Input("organise.key", p.T("Short name"), p.T("What people type in commands: small letters, such as north."), false, TextInput("organise.key", "", "", false)),
	}
}

func (f OrganiseForm) teams(p text.Printer) slack.Block {
	var options []*slack.OptionBlockObject
	for _, t := range f.Org.Teams {
		options = append(options, Option(t.Key, t.Name.In(p.Lang())))
	}
	return which(p, p.T("Team"), options)
}

func (f OrganiseForm) roles(p text.Printer) slack.Block {
	var options []*slack.OptionBlockObject
	for _, key := range roleKeys(f.Org) {
		if key != sales.RoleRep && key != sales.RoleManager { // those come with a team
			options = append(options, Option(key, unescaped(RoleName(p, f.Org, key))))
		}
	}
	return which(p, p.T("Role"), options)
}

func which(p text.Printer, label string, options []*slack.OptionBlockObject) slack.Block {
	only := ""
	if len(options) == 1 {
		only = options[0].Value
	}
	return Input("organise.key", label, "", false, Select("organise.key", p.T("Choose"), only, options))
}

// usersInput picks several people.
func usersInput(action, placeholder string) *slack.MultiSelectBlockElement {
	return slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeUser, plain(placeholder, 150), action)
}

// roleKeys lists the roles, that of the admins first.
func roleKeys(org *sales.Organisation) []string {
	keys := []string{sales.RoleAdmin}
	for _, r := range org.Roles {
		if r.Key != sales.RoleAdmin {
			keys = append(keys, r.Key)
		}
	}
	return keys
}

// forms are buttons for the changes, shown to those who may make them.
func (o Organisation) forms(p text.Printer, whats ...string) []slack.Block {
	if !o.MayChange {
		return nil
	}
	var buttons []slack.BlockElement
	for _, what := range whats {
		if len(o.Org.Teams) > 0 || what == "team new" || !strings.HasPrefix(what, "team ") {
			buttons = append(buttons, Run("process "+what, p.T(organiseTitles[what])))
		}
	}
	return Actions(buttons...)
}
