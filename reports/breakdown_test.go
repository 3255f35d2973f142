package reports

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"pipewright/internal/sales"
	"pipewright/reports/stat"
)

// TestBreakdownOfARealExport compares with what R counts for each agent, see testdata/crm.R.
func TestBreakdownOfARealExport(t *testing.T) {
	h := crm(t)
	f, err := os.Open("testdata/crm.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := csv.NewReader(f)
	lines.FieldsPerRecord = -1
	want, err := lines.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	o := Options{AsOf: h.AsOf, By: EachOwner}
	won, times := of(t, "outcomes", h, o).Breakdown, of(t, "cycle", h, o).Breakdown
	if len(won.Groups) != len(want)-2 || len(times.Groups) != len(want)-2 {
		t.Fatalf("%d and %d agents, R has %d", len(won.Groups), len(times.Groups), len(want)-2)
	}
	for i, g := range won.Groups {
		line := want[i+1]
		row, all := g.Body.(OutcomesRow), times.Groups[i].Body.(cycleBody).all
		if g.Key != line[0] || times.Groups[i].Key != line[0] {
			t.Fatalf("line %d is of %s, R's of %s", i, g.Key, line[0])
		}
		equal(t, g.Key, []float64{float64(row.Won), float64(row.Lost), float64(row.Open), float64(row.WinRate), float64(row.WinLow), float64(row.WinHigh),
			float64(all.KMMedian), float64(all.KMLow), float64(all.KMHigh)}, numbers(t, line[1:]))
	}
	d := won.Differ
	equal(t, "chi-square", []float64{d.Statistic, float64(d.DF), d.P, d.MinExpected}, numbers(t, want[len(want)-1][1:]))
	if got := won.verdict(english); got != "In order of name. They cannot be told apart: the differences may be chance (chi-square, p = 0.264)." {
		t.Error(got)
	}
}

func of(t *testing.T, name string, h *History, o Options) Result {
	t.Helper()
	r, err := Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return r.of(h, o)
}

// given says whose a deal is.
func given(h *History, i int, owner, team, source string) {
	d := h.Deals[i]
	d.traits = &traits{d.currency, owner, team, source, d.Status, d.Reason}
}

// A group's line is what the report says of its deals alone, and the groups together are all deals.
func TestGroupsAreTheDealsOfEach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := anyScript(t).history(rapid.Float64Range(0, 120).Draw(t, "as of"))
		for i := range h.Deals {
			given(h, i, rapid.SampledFrom([]string{"", "UANA", "UBO"}).Draw(t, "owner"), rapid.SampledFrom([]string{"", "north", "east"}).Draw(t, "team"),
				rapid.SampledFrom([]string{"", "web", "Web", "fair"}).Draw(t, "source"))
		}
		hide := rapid.SampledFrom([][]string{nil, {"east"}}).Draw(t, "hide")
		by := rapid.SampledFrom([]string{EachOwner, EachTeam, EachSource}).Draw(t, "by")
		for _, r := range All() {
			if !r.Divisible {
				continue
			}
			q := Query{r.Name, Options{AsOf: h.AsOf, By: by, Hide: hide}}
			res := r.of(h, q.Options)
			deals, open := 0, 0
			for _, g := range res.Breakdown.Groups {
				deals, open = deals+g.Deals, open+g.Open
				if by == EachTeam && slices.Contains(hide, g.Key) {
					t.Fatalf("%s tells of a team that is hidden", r.Name)
				}
				alone := r.of(h, q.Of(g.Key).Options)
				got, want := encode(t, g.Body.Rows()), encode(t, alone.Body.Rows())
				if got != want || g.Deals != len(alone.History.Deals) || g.Open != alone.History.open() {
					t.Fatalf("%s of %s %s: %s\nalone: %s", r.Name, by, g.Key, got, want)
				}
				if n := len(alone.Outcome("", nil)); n != g.Deals {
					t.Fatalf("%s %s: %d deals are listed, %d counted", by, g.Key, n, g.Deals)
				}
			}
			if deals != len(res.History.Deals) || open != res.History.open() {
				t.Fatalf("%s: the groups have %d deals, %d open; all %d, %d", r.Name, deals, open, len(res.History.Deals), res.History.open())
			}
		}
	})
}

