package reports

import "pipewright/reports/stat"

// visits is what happened to the stays in one stage.
type visits struct {
	entries, advanced, back, won, lost, open int
	lostValue                                money
	deals                                    int     // distinct
	days, endedDays                          float64 // of all visits, and of those that have ended
}

// settled returns how many stays have ended.
func (v *visits) settled() int { return v.entries - v.open }

// visits returns what happened in each stage, in the order of Stages.
func (h *History) visits() []visits {
	out := make([]visits, len(h.Stages))
	last := make([]*Deal, len(h.Stages)) // the deal seen last
	for i := range out {
		out[i].lostValue = money{}
	}
	for s, d := range h.each {
		v := &out[s.Stage]
		v.count(s.Exit)
		if s.Exit == exitLost {
			v.lostValue.add(d.Amount)
		}
		if last[s.Stage] != d {
			last[s.Stage] = d
			v.deals++
		}
		took := days(h.until(s) - s.Entered)
		v.days += took
		if s.Exit != stat.Censored {
			v.endedDays += took
		}
	}
	return out
}

func (v *visits) count(exit stat.Cause) {
	v.entries++
	switch exit {
	case exitForward, exitCompleted:
		v.advanced++
	case exitBack:
		v.back++
	case exitWon:
		v.won++
	case exitLost:
		v.lost++
	default:
		v.open++
	}
}

// shown returns the places of the stages that get a row: all of the process, and
// removed ones where something happened.
func (h *History) shown(happened func(i int) bool) []int {
	var out []int
	for i := range h.Stages {
		if i < len(h.Process.Stages) || happened(i) {
			out = append(out, i)
		}
	}
	return out
}
