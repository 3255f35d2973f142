package reports

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/reports/draw"
)

// journeys has straight moves, loops, jumps, losses, a reopening and a completed deal.
func journeys() *History {
	s := newScript(testProcess())
	for id := int64(1); id <= 12; id++ {
		s.create(id, float64(id), "lead").move(id, float64(2*id), "demo").move(id, float64(3*id+5), "offer")
	}
	for id := int64(13); id <= 19; id++ {
		s.create(id, 1, "lead").move(id, 4+float64(id), "offer")
	}
	for id := int64(1); id <= 6; id++ {
		s.move(id, 60, "demo").move(id, 70+float64(id), "offer")
	}
	for id := int64(1); id <= 4; id++ {
		s.move(id, 90, "signed").move(id, 95, "paid")
	}
	s.move(7, 80, "lead").lose(8, 80, "price").lose(9, 81, "timing").reopen(9, 85, "demo")
	s.add(1, 99, sales.Completed, sales.EventData{From: "paid"})
	s.process.Stages[1].Name = sales.Text{"en": "Demo & a <long> look at all that it does", "zh": "产品演示与试用方案的详细说明和确认"}
	return s.history(100)
}

func drawn(t *testing.T, name string, h *History, lang string) string {
	t.Helper()
	r, err := Find(name)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := WriteSVG(&out, r.of(h, Options{AsOf: h.AsOf}), text.For(lang, time.UTC)); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestMapIsDrawn(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		got := drawn(t, "process", journeys(), lang)
		golden(t, "map-"+lang+".svg", []byte(got))
		wellFormed(t, got)
	}
}

