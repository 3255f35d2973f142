package view

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// conditions says conditions of a process as people would: "discount is above 30%".
type conditions struct {
	process *sales.Process
	policy  sales.Policy             // whose form they may ask about
	name    func(user string) string // names people
	org     *sales.Organisation      // for names of teams; nil when only their keys are known
	now     time.Time
}

// say is the condition in words. One that is more than comparisons of fields with values stands as it does in the
// map, marked as code.
func (c conditions) say(p text.Printer, when sales.Condition) string {
	clauses, all, ok := when.Clauses()
	ok = ok && len(clauses) <= maxClauses
	var parts []string
	for _, x := range clauses {
		part, known := c.clause(p, x)
		parts, ok = append(parts, before(p, part)), ok && known && len(x.Values) <= maxClauses
	}
	switch {
	case !ok:
		return after(p, before(p, "`"+Literal(string(when))+"`"))
	case all:
		return after(p, strings.Join(parts, p.T(" and ")))
	}
	return after(p, strings.Join(parts, p.T(" or ")))
}

// maxClauses is how much of a condition can be said in a line.
const maxClauses = 6

// clause is one comparison; false when there are no words for it.
func (c conditions) clause(p text.Printer, x sales.Clause) (string, bool) {
	f := c.field(x.Field)
	words := comparisons[x.Op]
	if f.Type == sales.FieldDate && datesCompared[x.Op] != "" {
		words = datesCompared[x.Op]
	}
	var values []string
	for _, v := range x.Values {
		_, number := v.(float64)
		if !number && f.Type != sales.FieldDate && !slices.Contains([]string{"==", "!=", "in"}, x.Op) {
			return "", false // texts in the order of the alphabet
		}
		values = append(values, c.value(p, f, v))
	}
	field := after(p, lower(c.label(p, f.Key)))
	if x.Values[0] == "" && len(values) == 1 {
		return p.T(map[string]string{"==": text.Msg("the %s is not filled in"), "!=": text.Msg("the %s is filled in")}[x.Op], field), true
	}
	return p.T(words, field, before(p, p.AnyOf(values))), true
}

// comparisons are the words for what a clause asks of a field.
var (
	comparisons = map[string]string{
		"==": text.Msg("the %s is %s"), "in": text.Msg("the %s is %s"), "!=": text.Msg("the %s is not %s"),
		">": text.Msg("the %s is above %s"), ">=": text.Msg("the %s is %s or more"), "<": text.Msg("the %s is below %s"), "<=": text.Msg("the %s is %s or less"),
	}
	datesCompared = map[string]string{
		">": text.Msg("the %s is after %s"), ">=": text.Msg("the %s is %s or later"), "<": text.Msg("the %s is before %s"), "<=": text.Msg("the %s is %s or earlier"),
	}
	// conditionLabels name what conditions know beside the fields of deals and forms.
	conditionLabels = map[string]string{"stage": text.Msg("Stage"), "team": text.Msg("Team"), "currency": text.Msg("Currency")}
)

func (c conditions) label(p text.Printer, key string) string {
	if s, ok := conditionLabels[key]; ok {
		return p.T(s)
	}
	return FormFieldName(p, c.process, c.policy, key)
}

// field is what a condition means by the name.
func (c conditions) field(key string) sales.Field {
	for _, f := range slices.Concat(c.policy.FormFields(), c.process.Fields) {
		if f.Key == key {
			return f
		}
	}
	return sales.Field{Key: key, Type: sales.ConditionNames()[key]}
}

// value is a constant of a condition for the reader. Amounts have no currency there.
func (c conditions) value(p text.Printer, f sales.Field, v any) string {
	n, ok := v.(float64)
	if ok {
		_, fraction, _ := strings.Cut(strconv.FormatFloat(n, 'f', -1, 64), ".")
		return p.Number(n, len(fraction)) + unit(f)
	}
	s, _ := v.(string)
	switch {
	case f.Key == "stage":
		return StageName(p, c.process, s)
	case f.Key == "team" && c.org != nil:
		return TeamName(p, c.org, s)
	}
	return FieldValue(p, f, s, c.now, c.name)
}

// before puts the space in front that Chinese has between its words and Latin letters or digits.
func before(p text.Printer, s string) string {
	if r, _ := utf8.DecodeRuneInString(s); p.Lang() == "zh" && isLatin(r) {
		return " " + s
	}
	return s
}

// after puts that space behind.
func after(p text.Printer, s string) string {
	if r, _ := utf8.DecodeLastRuneInString(s); p.Lang() == "zh" && isLatin(r) {
		return s + " "
	}
	return s
}

func isLatin(r rune) bool {
	return r <= unicode.MaxLatin1 && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("`%-@", r))
}
