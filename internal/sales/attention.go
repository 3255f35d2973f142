package sales

import "time"

// Alert is a reason why a deal needs its owner.
type Alert string

const (
	NextPast   Alert = "next_past"   // the next step's date has passed
	ClosePast  Alert = "close_past"  // the expected close date has passed
	OverTarget Alert = "over_target" // longer in the stage than its target
	Quiet      Alert = "quiet"       // no activity for too long
)

// Attention returns why the deal needs its owner now, the most pressing first.
// A deal that is parked or closed needs nobody.
func Attention(d Deal, p *Process, now time.Time) []Alert {
	if d.Status != Open || d.IsParked(now) {
		return nil
	}
	var out []Alert
	if pastDay(d.NextBy, p, now) {
		out = append(out, NextPast)
	}
	if pastDay(d.Close, p, now) {
		out = append(out, ClosePast)
	}
	if s, ok := p.Stage(d.Stage); ok && s.Target > 0 && Age(d, p, now) > s.Target {
		out = append(out, OverTarget)
	}
	if last := d.LastSign(); !last.IsZero() && p.Calendar.WorkDays(p.Calendar.Worked(last, now)) > p.QuietAfter() {
		out = append(out, Quiet)
	}
	return out
}

// Age returns how long the deal has been in its stage, in working days; 0 when an
// import did not say since when.
func Age(d Deal, p *Process, now time.Time) Days {
	if d.Entered.IsZero() {
		return 0
	}
	return p.Calendar.WorkDays(p.Calendar.Worked(d.Entered, now))
}

// LastSign returns when something was last done for the deal: an activity, a move,
// or else its creation. It is zero when nothing is known.
func (d Deal) LastSign() time.Time {
	last := d.Created
	for _, t := range []time.Time{d.Entered, d.Last} {
		if t.After(last) {
			last = t
		}
	}
	return last
}

// pastDay reports whether the date's day is over in the process's zone.
func pastDay(date time.Time, p *Process, now time.Time) bool {
	if date.IsZero() {
		return false
	}
	y, m, d := date.Date()
	return !now.Before(time.Date(y, m, d+1, 0, 0, 0, 0, p.Calendar.Location()))
}
