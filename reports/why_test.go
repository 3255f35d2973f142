package reports

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"pipewright/internal/sales"
)

// waiting has 30 deals that are ten days in offer: two of them wait for an approver, one of these for us as well,
// three for the customer and one is parked, each deal alike.
func waiting() *script {
	s := stayed(30, always(0.5), always(0.5), always(10))
	for i := range int64(30) {
		begin := float64(i) + 1
		wait := func(who sales.WaitFor, from, to float64) {
			s.waits = append(s.waits, sales.Wait{Deal: i + 1, For: who, From: at(begin + from), To: at(begin + to)})
		}
		wait(sales.ForApproval, 0, 2)
		wait(sales.ForUs, 1, 2)
		wait(sales.ForCustomer, 3, 6)
		wait(sales.ForParked, 6, 7)
	}
	return s
}

// Why a stage is slow is said in both languages: who was waited for, once for each day, and how much was working time.
func TestWhyAStageIsSlow(t *testing.T) {
	bottleneck := waiting().result(t, "bottleneck", Options{AsOf: at(60), From: at(0), To: at(60)})
	row := bottleneck.Body.(bottleneckBody).rows[0]
	if row.Stage != "offer" || row.WaitsFor == nil || *row.WaitsFor != "customer" {
		t.Fatalf("%+v", row)
	}
	stages := waiting().result(t, "stages", Options{AsOf: at(60)})
	// Ten days from Monday to Monday over a week have 40 to 64 working hours of 240; a week and three days on average 57.
	want := map[string]string{
		"en": "The time in Offer: 20% waiting for an approver, 10% parked, 30% waiting for the customer and 40% not explained. 24% of it was working time.",
		"zh": "报价的时间：20% 在等审批、10% 已搁置、30% 在等客户和 40% 没有人说明在等谁。其中 24% 是工作时间。",
	}
	for _, res := range []Result{bottleneck, stages} {
		for _, p := range []struct{ said, lang string }{{Render(res, english).Text, "en"}, {Render(res, chinese).Text, "zh"}} {
			if !strings.Contains(p.said, want[p.lang]) {
				t.Errorf("%s: %q is not said in\n%s", res.Report.Name, want[p.lang], p.said)
			}
		}
		if got := res.explained(); len(got) != 1 || got[0] != want["en"] {
			t.Errorf("%s: the JSON says %q", res.Report.Name, got)
		}
	}
}

// explained are the notes that say why a stage takes long, as JSON has them.
func (res Result) explained() []string {
	return slices.DeleteFunc(res.envelope(english).Notes, func(note string) bool { return !strings.HasPrefix(note, "The time in ") })
}

// It is said of the stage that takes most of the time, of two that cannot be told apart, never of more, and of none
// with few visits.
func TestOfWhichStagesItIsSaidWhyTheyAreSlow(t *testing.T) {
	for _, tt := range []struct {
		name   string
		script *script
		want   []string
	}{
		{"one", stayed(60, byChance(1, 1), byChance(2, 2), byChance(9, 3)), []string{"Offer"}},
		{"two alike", stayed(60, byChance(1, 1), byChance(6, 2), byChance(6, 3)), []string{"Demo", "Offer"}},
		{"three alike", stayed(60, byChance(6, 1), byChance(6, 2), byChance(6, 3)), []string{"Offer", "Demo"}},
		{"too few to call it slow", stayed(few, always(1), always(2), always(3)), []string{"Offer"}},
		{"too few to say anything", stayed(few-1, always(1), always(2), always(3)), nil},
		{"no time at all", stayed(few, always(0), always(0), always(0)), nil},
		{"no deals", newScript(testProcess()), nil},
	} {
		for name, o := range map[string]Options{"stages": {AsOf: at(80)}, "bottleneck": {AsOf: at(80), From: at(0)}} {
			got := tt.script.result(t, name, o).explained()
			ok := len(got) == len(tt.want)
			for i := range min(len(got), len(tt.want)) {
				ok = ok && strings.HasPrefix(got[i], "The time in "+tt.want[i]+": ")
			}
			if !ok {
				t.Errorf("%s, %s: said of %q, want %q", tt.name, name, got, tt.want)
			}
		}
	}
}

// In all time there is what there is in a window that holds everything.
func TestWhyOfAllTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := anyScript(t).history(100)
		w := span{at(-1).UnixMilli(), h.AsOf.UnixMilli()}
		flows := h.flows(h.during(w), w)
		for place := range flows {
			want, got := whyOf(flows[place].each, w, newWorkTable(h.Process.Calendar, w, 0)), h.whyEver(place)
			if math.Abs(got.total-want.total) > 1e-9 || got.worked != want.worked || got.length != want.length {
				t.Fatalf("%s: %+v, want %+v", h.Stages[place], got, want)
			}
		}
	})
}

// No day is counted twice, and working time is the calendar's.
func TestPartsOfATimeDoNotOverlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyScript(t)
		for id := range s.log {
			for range rapid.IntRange(0, 4).Draw(t, "waits") {
				from := rapid.Float64Range(0, 90).Draw(t, "from")
				who := rapid.SampledFrom(waitOrder).Draw(t, "for")
				s.waits = append(s.waits, sales.Wait{Deal: id, For: who, From: at(from), To: at(from + rapid.Float64Range(0, 30).Draw(t, "days"))})
			}
		}
		slices.SortStableFunc(s.waits, func(a, b sales.Wait) int { return cmp.Compare(a.Deal, b.Deal) })
		h := s.history(100)
		w := span{at(10).UnixMilli(), at(90).UnixMilli()}
		flows := h.flows(h.during(w), w)
		for place := range flows {
			got := whyOf(flows[place].each, w, newWorkTable(h.Process.Calendar, w, 0))
			sum, worked, total := 0.0, time.Duration(0), 0.0
			for _, days := range got.waited {
				sum += days
			}
			for s := range h.each {
				if int(s.Stage) == place && w.clip(s) > 0 {
					total += days(w.clip(s))
					worked += h.Process.Calendar.Worked(instant(max(s.Entered, w.from)), instant(min(s.Left, w.to)))
				}
			}
			if sum > got.total+1e-9 || math.Abs(got.total-total) > 1e-9 || got.worked != worked {
				t.Fatalf("%s: %v waited of %v days, want %v; %v worked, want %v", h.Stages[place], sum, got.total, total, got.worked, worked)
			}
		}
	})
}
