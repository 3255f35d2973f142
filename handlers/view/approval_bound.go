package view

import (
	"time"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// uncovered says why an approval does not cover its deal any more: "approved for $12,000, the deal is now $90,000".
func uncovered(p text.Printer, process *sales.Process, kind string, shifts []sales.Shift, step string) string {
	if len(shifts) == 0 {
		policy, _ := process.Policy(kind)
		for _, s := range policy.Steps {
			if s.Key == step {
				return p.T("as the deal is now, the step *%s* has to be asked as well", Name(s.Name.In(p.Lang())))
			}
		}
		return p.T("as the deal is now, another step has to be asked as well")
	}
	s := shifts[0]
	for _, x := range shifts {
		if x.Field == "amount" {
			s = x
		}
	}
	was, is := shiftValue(p, process, s.Field, s.Was), shiftValue(p, process, s.Field, s.Is)
	switch {
	case s.Field == "amount" && s.Was == "":
		return p.T("approved without an amount, the deal is now %s", is)
	case s.Field == "amount" && s.Is == "":
		return p.T("approved for %s, the deal has no amount now", was)
	case s.Field == "amount":
		return p.T("approved for %s, the deal is now %s", was, is)
	}
	return p.T("%s was %s when it was approved, now it is %s", FieldName(p, process, s.Field), was, is)
}

func shiftValue(p text.Printer, process *sales.Process, field, value string) string {
	f, _ := process.FieldOf(field)
	return FieldValue(p, f, value, time.Time{}, func(string) string { return p.T("somebody else") })
}

// shifted lists what the deal says now and said before: "Amount $12,000 → $90,000".
func shifted(p text.Printer, process *sales.Process, shifts []sales.Shift) string {
	var parts []string
	for _, s := range shifts {
		parts = append(parts, FieldName(p, process, s.Field)+" "+shiftValue(p, process, s.Field, s.Was)+" → "+shiftValue(p, process, s.Field, s.Is))
	}
	return p.List(parts)
}

// outdated warns that an approval does not cover its deal any more; "" when it does.
func (a Approval) outdated(p text.Printer) string {
	if len(a.Shifts) == 0 && a.Lacking == "" {
		return ""
	}
	return ":warning: " + p.T("It has to be asked for again: %s.", uncovered(p, a.Process, a.Approval.Kind, a.Shifts, a.Lacking))
}
