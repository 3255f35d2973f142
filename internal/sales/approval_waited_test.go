package sales

import (
	"testing"
	"time"
)

func TestWaitedFor(t *testing.T) {
	s, a := under(t, Step{Key: "s", Roles: []string{"board"}})
	opened := time.UnixMilli(a.Steps[0].Opened)
	hour := func(n int) time.Time { return opened.Add(time.Duration(n) * time.Hour) }
	for _, c := range []struct {
		name   string
		asked  []Question
		now    time.Time
		worked time.Duration
	}{
		{"working time", nil, hour(3), 3 * time.Hour},
		{"not while a question is open", []Question{{At: hour(1).UnixMilli()}}, hour(3), time.Hour},
		{"nor before its answer", []Question{{At: hour(1).UnixMilli(), Closed: hour(2).UnixMilli()}}, hour(3), 2 * time.Hour},
		{"what was before the step is not of it", []Question{{At: hour(-3).UnixMilli(), Closed: hour(-1).UnixMilli()}}, hour(3), 3 * time.Hour},
		{"from before the step into it", []Question{{At: hour(-3).UnixMilli(), Closed: hour(1).UnixMilli()}}, hour(3), 2 * time.Hour},
	} {
		a.Questions = c.asked
		if got := s.WaitedFor(a, a.Steps[0], c.now); got != c.worked {
			t.Errorf("%s: %s", c.name, got)
		}
	}
	a.Questions = nil
	saturday := time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)
	if before, after := s.WaitedFor(a, a.Steps[0], saturday), s.WaitedFor(a, a.Steps[0], saturday.AddDate(0, 0, 1)); before != after || before < 24*time.Hour {
		t.Errorf("a weekend makes %s to %s", before, after)
	}
}
