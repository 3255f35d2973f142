package sales

import (
	"cmp"
	"slices"
)

// Problem is a mistake in a map file, or with Warning set something that deserves
// a look. It says where and, by code and facts, what; the handlers hold the words.
//
// Codes and their facts. "what" is the sort of thing: process, stage, link, gate, field, option,
// activity, reason, policy, step, team, role, organisation. "nearest" is the known word that was
// most likely meant, or "", and "known" are all that may stand there. (w) marks codes that are warnings.
//
// The file:
//
//	yaml.syntax            reason (the parser's words, in English)
//	yaml.documents         (a second "---" document)
//	map.empty
//	map.too_large          bytes or nodes: the limit
//	key.unknown            key, nearest, known: the keys that may stand here
//	key.repeated           key, line: where it stood first
//	value.type             want (text, list, mapping, number, whole number, true or false, days), got (text, list, mapping), value
//	text.language          language, known
//
// Anything with a key:
//
//	value.missing          what, key, part: the part that must be there, such as "name"
//	value.advised (w)      what, key, part
//	list.empty             what, key, part: stages, activities, reasons, steps, roles, options
//	key.form               what, key
//	key.taken              what, key, line
//	key.reserved           what, key
//	name.ambiguous         what, key, name, other: the key of the first that answers to the name
//	name.reserved          what, key, name (a command uses the word)
//	text.missing (w)       what, key, part, language: others are given in this language too
//	number.negative        value
//	number.invalid         value
//	number.range           part, value, min, max
//
// The organisation:
//
//	user.form              user
//	group.form             group
//	group.unseen (w)       group: the bot has not seen it in Slack
//	channel.form           channel
//	member.twice (w)       user, team, other: the team that they count for
//	team.private           team: a private one that is gone, which would let everybody read its deals
//	organisation.missing   (no organisation stands here or is known)
//	group.empty (w)        step, group: its name; others can decide the step
//	role.unknown           role, nearest, known
//	role.needed            role, process: a process outside of the file needs a role that is gone
//	role.empty (w)         role, groups: names of those that hold it, which are empty (nobody holds it; told once)
//
// A process:
//
//	currency.unknown       currency, nearest
//	zone.unknown           zone
//	hours.form             hours
//	day.unknown            day, nearest
//	date.form              date
//	date.twice             date: listed twice, or both as a holiday and an extra day
//	default.several        process, other
//	default.none (w)
//	field.type             field, type, nearest, known
//	field.options          field (a choice without options, or options without a choice)
//	field.conflict         field (a form's field of another type than the process's)
//	field.retyped (w)      field, was, type: deals keep what they hold, which may not be readable as the new type
//	stage.unknown          stage, nearest, known
//	stage.itself           stage (it affects itself)
//	stage.unreachable      stage, behind: the stage whose gate nobody can meet
//	stage.removed          stage, name, deals
//	stage.crosses          stage, deals, won: true when a change would win deals that stand there, false when it would take the win back
//	moved.present          stage (it is not removed)
//	won.missing
//	won.several            stage, other
//	won.first              stage
//	url.form               url
//	symbol.form            symbol
//
// Gates, conditions and policies:
//
//	gate.unknown_field     stage, field, nearest, known
//	gate.unknown_activity  stage, type, nearest, known
//	gate.unknown_approval  stage, kind, nearest, known
//	gate.automatic         stage, type (nobody can log it)
//	gate.count             stage, type, n, max
//	gate.since             stage, since, nearest
//	gate.repeated          stage, need: the requirement's key, such as "field:close"
//	condition.invalid      condition, and the facts of Condition.Check: reason, column, detail, name, nearest, known
//	condition.impossible   condition
//	condition.always (w)   condition
//	material.unknown       policy, field, nearest, known
//	exact.unknown          policy, field, nearest, known (deals do not have it)
//	required.unknown       policy, field, nearest, known
//	step.nobody            policy, step, roles, groups: names of the user groups that it or its roles hang on
//	policy.few (w)         policy (its steps want different people, and there are too few for all)
//	policy.short (w)       policy, users: too few are left for all of its steps when one of these people asks
//	step.rule              step, rule, max: the most people that a rule may ask for
//	step.few               policy, step, rule, n: the people that there are
//	step.short (w)         policy, step, users: requests of these people can never meet the rule
//	escalate.nobody        policy, step (nobody is there to escalate to)
//	escalate.same (w)      policy, step (all of them may decide anyway)
//	escalate.sole (w)      policy, step, user: requests of this person escalate to nobody
//	escalate.late (w)      policy, step (the request expires before)
//	step.parallel (w)      policy, step (it is the first)
//	step.admins (w)        policy, step (only admins may decide it, whom the map does not name)
//	step.manager (w)       policy, step, users: these people have no manager who could decide it, and there are no admins
//	step.sole (w)          policy, step, user: requests of this person can be decided by nobody
type Problem struct {
	Line, Column int // from 1; 0 when the map came from no file
	Code         string
	Facts        map[string]any
	Warning      bool // the map works as it is
}

func newProblem(at place, code string, facts ...any) Problem {
	return Problem{Line: at.line, Column: at.column, Code: code, Facts: Refuse(Invalid, code, facts...).Facts}
}

// Errors returns the problems that are more than warnings.
func Errors(problems []Problem) []Problem {
	var out []Problem
	for _, p := range problems {
		if !p.Warning {
			out = append(out, p)
		}
	}
	return out
}

// sortProblems orders problems as they stand in the file.
func sortProblems(problems []Problem) {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}
