package reports

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/internal/text"
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
