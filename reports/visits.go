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
	last := make([]int32, len(h.Stages)) // the deal seen last, and 1
	for i := range out {
		out[i].lostValue = money{}
	}
	for s, deal := range h.each {
		v := &out[s.Stage]
		v.count(s.Exit)
		if s.Exit == exitLost {
			v.lostValue.add(h.Deals[deal].Amount)
		}
		if last[s.Stage] != deal+1 {
			last[s.Stage] = deal + 1
			v.deals++
		}
		took := s.Days()
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
