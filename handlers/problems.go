package handlers

import (
	"fmt"
	"slices"
	"strings"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// ProblemText says what is wrong with a map file, and what to do about it. It is
// plain text, for a terminal; see sales.Problem for the codes.
func ProblemText(p text.Printer, x sales.Problem) string {
	w, ok := problemWords[x.Code]
	if !ok {
		return x.Code
	}
	f := problemFacts{p, x.Facts}
	return f.join(w(f), f.nearest(), f.known())
}

// problemFacts is a problem on its way into words.
type problemFacts struct {
	text.Printer
	facts map[string]any
}

// problemWording is the sentence of one code.
type problemWording func(f problemFacts) string

// tells is the wording of a sentence whose verbs are filled with the facts of these names.
func tells(sentence string, names ...string) problemWording {
	return func(f problemFacts) string {
		if len(names) == 0 {
			return f.T(sentence)
		}
		args := make([]any, len(names))
		for i, n := range names {
			args[i] = f.say(n)
		}
		return f.T(sentence, args...)
	}
}

// say is one fact as it stands in a sentence.
func (f problemFacts) say(name string) string {
	switch v := f.facts[name].(type) {
	case nil:
		return ""
	case string:
		return f.word(name, v)
	case sales.Text:
		return v.In(f.Lang())
	case []string:
		return f.List(v)
	case float64:
		return strings.TrimSuffix(f.Number(v, 1), ".0")
	default:
		return fmt.Sprint(v)
	}
}

// word translates what the checker says in words of its own.
func (f problemFacts) word(fact, v string) string {
	switch fact {
	case "what":
		if s, ok := whatWords[v]; ok {
			return f.T(s)
		}
	case "want", "got":
		if s, ok := kindWords[v]; ok {
			return f.T(s)
		}
	case "language":
		if s, ok := languageWords[v]; ok {
			return f.T(s)
		}
	}
	return v
}

func (f problemFacts) str(name string) string { s, _ := f.facts[name].(string); return s }

// nearest offers the known word that was most likely meant.
func (f problemFacts) nearest() string {
	if s := f.str("nearest"); s != "" {
		return f.T("Did you mean %s?", s)
	}
	return ""
}

// known lists what may stand there, when nothing is near.
func (f problemFacts) known() string {
	known, _ := f.facts["known"].([]string)
	if len(known) == 0 || f.str("nearest") != "" {
		return ""
	}
	return f.T("Known here: %s.", strings.Join(known, ", "))
}

// join puts sentences behind each other, without those that are empty.
func (f problemFacts) join(sentences ...string) string {
	sentences = slices.DeleteFunc(sentences, func(s string) bool { return s == "" })
	if f.Lang() == "zh" {
		return strings.Join(sentences, "")
	}
	return strings.Join(sentences, " ")
}

var (
	whatWords = map[string]string{
		"process": text.Msg("process"), "stage": text.Msg("stage"), "link": text.Msg("link"), "gate": text.Msg("gate"), "field": text.Msg("field"),
		"option": text.Msg("option"), "activity": text.Msg("activity"), "reason": text.Msg("loss reason"), "policy": text.Msg("policy"),
		"step": text.Msg("step"), "team": text.Msg("team"), "role": text.Msg("role"), "organisation": text.Msg("organisation"),
	}
	kindWords = map[string]string{
		"text": text.Msg("a text"), "list": text.Msg("a list"), "mapping": text.Msg("a mapping of keys to values"), "number": text.Msg("a number"),
		"whole number": text.Msg("a whole number"), "true or false": text.Msg("true or false"), "days": text.Msg("a length of working time, such as 3d or 4h"),
	}
	languageWords = map[string]string{"en": text.Msg("English"), "zh": text.Msg("Chinese")}
)

// problemWords holds the words of every code.
var problemWords = map[string]problemWording{
	// The file.
	"yaml.syntax":    tells(text.Msg("This is no YAML: %s. Look at the indentation and the quotes up to here."), "reason"),
	"yaml.documents": tells(text.Msg("A second document begins here. Keep one in a file, without a line of three dashes.")),
	"map.empty":      tells(text.Msg("The file says nothing. Begin with “process:” or “organisation:”.")),
	"map.too_large":  tooLarge,
	"key.unknown":    tells(text.Msg("“%s” may not stand here. Write a key that is known, or take it out."), "key"),
	"key.repeated":   tells(text.Msg("“%s” stands here twice, first in line %s. Keep one."), "key", "line"),
	"value.type":     valueType,
	"text.language":  tells(text.Msg("“%s” is no language that texts are given in. Use another."), "language"),

	// Anything with a key.
	"value.missing":   ofItem(text.Msg("A %s lacks its key. Add “%s: …”."), text.Msg("The %s “%s” lacks “%s”. Add it.")),
	"value.advised":   tells(text.Msg("The %s “%s” does not say “%s”. People will ask: add it."), "what", "key", "part"),
	"list.empty":      tells(text.Msg("The %s “%s” has none of its “%s”. Add one at least."), "what", "key", "part"),
	"key.form":        keyForm,
	"key.taken":       tells(text.Msg("Another %s has the key “%s” already, in line %s. Choose another key."), "what", "key", "line"),
	"key.reserved":    tells(text.Msg("The %s can't have the key “%s”: the word has a meaning of its own. Choose another key."), "what", "key"),
	"name.ambiguous":  tells(text.Msg("“%s” already stands for the %s “%s”. Choose another word, or nobody can tell them apart."), "name", "what", "other"),
	"name.reserved":   tells(text.Msg("The %s “%s” can't be called “%s”: a command uses the word. Choose another name."), "what", "key", "name"),
	"text.missing":    tells(text.Msg("The %s “%s” has its “%s” in other languages, but not in %s. Add it."), "what", "key", "part", "language"),
	"number.negative": tells(text.Msg("%s is below zero. Write 0 or more."), "value"),
	"number.invalid":  tells(text.Msg("%s is no number. Write one."), "value"),
	"number.range":    tells(text.Msg("“%s” is %s. Write a number between %s and %s."), "part", "value", "min", "max"),

	// The organisation.
	"user.form":            tells(text.Msg("“%s” is no Slack user id such as U012AB3CD. Copy it from the person's profile (⋮, Copy member ID)."), "user"),
	"group.form":           tells(text.Msg("“%s” is no id of a Slack user group, such as S012AB3CD. Copy it from the group's details."), "group"),
	"group.unseen":         tells(text.Msg("The bot has not seen a user group “%s” in Slack. Check the id; a new group is seen when somebody is added to it, or when the bot starts."), "group"),
	"group.empty":          tells(text.Msg("Nobody is in the user group %[2]s, so others decide the step “%[1]s”. Add somebody to it in Slack."), "step", "group"),
	"channel.form":         tells(text.Msg("“%s” is no channel id such as C012AB3CD. Copy it from the end of the channel's details."), "channel"),
	"team.private":         tells(text.Msg("The team “%s” is private: without it, everybody could read its deals. Keep it, or first make it open with “private: false”."), "team"),
	"member.twice":         tells(text.Msg("%s is in two teams and counts for “%s”. Take the person out of the other one, unless both is meant."), "user", "other"),
	"organisation.missing": tells(text.Msg("The roles are not known. Add an “organisation:” to the file, or check it beside the bot's database.")),
	"role.unknown":         tells(text.Msg("There is no role “%s” in the organisation. Add it there, or name another."), "role"),
	"role.needed":          tells(text.Msg("The role “%s” is gone, and the process “%s” needs it. Add it again."), "role", "process"),
	"role.empty":           roleEmpty,

	// A process.
	"currency.unknown":  tells(text.Msg("“%s” is no currency. Write three letters, such as EUR, USD or CNY."), "currency"),
	"zone.unknown":      tells(text.Msg("“%s” is no time zone. Write it like Europe/Berlin or Asia/Shanghai."), "zone"),
	"hours.form":        tells(text.Msg("“%s” are no working hours. Write them like 09:00-18:00."), "hours"),
	"day.unknown":       tells(text.Msg("“%s” is no day of the week. Write mon, tue, wed, thu, fri, sat or sun."), "day"),
	"date.form":         tells(text.Msg("“%s” is no date. Write it like 2026-12-25."), "date"),
	"date.twice":        tells(text.Msg("%s stands here twice, or both as a holiday and as an extra day. Keep one."), "date"),
	"default.several":   tells(text.Msg("“%s” and “%s” are both the default process. Take “default” out of one."), "process", "other"),
	"default.none":      tells(text.Msg("No process is the default. New deals go to the first one; write “default: true” to choose.")),
	"field.type":        tells(text.Msg("The field “%s” has the type “%s”, and there is no such type. Write another."), "field", "type"),
	"field.options":     tells(text.Msg("The field “%s”: a choice needs options, and only a choice has them. Add them, or take them out."), "field"),
	"field.conflict":    tells(text.Msg("The field “%s” has another type in the process. Give both the same type, or this one another key."), "field"),
	"field.retyped":     tells(text.Msg("The field “%s” was of the type %s and becomes %s. What deals hold in it may not be readable any more: keep the type, or add another field."), "field", "was", "type"),
	"stage.unknown":     tells(text.Msg("There is no stage “%s”. Add it, or name another."), "stage"),
	"stage.itself":      tells(text.Msg("The stage “%s” can't affect itself. Take it out."), "stage"),
	"stage.unreachable": tells(text.Msg("No deal can come to the stage “%s”: the gate of “%s” before it can never be met. Correct that gate."), "stage", "behind"),
	"stage.removed":     stageRemoved,
	"stage.crosses":     stageCrosses,
	"moved.present":     tells(text.Msg("The stage “%s” is not removed, so its deals stay. Take it out of “moved”."), "stage"),
	"won.missing":       tells(text.Msg("No stage wins a deal. Write “won: true” at the one that does.")),
	"won.several":       tells(text.Msg("“%s” and “%s” both win a deal. Keep “won: true” at one."), "stage", "other"),
	"won.first":         tells(text.Msg("The first stage, “%s”, can't win a deal. Put a stage before it."), "stage"),
	"url.form":          tells(text.Msg("“%s” is no web address. Write it in full, beginning with https://."), "url"),
	"symbol.form":       tells(text.Msg("“%s” is no emoji. Write its name between colons, such as :telephone_receiver:."), "symbol"),

	// Gates, conditions and policies.
	"gate.unknown_field":    tells(text.Msg("The gate of “%s” asks for a field “%s”, and there is none. Add it to the “fields”, or ask for another."), "stage", "field"),
	"gate.unknown_activity": tells(text.Msg("The gate of “%s” asks for an activity “%s”, and there is none. Add it to the “activities”, or ask for another."), "stage", "type"),
	"gate.unknown_approval": tells(text.Msg("The gate of “%s” asks for an approval “%s”, and there is no policy for it. Add one to the “policies”, or ask for another."), "stage", "kind"),
	"gate.automatic":        tells(text.Msg("The gate of “%s” asks for “%s”, which nobody can log: it is automatic. Ask for another activity."), "stage", "type"),
	"gate.count":            tells(text.Msg("The gate of “%s” asks for “%s” %s times. Ask for 1 to %s."), "stage", "type", "n", "max"),
	"gate.since":            tells(text.Msg("The gate of “%s”: “since: %s” is neither “stage” nor “ever”. Write one of them."), "stage", "since"),
	"gate.repeated":         tells(text.Msg("The gate of “%s” asks for %s twice. Keep one."), "stage", "need"),
	"condition.invalid":     conditionInvalid,
	"condition.impossible":  tells(text.Msg("The condition “%s” can never hold. Correct it, or take out what hangs on it."), "condition"),
	"condition.always":      tells(text.Msg("The condition “%s” always holds. Leave it out, or correct it."), "condition"),
	"material.unknown":      tells(text.Msg("The policy “%s” names “%s” as material, and neither its form nor deals have such a field. Add the field, or name another."), "policy", "field"),
	"exact.unknown":         tells(text.Msg("The policy “%s” holds “%s” exactly, and deals have no such field. Add the field, or name another."), "policy", "field"),
	"required.unknown":      tells(text.Msg("The policy “%s” requires “%s”, and its form has no such field. Add it to the form, or name another."), "policy", "field"),
	"step.nobody":           stepNobody,
	"policy.few":            tells(text.Msg("The steps of “%s” want different people, and there are too few to decide all of them. Name more, or take “distinct” out."), "policy"),
	"policy.short":          tells(text.Msg("The steps of “%s” want different people, and there are too few when the request comes from %s: nobody decides on their own. Name more, or take “distinct” out."), "policy", "users"),
	"step.rule":             tells(text.Msg("The step “%s” has the rule “%s”. Use any, all, each, or a number of people from 1 to %s."), "step", "rule", "max"),
	"step.few":              tells(text.Msg("The step “%[2]s” of “%[1]s” needs more people than the %[4]s that there are (rule: %[3]s). Name more, or ask for fewer."), "policy", "step", "rule", "n"),
	"step.short":            tells(text.Msg("The step “%[2]s” of “%[1]s” has too few people when the request comes from %[3]s: nobody decides on their own. Name somebody else too."), "policy", "step", "users"),
	"step.parallel":         tells(text.Msg("The step “%[2]s” of “%[1]s” is the first, so it is parallel to none. Take “parallel” out."), "policy", "step"),
	"escalate.nobody":       tells(text.Msg("The step “%[2]s” of “%[1]s” escalates to nobody: give somebody the role, or name people."), "policy", "step"),
	"escalate.same":         tells(text.Msg("The step “%[2]s” of “%[1]s” escalates only to people who may decide it anyway. Name somebody else."), "policy", "step"),
	"escalate.sole":         tells(text.Msg("The step “%[2]s” of “%[1]s” escalates only to %[3]s, and nobody decides on requests of their own. Name somebody else too."), "policy", "step", "user"),
	"escalate.late":         tells(text.Msg("The step “%[2]s” of “%[1]s” never escalates: the request expires before. Escalate earlier, or expire later."), "policy", "step"),
	"step.admins":           tells(text.Msg("Only admins can decide the step “%[2]s” of “%[1]s”. An admin who asks may be the only one: name another role or person as well."), "policy", "step"),
	"step.manager":          tells(text.Msg("Nobody can decide the step “%[2]s” of “%[1]s” when the request comes from %[3]s: they have no manager, and there are no admins. Name managers, or admins in ADMINS, or another person in the step."), "policy", "step", "users"),
	"step.sole":             tells(text.Msg("Only %[3]s can decide the step “%[2]s” of “%[1]s”, and nobody decides on requests of their own. Name somebody else too."), "policy", "step", "user"),
}

func tooLarge(f problemFacts) string {
	if _, ok := f.facts["nodes"]; ok {
		return f.T("The file says more than a map can hold (%s parts). Split it.", f.say("nodes"))
	}
	return f.T("The file is longer than a map can be (%s bytes). Split it.", f.say("bytes"))
}

func valueType(f problemFacts) string {
	if v := f.str("value"); v != "" {
		return f.T("“%s” is not what belongs here. Write %s.", v, f.say("want"))
	}
	return f.T("This is %s. Write %s here.", f.say("got"), f.say("want"))
}

// ofItem tells apart what lacks its key from what lacks something else.
func ofItem(nameless, named string) problemWording {
	return func(f problemFacts) string {
		if f.str("key") == "" {
			return f.T(nameless, f.say("what"), f.say("part"))
		}
		return f.T(named, f.say("what"), f.say("key"), f.say("part"))
	}
}

func stepNobody(f problemFacts) string {
	sentence := f.T("Nobody can decide the step “%[2]s” of “%[1]s”.", f.say("policy"), f.say("step"))
	roles, groups := f.say("roles"), f.say("groups")
	switch {
	case roles+groups == "":
		return f.join(sentence, f.T("Name somebody else in it."))
	case groups == "":
		return f.join(sentence, f.T("Give somebody the role %s.", roles))
	case roles == "":
		return f.join(sentence, f.T("Nobody is in the user group %s. Add somebody to it in Slack, or name others.", groups))
	}
	return f.join(sentence, f.T("Give somebody the role %[1]s, or add somebody to the user group %[2]s in Slack: nobody is in it.", roles, groups))
}

func roleEmpty(f problemFacts) string {
	if groups := f.say("groups"); groups != "" {
		return f.T("Nobody has the role “%[1]s”: nobody is in the user group %[2]s. Add somebody to it in Slack.", f.str("role"), groups)
	}
	role, named := f.str("role"), f.str("named") // a name where the map is not changed in a file
	switch {
	case role == sales.RoleRep && named != "":
		return f.T("No team has members any more. Add somebody: /process team add TEAM @name")
	case role == sales.RoleManager && named != "":
		return f.T("No team has a manager any more. Name one: /process team manager TEAM @name")
	case named != "":
		return f.T("Nobody has the role “%s” any more. Give it to somebody: /process role add %s @name", named, role)
	case role == sales.RoleRep:
		return f.T("No team has members yet. Name them here, or in Slack with: /process team add TEAM @name")
	case role == sales.RoleManager:
		return f.T("No team has a manager yet. Name one here, or in Slack with: /process team manager TEAM @name")
	default:
		return f.T("Nobody has the role “%s” yet. Name people here, or in Slack with: /process role add %s @name", role, role)
	}
}

func keyForm(f problemFacts) string {
	if f.str("what") == "field" {
		return f.T("“%s” can't be the key of a field. Use small letters, digits and _, beginning with a letter, 40 at most.", f.say("key"))
	}
	return f.T("“%s” can't be the key of a %s. Use small letters, digits, _ and -, 40 at most.", f.say("key"), f.say("what"))
}

func stageRemoved(f problemFacts) string {
	n, _ := f.facts["deals"].(int)
	return f.N(n, "%d deal stands in the stage “%s”, which is gone. Say where it goes: moved: {%s: other_stage}",
		"%d deals stand in the stage “%s”, which is gone. Say where they go: moved: {%s: other_stage}", f.str("stage"), f.str("stage"))
}

func stageCrosses(f problemFacts) string {
	n, _ := f.facts["deals"].(int)
	if won, _ := f.facts["won"].(bool); won {
		return f.N(n, "%d deal in the stage “%s” would be won by this. Move it on first, or keep the stage before the win.",
			"%d deals in the stage “%s” would be won by this. Move them on first, or keep the stage before the win.", f.str("stage"))
	}
	return f.N(n, "%d deal in the stage “%s” would no longer be won. Move it first, or keep the stage behind the win.",
		"%d deals in the stage “%s” would no longer be won. Move them first, or keep the stage behind the win.", f.str("stage"))
}

func conditionInvalid(f problemFacts) string {
	condition, column := f.str("condition"), f.say("column")
	switch f.str("reason") {
	case "too long":
		return f.T("The condition is longer than %s characters. Make it shorter.", f.say("max"))
	case "unknown name":
		return f.T("The condition “%s” uses “%s”, which it does not know. Write the key of a field.", condition, f.str("name"))
	case "not allowed":
		return f.T("The condition “%s” does more than a condition may, at character %s. Compare fields with numbers and texts.", condition, column)
	case "not true or false":
		return f.T("The condition “%s” is neither true nor false. Write a comparison, such as discount > 15.", condition)
	case "types":
		return f.T("The condition “%s” puts together what does not fit, at character %s: %s. Compare numbers with numbers and texts with texts, such as discount > 15 or source == \"web\".", condition, column, f.str("detail"))
	}
	return f.T("The condition “%s” can't be read at character %s: %s. Write comparisons, such as discount > 15 || amount > 50000.", condition, column, f.str("detail"))
}
