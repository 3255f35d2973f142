package handlers

import (
	"fmt"
	"slices"
	"strings"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// MapWords puts changes of the map into words, as plain text.
type MapWords struct {
	text.Printer
	Process *sales.Process           // the newer version, for names; nil when the organisation changed
	Org     *sales.Organisation      // for names of roles
	Name    func(user string) string // names people and user groups
}

// Change says one difference: "Demo: the target is 4 working days, before 5". See
// sales.MapChange and sales.DiffOrganisation for the codes.
func (w MapWords) Change(x sales.MapChange) string {
	say, ok := changeWords[x.Code]
	if !ok {
		return x.Code
	}
	return say(mapChange{w, x.Code, x.Facts})
}

// mapChange is a change on its way into words.
type mapChange struct {
	MapWords
	code  string
	facts map[string]any
}

type changeWording func(c mapChange) string

// notes is the wording of a sentence whose verbs are filled with the facts of these names.
func notes(sentence string, names ...string) changeWording {
	return func(c mapChange) string {
		args := make([]any, len(names))
		for i, n := range names {
			args[i] = c.say(n)
		}
		return c.T(sentence, args...)
	}
}

// say is one fact as it stands in a sentence.
func (c mapChange) say(name string) string {
	switch v := c.facts[name].(type) {
	case sales.Text:
		return text.Truncate(v.In(c.Lang()), 80)
	case sales.Days:
		return c.days(v)
	case []string:
		return c.list(name, v)
	case float64:
		return strings.TrimSuffix(c.Number(v, 2), ".00")
	case string:
		switch name {
		case "stage", "after", "to":
			return c.stage(v)
		case "was", "user":
			if c.Process != nil {
				return c.stage(v)
			}
			return c.person(v)
		}
		return v
	default:
		return fmt.Sprint(v)
	}
}

func (c mapChange) stage(key string) string {
	if c.Process == nil {
		return key
	}
	return view.Unmarked(view.StageName(c.Printer, c.Process, key))
}

// person names a user or a user group.
func (c mapChange) person(id string) string {
	switch {
	case id == "":
		return c.T("nobody")
	case sales.IsGroup(id):
		return c.T("the user group %s", view.Unmarked(c.Name(id)))
	}
	return view.Unmarked(c.Name(id))
}

func (c mapChange) days(d sales.Days) string {
	if d == 0 {
		return c.T("none")
	}
	n := strings.TrimSuffix(c.Number(float64(d), 1), ".0")
	if n == "1" {
		return c.T("1 working day")
	}
	return c.T("%s working days", n)
}

// list names what a list holds: people, requirements, or parts of the file.
func (c mapChange) list(name string, keys []string) string {
	var out []string
	for _, k := range keys {
		switch {
		case name == "parts":
			out = append(out, c.part(k))
		case c.code == "step.asks":
			out = append(out, c.asked(k))
		case c.Process == nil:
			out = append(out, c.person(k))
		default:
			out = append(out, c.need(k))
		}
	}
	return c.List(out)
}

// asked names what a step asks, given as sales.Step.Asks does.
func (c mapChange) asked(key string) string {
	if key == sales.EscalateManager {
		return c.T("the rep's manager")
	}
	if role, ok := strings.CutPrefix(key, sales.RoleAsked); ok {
		return c.T("the role %s", view.Unmarked(view.RoleName(c.Printer, c.Org, role)))
	}
	return c.person(key)
}

// need names a requirement, given as sales.Missing.Key does.
func (c mapChange) need(key string) string {
	kind, key, _ := strings.Cut(key, ":")
	switch sales.NeedKind(kind) {
	case sales.NeedField:
		return view.Unmarked(view.FieldName(c.Printer, c.Process, key))
	case sales.NeedActivity:
		return view.Unmarked(view.ActivityName(c.Printer, c.Process, key))
	}
	return c.T("%s approval", view.Unmarked(view.PolicyName(c.Printer, c.Process, key)))
}

func (c mapChange) part(name string) string {
	if s, ok := partWords[name]; ok {
		return c.T(s)
	}
	return name
}

// partWords are what people call the parts of a map file.
var partWords = map[string]string{
	"name": text.Msg("name"), "default": text.Msg("whether it is the default"), "currency": text.Msg("currency"), "calendar": text.Msg("calendar"),
	"roles": text.Msg("roles"), "quiet_after": text.Msg("when a deal counts as quiet"), "what": text.Msg("what"), "who": text.Msg("who"),
	"target": text.Msg("target"), "why": text.Msg("why"), "affects": text.Msg("what it affects"), "how": text.Msg("how"), "links": text.Msg("links"),
	"gate": text.Msg("gate"), "also": text.Msg("other words for it"), "minutes": text.Msg("minutes"), "symbol": text.Msg("symbol"),
	"automatic": text.Msg("whether it is automatic"), "cost": text.Msg("cost"), "form": text.Msg("form"), "required": text.Msg("required fields"),
	"steps": text.Msg("steps"), "type": text.Msg("type"), "options": text.Msg("options"),
	"material": text.Msg("what is asked again when it changes"), "exact": text.Msg("what must stay exactly as approved"),
	"confirm_above": text.Msg("the amount from which on it has to be typed"), "distinct": text.Msg("whether one person may answer two steps"),
	"expire": text.Msg("when it expires"),
}

// changeWords holds the words of every code.
var changeWords = map[string]changeWording{
	"process.changed": notes(text.Msg("The process itself: %s"), "parts"),
	"stage.added": either("after", notes(text.Msg("New stage “%s”, after “%s”"), "name", "after"),
		notes(text.Msg("New first stage “%s”"), "name")),
	"stage.removed": either("to", notes(text.Msg("Stage “%s” is gone; its deals went to “%s”"), "name", "to"),
		notes(text.Msg("Stage “%s” is gone"), "name")),
	"stage.reordered": either("after", notes(text.Msg("Stage “%s” now comes after “%s”"), "name", "after"),
		notes(text.Msg("Stage “%s” now comes first"), "name")),
	"stage.renamed": notes(text.Msg("Stage “%s” is now called “%s”"), "was", "name"),
	"stage.target":  notes(text.Msg("“%s”: target %s, before %s"), "name", "target", "was"),
	"stage.gate":    gateChange,
	"stage.changed": notes(text.Msg("“%s”: %s"), "name", "parts"),
	"stage.won":     notes(text.Msg("A deal is now won in “%s”, before in “%s”"), "stage", "was"),

	"activity.added":   notes(text.Msg("New activity “%s”"), "name"),
	"activity.removed": notes(text.Msg("Activity “%s” is gone"), "name"),
	"activity.changed": notes(text.Msg("Activity “%s”: %s"), "name", "parts"),
	"reason.added":     notes(text.Msg("New loss reason “%s”"), "name"),
	"reason.removed":   notes(text.Msg("Loss reason “%s” is gone"), "name"),
	"reason.changed":   notes(text.Msg("Loss reason “%s”: %s"), "name", "parts"),
	"policy.added":     notes(text.Msg("New approval “%s”"), "name"),
	"policy.removed":   notes(text.Msg("Approval “%s” is gone"), "name"),
	"policy.changed":   notes(text.Msg("Approval “%s”: %s"), "name", "parts"),
	"step.asks": came(text.Msg("Approval “%s”, step “%s”: now asks %s, too"), text.Msg("Approval “%s”, step “%s”: no longer asks %s"),
		text.Msg("Approval “%s”, step “%s”: now asks %s, no longer %s"), "name", "step"),
	"field.added":   notes(text.Msg("New field “%s”"), "name"),
	"field.removed": notes(text.Msg("Field “%s” is gone"), "name"),
	"field.changed": notes(text.Msg("Field “%s”: %s"), "name", "parts"),

	"team.added":   notes(text.Msg("New team “%s”"), "name"),
	"team.removed": notes(text.Msg("Team “%s” is gone"), "name"),
	"team.renamed": notes(text.Msg("Team “%s” is now called “%s”"), "was", "name"),
	"team.manager": notes(text.Msg("Team “%s”: the manager is %s, before %s"), "name", "user", "was"),
	"team.members": came(text.Msg("Team “%s”: %s came in"), text.Msg("Team “%s”: %s went out"), text.Msg("Team “%s”: %s came in, %s went out"), "name"),
	"team.channel": either("channel", notes(text.Msg("Team “%s”: its channel is %s"), "name", "channel"),
		notes(text.Msg("Team “%s”: no channel of its own any more"), "name")),
	"team.private": privacy,
	"role.added":   notes(text.Msg("New role “%s”"), "name"),
	"role.removed": notes(text.Msg("Role “%s” is gone"), "name"),
	"role.renamed": notes(text.Msg("Role “%s” is now called “%s”"), "was", "name"),
	"role.holders": came(text.Msg("Role “%s”: %s got it"), text.Msg("Role “%s”: %s lost it"), text.Msg("Role “%s”: %s got it, %s lost it"), "name"),
	"role.rate":    notes(text.Msg("Role “%s”: an hour costs %s, before %s"), "name", "rate", "was"),
}

// either takes the first wording when the fact is there.
func either(fact string, with, without changeWording) changeWording {
	return func(c mapChange) string {
		if s, _ := c.facts[fact].(string); s != "" {
			return with(c)
		}
		return without(c)
	}
}

// came words who came and who went, behind the facts of these names.
func came(came, went, both string, names ...string) changeWording {
	return func(c mapChange) string {
		in, _ := c.facts["added"].([]string)
		out, _ := c.facts["removed"].([]string)
		switch {
		case len(out) == 0:
			return notes(came, append(slices.Clone(names), "added")...)(c)
		case len(in) == 0:
			return notes(went, append(slices.Clone(names), "removed")...)(c)
		}
		return notes(both, append(slices.Clone(names), "added", "removed")...)(c)
	}
}

func gateChange(c mapChange) string {
	added, _ := c.facts["added"].([]string)
	removed, _ := c.facts["removed"].([]string)
	switch {
	case len(removed) == 0:
		return c.T("“%s”: the gate now asks for %s", c.say("name"), c.say("added"))
	case len(added) == 0:
		return c.T("“%s”: the gate no longer asks for %s", c.say("name"), c.say("removed"))
	}
	return c.T("“%s”: the gate now asks for %s, no longer for %s", c.say("name"), c.say("added"), c.say("removed"))
}

func privacy(c mapChange) string {
	if private, _ := c.facts["private"].(bool); private {
		return c.T("Team “%s” is now private: only its people and those who lead read its deals", c.say("name"))
	}
	return c.T("Team “%s” is now open: everybody reads its deals", c.say("name"))
}