func encode(t *rapid.T, v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// staffed is a year of deals of three people and nobody; the first has so many more won that chance is no explanation.
func staffed() (*History, named) {
	s := newScript(testProcess())
	people := []string{"U3", "U1", "U2", ""}
	const each = 30
	for i := range int64(len(people) * each) {
		s.create(i+1, float64(i), "lead").move(i+1, float64(i)+2, "demo")
		wins := []int64{27, 12, 3, 2}[i/each]
		switch n := i % each; {
		case n < wins:
			s.move(i+1, float64(i)+9, "signed")
		case i/each == 2 && n > 12 || i/each == 3 && n > 3: // few are closed of the third, too few of nobody
		default:
			s.lose(i+1, float64(i)+4, "price")
		}
	}
	h := s.history(150)
	for i := range h.Deals {
		given(h, i, people[i/each], "north", []string{"web", "fair"}[i%2])
	}
	return h, named{people: map[string]string{"U1": "Zoe Zhu", "U2": "bea", "U3": "Ärne"}}
}

func TestGoldenBreakdown(t *testing.T) {
	h, names := staffed()
	var b bytes.Buffer
	for _, r := range All() {
		if !r.Divisible {
			continue
		}
		res := r.of(h, Options{AsOf: h.AsOf, By: EachOwner})
		res.names = names
		b.WriteString(terminal(t, res))
	}
	res := of(t, "outcomes", h, Options{AsOf: h.AsOf, By: EachOwner})
	res.names = names
	if err := WriteJSON(&b, res, english); err != nil {
		t.Fatal(err)
	}
	if err := WriteCSV(&b, res, english); err != nil {
		t.Fatal(err)
	}
	golden(t, "by-owner.txt", b.Bytes())
	checkMessage(t, Render(res, english))
	checkMessage(t, Render(res, chinese))
}

func terminal(t *testing.T, res Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteText(&b, res, english); err != nil {
		t.Fatal(err)
	}
	b.WriteString("\n----\n\n")
	if err := WriteText(&b, res, chinese); err != nil {
		t.Fatal(err)
	}
	b.WriteString("\n----\n\n")
	return b.String()
}

// The contract's part of a report is the same with a breakdown and without.
func TestBreakdownIsBesideTheContract(t *testing.T) {
	h, _ := staffed()
	for _, r := range All() {
		if !r.Divisible {
			continue
		}
		var plain, broken bytes.Buffer
		if err := WriteJSON(&plain, r.of(h, Options{AsOf: h.AsOf}), english); err != nil {
			t.Fatal(err)
		}
		if err := WriteJSON(&broken, r.of(h, Options{AsOf: h.AsOf, By: EachSource}), english); err != nil {
			t.Fatal(err)
		}
		var want, got map[string]any
		if err := json.Unmarshal(plain.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(broken.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if len(got["groups"].([]any)) != 2 || got["by"] != "source" {
			t.Errorf("%s: %v", r.Name, got["groups"])
		}
		for _, more := range []string{"by", "groups", "differ"} {
			delete(got, more)
		}
		same(t, want, got)
	}
}

// Nobody is compared where a test does not allow it.
func TestVerdictOfABreakdown(t *testing.T) {
	group := func(won, lost int) Group { return Group{Body: OutcomesRow{Won: won, Lost: lost}} }
	for want, groups := range map[string][]Group{
		"":                                    {group(30, 2)},
		"Too few deals are closed to tell":    {group(3, 1), group(90, 40)},
		"Too few deals are closed to tell ":   {group(5, 1), group(2, 9)},
		"They cannot be told apart":           {group(20, 22), group(25, 20)},
		"They differ by more than chance":     {group(40, 5), group(10, 40)},
		"(chi-square, p < 0.001), which does": {group(40, 5), group(10, 40)},
		"(chi-square, p = 0.028), which does not say which two do": {group(30, 20), group(19, 31)},
	} {
		b := Breakdown{By: EachOwner, Groups: groups}
		b.test()
		if got := b.verdict(english); !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%v: %q, want %q", groups, got, want)
		}
	}
	untested := Breakdown{Groups: []Group{{Body: cycleBody{}}, {Body: cycleBody{}}}}
	untested.test()
	if got := untested.verdict(english); got != "In order of name. Whether they really differ was not tested." {
		t.Error(got)
	}
}

// Of few deals a line has counts alone, of some an interval that is marked.
func TestFewDealsInALine(t *testing.T) {
	for _, tt := range []struct {
		won, lost int
		want      string
	}{{4, 0, dash}, {3, 2, "60% (23–88%) †"}, {12, 8, "60% (39–78%)"}} {
		cells := outcomesOfSome(tt.won, tt.lost).cells(english)
		if got := cells[0].Text; got != tt.want {
			t.Errorf("%d won, %d lost: %s, want %s", tt.won, tt.lost, got, tt.want)
		}
	}
}

func outcomesOfSome(won, lost int) OutcomesRow {
	return OutcomesRow{Won: won, Lost: lost, win: stat.Wilson(won, won+lost)}
}

func TestBreakdownIsRefused(t *testing.T) {
	for _, tt := range []struct{ report, by, want string }{
		{"outcomes", "region", "A report can be broken down by owner, team or source, not by “region”."},
		{"bottleneck", EachOwner, "“bottleneck” looks at all deals together and cannot be broken down. These can: outcomes, funnel, stages and cycle. For one person, team or source, name it."},
	} {
		r, _ := Find(tt.report)
		err, refused := errors.AsType[*sales.Error](r.checkBy(tt.by))
		if !refused {
			t.Fatalf("%s by %s is not refused", tt.report, tt.by)
		}
		if got, ok := Explain(english, err); !ok || got != tt.want {
			t.Errorf("%s by %s: %s", tt.report, tt.by, got)
		}
	}
}

// What stands behind a group's number opens its deals.
func TestNumbersOfABreakdown(t *testing.T) {
	h, names := staffed()
	res := of(t, "outcomes", h, Options{AsOf: h.AsOf, By: EachOwner})
	res.names = names
	var got []string
	for _, n := range res.Numbers(english) {
		q, rest, err := ParseQuery(n.Value)
		if err != nil || len(rest) != 1 {
			t.Fatalf("%s: %v", n.Value, err)
		}
		if key, ok := strings.CutPrefix(rest[0], ByGroup+":"); ok {
			got = append(got, fmt.Sprintf("%s %d %d", n.Label, n.N, len(of(t, q.Name, h, q.Of(key).Options).Outcome("", nil))))
		}
	}
	if want := []string{"Ärne 30 30", "bea 30 30", "Zoe Zhu 30 30", "Without an owner 30 30"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
