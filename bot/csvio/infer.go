package csvio

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"time"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// Steps is what a history says of a process that nobody has mapped yet.
type Steps struct {
	Deals  int
	Stages []Found // in their most likely order
	Won    int     // index of the stage that most likely wins a deal, -1 when there is only one stage
	Named  bool    // the files call a stage won: it is no guess
	Lost   int     // deals that the files call lost
	Odd    int     // moves against that order
	Moves  int
}

// Found is a stage that a history knows.
type Found struct {
	Name   string
	Deals  int // that came there
	Visits int
	Ends   int     // deals whose history ends there
	Median float64 // working days of a finished stay; NaN when none is finished
	Left   int     // finished stays
}

// found gathers what is known of one stage.
type found struct {
	Found
	names  map[string]int
	stays  []float64
	place  float64 // sum of the relative places of its first visits
	before []int   // deals that came here before they came to another stage, by its index
}

// inferrer reads a history without a process.
type inferrer struct {
	printer  text.Printer
	calendar sales.Calendar
	stages   []*found
	index    map[string]int // folded name → place in stages
	lost     map[int32]bool
}

type inferredRow struct {
	at    int64
	deal  int32
	stage int32
}

// tooManyStages is more than any process has: another column was meant.
const tooManyStages = 60

// Infer reads a history and finds the stages, their order and the working time
// spent in them. Rows that cannot be read are reported to bad and left out.
func Infer(t *Table, mappings []Mapping, dates DateOrder, calendar sales.Calendar, p text.Printer, bad func(*Bad)) (*Steps, error) {
	in := &inferrer{printer: p, calendar: calendar, index: map[string]int{}, lost: map[int32]bool{}}
	rows, deals, err := in.read(t, mappings, dates, bad)
	if err != nil {
		return nil, err
	}
	if len(in.stages) == 0 {
		return nil, errors.New(p.T("%s holds no row with a stage; check that the file is a history", t.Name))
	}
	if len(in.stages) > tooManyStages {
		return nil, errors.New(p.T("%s has %d different stages; is it the right column? Say which one it is with --map stage=COLUMN", t.Name, len(in.stages)))
	}
	for _, s := range in.stages {
		s.before = make([]int, len(in.stages))
	}
	slices.SortStableFunc(rows, func(a, b inferredRow) int { return cmp.Or(cmp.Compare(a.deal, b.deal), cmp.Compare(a.at, b.at)) })
	for from := 0; from < len(rows); {
		to := from
		for to < len(rows) && rows[to].deal == rows[from].deal {
			to++
		}
		in.deal(rows[from:to])
		from = to
	}
	return in.steps(rows, deals), nil
}

func (in *inferrer) read(t *Table, mappings []Mapping, dates DateOrder, bad func(*Bad)) ([]inferredRow, int, error) {
	l := NewLoader(Options{Processes: []*sales.Process{{Calendar: in.calendar}}, Org: &sales.Organisation{}, Mappings: mappings, Dates: dates, Printer: in.printer, Bad: bad})
	if err := l.CheckMappings(t); err != nil {
		return nil, 0, err
	}
	b, clock, err := l.open(t, historyFile, historyColumns)
	if err != nil {
		return nil, 0, err
	}
	var rows []inferredRow
	err = l.each(t, func(r Row) string {
		external, name, at, why := l.happened(&b, clock, r, "stage", "entered_at")
		if why != "" {
			return why
		}
		rows = append(rows, inferredRow{at: at.at.UnixMilli(), deal: l.entry(external), stage: in.stage(name)})
		return ""
	})
	return rows, l.Deals(), err
}

// lostStage stands for the word that ends a deal; it is no stage.
const lostStage = -1

// stage returns the place of a stage by its name.
func (in *inferrer) stage(name string) int32 {
	folded := text.Fold(name)
	if endWords[plainHeader(name)] == toLost {
		return lostStage
	}
	i, ok := in.index[folded]
	if !ok {
		i = len(in.stages)
		in.index[folded] = i
		in.stages = append(in.stages, &found{names: map[string]int{}})
	}
	in.stages[i].names[name]++
	return int32(i)
}

// deal counts what one deal's rows, in order of time, say of the stages.
func (in *inferrer) deal(rows []inferredRow) {
	rows = slices.CompactFunc(rows, func(a, b inferredRow) bool { return a.stage == b.stage })
	var first []int32 // stages in the order in which the deal came to them
	for i, r := range rows {
		if r.stage == lostStage {
			in.lost[r.deal] = true
			continue
		}
		s := in.stages[r.stage]
		s.Visits++
		if i+1 < len(rows) {
			worked := in.calendar.Worked(time.UnixMilli(r.at), time.UnixMilli(rows[i+1].at))
			s.stays = append(s.stays, float64(in.calendar.WorkDays(worked)))
		}
		if !slices.Contains(first, r.stage) {
			first = append(first, r.stage)
		}
	}
	if n := len(rows); rows[n-1].stage != lostStage {
		in.stages[rows[n-1].stage].Ends++
	}
	for i, a := range first {
		in.stages[a].Deals++
		in.stages[a].place += (float64(i) + 0.5) / float64(len(first))
		for _, b := range first[i+1:] {
			in.stages[a].before[b]++
		}
	}
}

// steps puts the stages in order and guesses the one that wins.
func (in *inferrer) steps(rows []inferredRow, deals int) *Steps {
	order := make([]int, len(in.stages))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(in.precedes(b), in.precedes(a)), cmp.Compare(in.relative(a), in.relative(b)))
	})
	out := &Steps{Deals: deals, Lost: len(in.lost), Won: -1}
	rank := make([]int, len(in.stages))
	for n, i := range order {
		rank[i] = n
		s := in.stages[i]
		s.Name, s.Left, s.Median = mostUsed(s.names), len(s.stays), median(s.stays)
		out.Stages = append(out.Stages, s.Found)
		if endWords[plainHeader(s.Name)] == toWon {
			out.Won, out.Named = n, true
		}
	}
	if !out.Named {
		for n, s := range out.Stages {
			if n > 0 && (out.Won < 0 || s.Ends > out.Stages[out.Won].Ends) {
				out.Won = n
			}
		}
	}
	for i := 1; i < len(rows); i++ {
		a, b := rows[i-1], rows[i]
		if a.deal == b.deal && a.stage != b.stage && a.stage >= 0 && b.stage >= 0 {
			out.Moves++
			if rank[a.stage] > rank[b.stage] {
				out.Odd++
			}
		}
	}
	return out
}

// precedes is how early a stage comes: the mean share of deals that came to it before
// they came to another stage, over the stages that it shares deals with.
func (in *inferrer) precedes(i int) float64 {
	sum, n := 0.0, 0
	for j := range in.stages {
		ahead, behind := in.stages[i].before[j], in.stages[j].before[i]
		if ahead+behind > 0 {
			sum += float64(ahead) / float64(ahead+behind)
			n++
		}
	}
	if n == 0 {
		return 0.5
	}
	return sum / float64(n)
}

// relative is where in a deal the stage comes on average, from 0 to 1.
func (in *inferrer) relative(i int) float64 {
	return in.stages[i].place / math.Max(1, float64(in.stages[i].Deals))
}

func mostUsed(names map[string]int) string {
	best := ""
	for name, n := range names {
		if best == "" || n > names[best] || n == names[best] && name < best {
			best = name
		}
	}
	return best
}

// median returns the middle of the values, NaN for none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}
