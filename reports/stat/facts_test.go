package stat

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

const won, lost Cause = 1, 2

// The stated facts about a CRM's export, computed with R from the file as it lies beside the repository.
func TestFactsOfCRMOpportunities(t *testing.T) {
	const day = 24 * time.Hour
	cut := time.Date(2017, 12, 31, 0, 0, 0, 0, time.UTC)
	var engaged []Observation
	for _, r := range opportunities(t) {
		cause := map[string]Cause{"Won": won, "Lost": lost}[r["deal_stage"]]
		if r["engage_date"] == "" {
			continue
		}
		end := cut
		if cause != Censored {
			end = date(t, r["close_date"])
		}
		engaged = append(engaged, Observation{Time: float64(end.Sub(date(t, r["engage_date"])) / day), Cause: cause})
	}
	s := NewSample(engaged)
	for what, n := range map[string][2]int{
		"engaged": {s.N(), 8300}, "won": {s.Count(won), 4238}, "lost": {s.Count(lost), 2473},
	} {
		if n[0] != n[1] {
			t.Errorf("%d %s, want %d", n[0], what, n[1])
		}
	}
	rate := Wilson(s.Count(won), s.Count(won, lost))
	median := s.Median()
	for what, v := range map[string][2]float64{
		"median days of won":  {Quantile(s.Times(won), 0.5), 57},
		"median days of lost": {Quantile(s.Times(lost), 0.5), 14},
		"median days of all":  {median.Value, 69}, "its lower limit": {median.Low, 67}, "its upper limit": {median.High, 70},
	} {
		if v[0] != v[1] {
			t.Errorf("%s: %g, want %g", what, v[0], v[1])
		}
	}
	for what, v := range map[string][2]float64{
		"rate": {rate.Value, 0.631500522}, "Wilson low": {rate.Low, 0.619886915}, "Wilson high": {rate.High, 0.642963669},
		"won by day 30": {s.Incidence(30, won).Value, 0.218994834}, "lost by day 30": {s.Incidence(30, lost).Value, 0.162206459},
	} {
		if off := v[0] - v[1]; off < -1e-9 || off > 1e-9 {
			t.Errorf("%s: %.12f, want %.9f", what, v[0], v[1])
		}
	}
}

// opportunities reads the export from beside the repository.
func opportunities(t *testing.T) []row {
	t.Helper()
	file := filepath.Join("..", "..", "..", "shared", "data", "crm-opportunities", "sales_pipeline.csv")
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s is not there: the facts about it are not checked", file)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return rowsOf(t, f)
}

func date(t *testing.T, text string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
