package bench

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"pipewright/reports"
	"pipewright/store"
)

// answer is what both sides compute: the funnel, the totals and the Kaplan–Meier medians.
type answer struct {
	Stages              []stageAnswer
	Won, Lost, Open     int
	WonValue, LostValue map[string]float64 // by currency, in its units
}

type stageAnswer struct {
	Stage                                                             string
	Entries, Advanced, Back, Won, Lost, Open, Reached, Skipped, Deals int
	LostValue                                                         map[string]float64
	TotalDays, Median                                                 float64
}

// compared are the reports that hold what the answer does, and more.
var compared = []string{"funnel", "outcomes", "stages"}

// ours answers with the reports.
func ours(ctx context.Context, st *store.Store) (answer, error) {
	var a answer
	err := st.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		for _, name := range compared {
			res, err := reports.Compute(ctx, r, name, reports.Options{AsOf: asOf})
			if err != nil {
				return err
			}
			a.take(res.Body.Rows())
		}
		return nil
	})
	return a, err
}

func (a *answer) take(rows any) {
	switch rows := rows.(type) {
	case []reports.FunnelRow:
		for _, r := range rows {
			a.Stages = append(a.Stages, stageAnswer{
				Stage: r.Stage, Entries: r.Entries, Advanced: r.Advanced, Back: r.Back, Won: r.Won, Lost: r.Lost, Open: r.Open,
				Reached: r.Reached, Skipped: r.Skipped, LostValue: floats(r.LostValue),
			})
		}
	case []reports.OutcomesRow:
		a.Won, a.Lost, a.Open = rows[0].Won, rows[0].Lost, rows[0].Open
		a.WonValue, a.LostValue = map[string]float64{}, map[string]float64{}
		for code, v := range rows[0].Value {
			a.WonValue[code], a.LostValue[code] = float64(v.Won), float64(v.Lost)
		}
	case []reports.StagesRow:
		for i, r := range rows {
			s := &a.Stages[i]
			s.Deals, s.TotalDays, s.Median = r.Deals, float64(r.TotalDays), orMinus(float64(r.KMMedian))
		}
	}
}

func floats(m map[string]reports.Num) map[string]float64 {
	out := map[string]float64{}
	for k, v := range m {
		out[k] = float64(v)
	}
	return out
}

// orMinus is a number that JSON can hold: unknown is −1.
func orMinus(v float64) float64 {
	if math.IsNaN(v) {
		return -1
	}
	return v
}

// differs says where two answers differ by more than rounding does, "" when they do not.
func (a answer) differs(b answer) string {
	if a.Won != b.Won || a.Lost != b.Lost || a.Open != b.Open || !near(a.WonValue, b.WonValue) || !near(a.LostValue, b.LostValue) {
		return fmt.Sprintf("totals: %d %d %d %v %v, and %d %d %d %v %v",
			a.Won, a.Lost, a.Open, a.WonValue, a.LostValue, b.Won, b.Lost, b.Open, b.WonValue, b.LostValue)
	}
	if len(a.Stages) != len(b.Stages) {
		return fmt.Sprintf("%d stages, and %d", len(a.Stages), len(b.Stages))
	}
	for i, x := range a.Stages {
		y := b.Stages[i]
		if !alike(x.TotalDays, y.TotalDays) || !alike(x.Median, y.Median) || !near(x.LostValue, y.LostValue) {
			return fmt.Sprintf("%+v, and %+v", x, y)
		}
		x.TotalDays, x.Median, x.LostValue, y.TotalDays, y.Median, y.LostValue = 0, 0, nil, 0, 0, nil
		if fmt.Sprint(x) != fmt.Sprint(y) {
			return fmt.Sprintf("%+v, and %+v", x, y)
		}
	}
	return ""
}

func alike(x, y float64) bool { return math.Abs(x-y) <= 1e-9*max(1, math.Abs(x)) }

func near(x, y map[string]float64) bool {
	for _, k := range slices.Concat(slices.Collect(maps.Keys(x)), slices.Collect(maps.Keys(y))) {
		if !alike(x[k], y[k]) {
			return false
		}
	}
	return true
}