func wellFormed(t *testing.T, drawing string) {
	t.Helper()
	if strings.Contains(drawing, "NaN") || strings.Contains(drawing, "Inf") {
		t.Error("a length is no number")
	}
	for d := xml.NewDecoder(strings.NewReader(drawing)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestEmptyMapIsDrawn(t *testing.T) {
	got := drawn(t, "process", newScript(testProcess()).history(1), "en")
	wellFormed(t, got)
	if !strings.Contains(got, "Nothing has moved yet.") || !strings.Contains(got, "First contact") {
		t.Error("a map without moves still has its stages, and says that nothing moved")
	}
}

// Every report that has a chart is a picture, in both languages.
func TestChartsAreDrawn(t *testing.T) {
	for _, r := range All() {
		if r.Name == "cycle" { // too few closed deals, see TestNothingToDraw
			continue
		}
		for _, lang := range []string{"en", "zh"} {
			got := drawn(t, r.Name, journeys(), lang)
			wellFormed(t, got)
			if r.Name == "funnel" {
				golden(t, "chart-"+lang+".svg", []byte(got))
			}
		}
	}
}

func TestNothingToDraw(t *testing.T) {
	r, _ := Find("cycle")
	h := journeys()
	err := WriteSVG(io.Discard, r.of(h, Options{AsOf: h.AsOf}), text.For("en", time.UTC))
	var refused *sales.Error
	if !errors.As(err, &refused) || refused.Code != "report.nothing_to_draw" {
		t.Fatalf("too few closed deals as svg: %v", err)
	}
	if said, ok := Explain(text.For("en", time.UTC), refused); !ok || !strings.Contains(said, "cycle") {
		t.Errorf("it says %q", said)
	}
}

// Where arcs crowd, those that few moves took give way, and a legend says what is missing.
func TestTheMostFrequentMovesAreDrawn(t *testing.T) {
	m := Map{Stages: make([]MapStage, 9)}
	for i := range m.Stages {
		m.Stages[i].Name = "S" + strconv.Itoa(i)
	}
	add := func(from, to, n int) {
		m.Moves = append(m.Moves, MapMove{From: from, To: to, N: n, Many: strconv.Itoa(n)})
	}
	for i := range 7 { // all jumps of two, and of three, are rare
		add(i, i+2, 1+i%2)
	}
	for i := range 6 {
		add(i, i+3, 3)
	}
	add(2, 8, 3563) // the longest is the most frequent, and the second comes back
	add(0, 7, 40)
	add(8, 2, 77)
	for i := range 6 {
		add(i+2, i, 1)
		add(i+3, i, 2)
	}
	d := &mapDrawing{Map: m, Drawing: &draw.Drawing{Lang: "en"}}
	d.measure()
	for side, arcs := range map[string][]arc{"ahead": d.ahead, "behind": d.behind} {
		if len(arcs) < 4 || len(arcs) > maxArcs {
			t.Errorf("%s: %d arcs are drawn", side, len(arcs))
		}
		for i, a := range arcs {
			if a.lane >= maxLanes || slices.ContainsFunc(arcs[:i], a.meets) {
				t.Errorf("%s: %v lies upon another", side, a)
			}
		}
	}
	kept := slices.Concat(d.ahead, d.behind)
	for _, n := range []int{3563, 40, 77} {
		if !slices.ContainsFunc(kept, func(a arc) bool { return a.N == n }) {
			t.Errorf("the move that %d took is not drawn", n)
		}
	}
	all, drawnMoves, missing := 0, 0, 0
	for _, v := range m.Moves {
		all += v.N
	}
	for _, a := range kept {
		drawnMoves += a.N
	}
	for _, v := range d.undrawn {
		missing += v.N
	}
	if missing == 0 || drawnMoves+missing != all {
		t.Errorf("of %d moves %d are drawn and %d said to be missing", all, drawnMoves, missing)
	}
	var out bytes.Buffer
	if err := m.Draw("en", "Crowd").SVG(&out); err != nil {
		t.Fatal(err)
	}
	if want := "No room to draw " + strconv.Itoa(missing) + " moves; the most frequent: S"; !strings.Contains(out.String(), want) {
		t.Errorf("nothing says %q", want)
	}
}

// A move that passes several stages over is one, and no more pass stages over than there are moves.
func TestAMoveThatPassesOverSeveralStagesCountsOnce(t *testing.T) {
	s := newScript(testProcess())
	s.create(1, 1, "lead").move(1, 2, "paid").move(1, 3, "lead").move(1, 4, "offer")
	s.create(2, 1, "lead").move(2, 2, "demo")
	s.create(3, 1, "lead")
	if got, want := follows(s.history(9), Options{}).Lead(english), "4 moves: 1 went back or reopened a deal, 2 passed over a stage."; got != want {
		t.Fatalf("it says %q, want %q", got, want)
	}
	rapid.Check(t, func(t *rapid.T) {
		h := anyScript(t).history(rapid.Float64Range(0, 120).Draw(t, "as of"))
		forward := 0 // arrows over stages, of a process that did not change
		for _, r := range follows(h, Options{}).(followsBody).rows {
			from, to := slices.Index(h.Stages, r.From), slices.Index(h.Stages, r.To)
			if from >= 0 && to > from+1 && !r.back {
				forward += r.N
			}
		}
		if b := follows(h, Options{}).(followsBody); b.jumps != forward || b.jumps+b.back > b.moves {
			t.Fatalf("%d moves: %d back, %d over a stage, want %d", b.moves, b.back, b.jumps, forward)
		}
	})
}

// Times that few observations tell are marked on the map as in the table, and explained once.
func TestMapMarksLowConfidence(t *testing.T) {
	for _, tt := range []struct{ deals, marked int }{{few - 1, 0}, {few, 1}, {enough - 1, 1}, {enough, 0}} {
		for _, lang := range []string{"en", "zh"} {
			p := text.For(lang, time.UTC)
			m, _ := stayed(tt.deals, always(1), always(2), always(3)).result(t, "process", Options{AsOf: at(200)}).drawnMap(p)
			said := 0
			for _, s := range m.Said {
				if s == lowConfidence(p) {
					said++
				}
			}
			if said != tt.marked {
				t.Errorf("%d deals, %s: explained %d times", tt.deals, lang, said)
			}
			for _, s := range []string{m.Stages[0].Median, m.Moves[0].Time} {
				if (s != "") != (tt.deals >= few) || strings.HasSuffix(s, unsure) != (tt.marked > 0) {
					t.Errorf("%d deals, %s: the map says %q", tt.deals, lang, s)
				}
			}
		}
	}
}

// What stands in a box does not run together, however much it is, in both languages.
func TestWordsOfABoxStandApart(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		p := text.For(lang, time.UTC)
		m := Map{Stages: []MapStage{{
			Name: "Offer", Visits: p.N(123_456, "%d visit", "%d visits"), Median: careful(p.T("half within %s", p.Days(120.5)), few), Share: p.T("%s of the time", p.Percent(1, 0)), Part: 1,
		}}}
		var out bytes.Buffer
		if err := m.Draw(lang, "Map").SVG(&out); err != nil {
			t.Fatal(err)
		}
		type words struct {
			X      float64 `xml:"x,attr"`
			Y      string  `xml:"y,attr"`
			Anchor string  `xml:"text-anchor,attr"`
			S      string  `xml:",chardata"`
		}
		var picture struct {
			Words []words `xml:"text"`
		}
		if err := xml.Unmarshal(out.Bytes(), &picture); err != nil {
			t.Fatal(err)
		}
		right := map[string]float64{} // where the words that begin a line end
		for _, w := range picture.Words {
			if w.Anchor != "end" {
				right[w.Y] = w.X + draw.Wide(w.S, 13.5)
			}
		}
		beside := 0
		for _, w := range picture.Words {
			if w.Anchor != "end" {
				continue
			}
			beside++
			if left := w.X - draw.Wide(w.S, 13.5); left < right[w.Y]+6 {
				t.Errorf("%s: %q begins at %g, and what stands before it ends at %g", lang, w.S, left, right[w.Y])
			}
			right[w.Y] = w.X
		}
		if beside != 2 {
			t.Errorf("%s: %d words on the right of\n%s", lang, beside, &out)
		}
	}
}
