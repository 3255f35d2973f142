package reports

import (
	"bytes"
	"context"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

var (
	berlin, _ = time.LoadLocation("Europe/Berlin")
	english   = text.For("en-US", berlin)
	chinese   = text.For("zh-CN", berlin)
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file of testdata; -update writes it anew.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got; -update writes it anew):\n%s", name, diff)
	}
}

// year is a history of 300 deals in which offers are made one after the other, and too slowly; always the same.
func year() *script {
	s := newScript(testProcess())
	rng := rand.New(rand.NewPCG(7, 7))
	wait := func(mean float64) float64 { return 0.25 + mean*rng.ExpFloat64() }
	free := 0.0 // when the next offer can be worked on
	for id := int64(1); id <= 300; id++ {
		day := float64(id) * 0.7
		s.create(id, day, "lead").worth(id, 100_000*rng.Int64N(90), []string{"EUR", "EUR", "CNY"}[id%3])
		if day += wait(3); rng.IntN(4) == 0 {
			s.lose(id, day, "timing")
			continue
		}
		s.move(id, day, "demo")
		if day += wait(4); rng.IntN(9) == 0 {
			s.move(id, day, "lead")
			day += wait(2)
		}
		s.move(id, day, "offer")
		free = max(free, day) + wait(0.9)
		if day = free; rng.IntN(3) == 0 {
			s.lose(id, day, "price")
			continue
		}
		s.move(id, day, "signed")
		s.move(id, day+wait(5), "paid")
	}
	return s
}

func (s *script) result(t *testing.T, name string, o Options) Result {
	t.Helper()
	r, err := Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return r.of(s.history(o.AsOf.Sub(day0).Hours()/24), o)
}

func TestGoldenText(t *testing.T) {
	for name, s := range map[string]*script{"none": newScript(testProcess()), "small": small(), "year": year()} {
		var b bytes.Buffer
		for _, p := range []text.Printer{english, chinese} {
			for _, report := range Names() {
				if err := WriteText(&b, s.result(t, report, Options{AsOf: at(40 + 170*float64(len(s.log)/300))}), p); err != nil {
					t.Fatal(err)
				}
				b.WriteString("\n----\n\n")
			}
		}
		golden(t, name+".txt", b.Bytes())
	}
}

func TestGoldenJSONAndCSV(t *testing.T) {
	var b bytes.Buffer
	s := small()
	s.log[2][2].Data.Reason = "=cmd|'/c calc'!A1"
	for _, report := range Names() {
		res := s.result(t, report, Options{AsOf: at(40), From: at(0), To: at(30), Horizon: 14})
		if err := WriteJSON(&b, res, english); err != nil {
			t.Fatal(err)
		}
		if err := WriteCSV(&b, res, english); err != nil {
			t.Fatal(err)
		}
	}
	golden(t, "small.json", b.Bytes())
}

func TestRunRefuses(t *testing.T) {
	st, _ := seeded(t, small(), &sales.Organisation{})
	for want, o := range map[string]struct {
		name, format string
		o            Options
	}{
		"report.unknown map[name:sunshine]":                         {"sunshine", "text", Options{AsOf: at(40)}},
		"report.format map[format:xlsx]":                            {"funnel", "xlsx", Options{AsOf: at(40)}},
		"process.unknown map[process:other]":                        {"funnel", "text", Options{AsOf: at(40), Process: "other"}},
		"report.horizon map[horizon:-1]":                            {"funnel", "text", Options{AsOf: at(40), Horizon: -1}},
		"report.period map[from:1774861200000 to:1774861200000]":    {"funnel", "text", Options{AsOf: at(40), From: at(28), To: at(28)}},
		"report.future map[as_of:1775898000000 from:1775984400000]": {"funnel", "text", Options{AsOf: at(40), From: at(41)}},
	} {
		var b bytes.Buffer
		err := st.Read(ctx, func(ctx context.Context, r *store.Reader) error {
			return Run(ctx, r, o.name, o.o, o.format, &b, english)
		})
		if err == nil || err.Error() != want || b.Len() > 0 {
			t.Errorf("got %v and %d bytes, want %s", err, b.Len(), want)
		}
	}
}
