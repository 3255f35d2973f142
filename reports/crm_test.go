package reports

import (
	"encoding/csv"
	"os"
	"strconv"
	"testing"
	"time"

	"pipewright/internal/sales"
)

// crm is a CRM's export without stage history, as of the end of 2017.
func crm(t *testing.T) *History {
	t.Helper()
	const file = "../../shared/data/crm-opportunities/sales_pipeline.csv"
	f, err := os.Open(file)
	if os.IsNotExist(err) {
		t.Skip("no ../shared/data: the real export is not there to read")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	asOf := time.Date(2017, 12, 31, 0, 0, 0, 0, time.UTC)
	b := newBuilder(wonLast(), asOf)
	for i, rec := range records[1:] {
		id := int64(i + 1)
		begun, _ := time.Parse(time.DateOnly, rec[5])
		ended, _ := time.Parse(time.DateOnly, rec[6])
		_ = b.event(sales.Event{Deal: id, Version: 1, At: begun, Type: sales.Created, Data: sales.EventData{To: "lead", NoStay: true}})
		switch rec[4] {
		case "Won":
			_ = b.event(sales.Event{Deal: id, Version: 2, At: ended, Type: sales.Moved,
				Data: sales.EventData{From: "lead", To: "signed", Direction: sales.ExitWon, Ends: true, NoStay: true}})
		case "Lost":
			_ = b.event(sales.Event{Deal: id, Version: 2, At: ended, Type: sales.LostEvent, Data: sales.EventData{From: "lead"}})
		}
	}
	b.flush()
	for i, rec := range records[1:] {
		worth, _ := strconv.ParseInt(rec[7], 10, 64)
		_ = b.describe(sales.Deal{ID: int64(i + 1), Owner: rec[1], Amount: sales.Money{Minor: 100 * worth, Currency: "USD"}})
	}
	return b.history()
}

// The facts that R's survival package finds in it (R 4.2, survival 3.5).
func TestFactsOfARealExport(t *testing.T) {
	h := crm(t)
	o := Options{AsOf: h.AsOf}
	out := outcomes(h, o).(OutcomesRow)
	same(t, []int{4238, 2473, 8800 - 4238 - 2473}, []int{out.Won, out.Lost, out.Open})
	near(t, "win rate", out.WinRate, 0.631500522)
	near(t, "lower", out.WinLow, 0.619886915)
	near(t, "upper", out.WinHigh, 0.642963669)
	near(t, "won by day 30", out.WinByHorizon, 0.218994834)
	near(t, "lost by day 30", out.LostByHorizon, 0.162206459)
	c := cycle(h, o).(cycleBody)
	same(t, []Num{57, 14}, []Num{c.won.Median, c.lost.Median})
	same(t, []Num{8300, 69, 67, 70}, []Num{Num(c.all.N), c.all.KMMedian, c.all.KMLow, c.all.KMHigh})
	if h.Left.NoCreated != 500 {
		t.Errorf("%d deals without a date, want 500", h.Left.NoCreated)
	}
}

func near(t *testing.T, what string, got Num, want float64) {
	t.Helper()
	if d := float64(got) - want; d > 6e-10 || d < -6e-10 {
		t.Errorf("%s = %.9f, want %.9f", what, got, want)
	}
}
