package view

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// builtInRoles are the names of the roles that every organisation has.
var builtInRoles = map[string]string{
	sales.RoleRep: text.Msg("Rep"), sales.RoleManager: text.Msg("Manager"), sales.RoleAdmin: text.Msg("Admin"),
}

// RoleName is the role's name for the reader, or its key.
func RoleName(p text.Printer, org *sales.Organisation, key string) string {
	if r, ok := org.Role(key); ok && len(r.Name) > 0 {
		return Name(r.Name.In(p.Lang()))
	}
	if s, ok := builtInRoles[key]; ok {
		return p.T(s)
	}
	return Name(key)
}

// TeamName is the team's name for the reader, or its key.
func TeamName(p text.Printer, org *sales.Organisation, key string) string {
	if t, ok := org.Team(key); ok {
		return Name(t.Name.In(p.Lang()))
	}
	return Name(key)
}

// GroupName is a Slack user group as Slack writes it for the reader, and as people type it. In a message it pings all of
// them.
func GroupName(id string) string { return "<!subteam^" + id + ">" }

// Organisation is who belongs where and who decides what.
type Organisation struct {
	Org       *sales.Organisation
	Processes []*sales.Process
	Name      func(user string) string // names people and user groups
	Slash     string                   // what slash commands begin with
	MayChange bool                     // the reader is somebody who leads
}

const maxRows = 40 // teams or roles of one message

// TeamBlocks list the teams with their people.
func TeamBlocks(p text.Printer, o Organisation) []slack.Block {
	blocks := []slack.Block{Section("*" + p.T("Teams") + "*")}
	for _, t := range o.Org.Teams[:min(len(o.Org.Teams), maxRows)] {
		facts := []string{"`" + Literal(t.Key) + "`"}
		if t.Manager != "" {
			facts = append(facts, p.T("manager: %s", o.Name(t.Manager)))
		} else {
			facts = append(facts, p.T("no manager"))
		}
		if t.Channel != "" {
			facts = append(facts, "<#"+t.Channel+">")
		}
		if t.Private {
			facts = append(facts, p.T("private"))
		}
		people := p.T("Nobody yet.")
		if len(t.Members) > 0 {
			people = People(p, t.Members, o.Name)
		}
		blocks = append(blocks, Section(Lines("*"+Name(t.Name.In(p.Lang()))+"* · "+strings.Join(facts, " · "), people)))
	}
	if len(o.Org.Teams) == 0 {
		blocks = append(blocks, Section(p.T("There are no teams yet.")))
	}
	blocks = append(blocks, o.forms(p, "team add", "team remove", "team manager", "team channel", "team new")...)
	return fit(append(blocks, o.how(p, "process team help")))
}

// RoleBlocks list the roles with those who have them, and what they decide.
func RoleBlocks(p text.Printer, o Organisation) []slack.Block {
	blocks := []slack.Block{Section("*" + p.T("Roles") + "*")}
	keys := roleKeys(o.Org)
	for _, key := range keys[:min(len(keys), maxRows)] {
		blocks = append(blocks, Section(o.role(p, key)))
	}
	blocks = append(blocks, o.forms(p, "role add", "role remove", "role new")...)
	return fit(append(blocks, o.how(p, "process role help")))
}

func (o Organisation) role(p text.Printer, key string) string {
	r, _ := o.Org.Role(key)
	head := "*" + RoleName(p, o.Org, key) + "* · `" + Literal(key) + "`"
	if decides := o.decides(p, key); decides != "" {
		head += " · " + p.T("decides: %s", decides)
	}
	who := p.T("Nobody yet.")
	if holders := o.Org.Holders(key); len(holders) > 0 {
		who = People(p, holders, o.Name)
	}
	for _, g := range r.Groups[:min(len(r.Groups), 5)] {
		who += " · " + o.Name(g)
	}
	return Lines(head, who)
}

// decides names the steps of approvals that the role decides.
func (o Organisation) decides(p text.Printer, role string) string {
	var steps []string
	for _, process := range o.Processes {
		for _, policy := range process.Policies {
			for _, s := range policy.Steps {
				if !slices.Contains(s.Roles, role) {
					continue
				}
				if name := p.T("%s (%s)", Name(policy.Name.In(p.Lang())), Name(s.Name.In(p.Lang()))); !slices.Contains(steps, name) {
					steps = append(steps, name)
				}
			}
		}
	}
	return p.List(steps[:min(len(steps), 5)])
}

func (o Organisation) how(p text.Printer, help string) slack.Block {
	if o.MayChange {
		return Context(p.T("`%s` shows how to change them.", o.Slash+help))
	}
	return Context(p.T("Managers and admins can change them."))
}
