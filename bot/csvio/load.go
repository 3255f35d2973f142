package csvio

import (
	"cmp"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// Options are what a Loader matches the files with.
type Options struct {
	Processes []*sales.Process // the default one first
	Only      string           // key of the process that all rows belong to; "" lets the files say
	Known     map[string]int   // deal_id → index in Processes of deals that stand in the store
	Org       *sales.Organisation
	People    []store.Person
	Mappings  []Mapping
	Stages    map[string]string // names in the files → stage keys, or "won" or "lost"
	Dates     DateOrder
	Printer   text.Printer
	Bad       func(*Bad) // hears of every row that cannot be taken
}

// Loader holds what the files say, and makes deals of it.
type Loader struct {
	o        Options
	printer  text.Printer
	people   *people
	matchers []*matcher // one for each process

	index      map[string]int32 // deal_id → place in entries
	entries    []entry
	history    []historyRow
	activities []activityRow
	words      interner // actors and texts that repeat
	files      [3]string
	unused     []string
	bad        int
	sorted     bool
}

// entry is a deal that some file speaks of.
type entry struct {
	external string
	process  int16    // index of its matcher; unsaid when no file says
	row      *dealRow // nil without a row in the file of deals
	history  span
	acts     span
}

const unsaid int16 = -1

// span is a part of the sorted rows.
type span struct{ from, to int32 }

// historyRow is kept small, since there are many.
type historyRow struct {
	at    int64 // Unix milliseconds
	deal  int32
	line  int32
	actor int32
	step  step
}

type activityRow struct {
	at      int64
	deal    int32
	line    int32
	kind    int32
	minutes int32
	actor   int32
	outcome int32
	note    string
}

// The files of a Loader, in Loader.files.
const (
	dealsFile = iota
	historyFile
	activitiesFile
)

// NewLoader returns an empty Loader.
func NewLoader(o Options) *Loader {
	l := &Loader{o: o, printer: o.Printer, people: newPeople(o.People), index: map[string]int32{}, words: newInterner()}
	aliases := map[string]string{}
	for name, key := range o.Stages {
		aliases[text.Fold(name)] = key
	}
	for _, p := range o.Processes {
		if o.Only == "" || p.Key == o.Only {
			l.matchers = append(l.matchers, newMatcher(p, aliases))
		}
	}
	return l
}

// Deals, Histories and Activities count what was read and could be taken.
func (l *Loader) Deals() int      { return len(l.entries) }
func (l *Loader) Histories() int  { return len(l.history) }
func (l *Loader) Activities() int { return len(l.activities) }

// BadRows counts what could not be taken.
func (l *Loader) BadRows() int { return l.bad }

// Unused lists the columns that nothing was read from.
func (l *Loader) Unused() []string { return l.unused }

// External returns the deal_id of deal i, and whether a row of the deals file speaks of it.
func (l *Loader) External(i int) (id string, row bool) {
	return l.entries[i].external, l.entries[i].row != nil
}

// Find returns the place of a deal_id.
func (l *Loader) Find(external string) (int, bool) {
	i, ok := l.index[external]
	return int(i), ok
}

// refuse reports a row that cannot be taken.
func (l *Loader) refuse(b *Bad) {
	l.bad++
	if l.o.Bad != nil {
		l.o.Bad(b)
	}
}

// each calls take for every row; what take returns is why the row is refused.
func (l *Loader) each(t *Table, take func(Row) string) error {
	for {
		row, err := t.Next()
		var bad *Bad
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &bad):
			if bad.Line == 0 {
				return err
			}
			l.refuse(bad)
			continue
		case err != nil:
			return err
		}
		if why := take(row); why != "" {
			l.refuse(t.bad(row.Line, why))
		}
	}
}

// open gets a table ready: its name, its columns and its clock.
func (l *Loader) open(t *Table, file int, columns []column) (binding, *clockReader, error) {
	l.files[file] = t.Name
	b, err := bind(t, columns, l.o.Mappings, l.printer)
	l.unused = append(l.unused, b.unused...)
	return b, &clockReader{zone: l.matchers[0].process.Calendar.Location(), order: l.o.Dates}, err
}

// entry returns the place of the deal, which is made when it is new.
func (l *Loader) entry(external string) int32 {
	if i, ok := l.index[external]; ok {
		return i
	}
	external = strings.Clone(external)
	i := int32(len(l.entries))
	e := entry{external: external, process: unsaid}
	if at, ok := l.o.Known[external]; ok && l.o.Only == "" {
		e.process = int16(at)
	}
	l.entries = append(l.entries, e)
	l.index[external] = i
	return i
}

// belongs settles to which process a deal belongs, by the row's cell or by what
// was said of the deal before. It returns why the row cannot be taken.
func (l *Loader) belongs(i int32, cell string) string {
	e := &l.entries[i]
	if cell == "" {
		return ""
	}
	at := slices.IndexFunc(l.matchers, func(m *matcher) bool {
		return m.process.Key == cell || slices.ContainsFunc(texts(m.process.Name), func(n string) bool { return text.Fold(n) == text.Fold(cell) })
	})
	switch {
	case at < 0 && l.o.Only != "":
		if slices.ContainsFunc(l.o.Processes, func(p *sales.Process) bool { return p.Key == cell }) {
			return l.printer.T("it belongs to the process %s, and --process says %s — leave --process out, or this row", cell, l.o.Only)
		}
		return "" // the other system's name for it: --process decides
	case at < 0:
		var keys []string
		for _, m := range l.matchers {
			keys = append(keys, m.process.Key)
		}
		return l.printer.T("there is no process %q — say which one it is with --process; there is %s", cell, l.printer.List(keys))
	case e.process != unsaid && int(e.process) != at:
		return l.printer.T("the deal belongs to the process %s in another row — one deal has one process", l.matchers[e.process].process.Key)
	}
	e.process = int16(at)
	return ""
}

// matcher returns the matcher of a deal's process. A deal of which nobody said
// belongs to the default one from then on.
func (l *Loader) matcher(i int32) *matcher {
	e := &l.entries[i]
	if e.process == unsaid {
		e.process = 0
	}
	return l.matchers[e.process]
}

// date reads an instant; why is the reason that it cannot be.
func (l *Loader) date(c *clockReader, field, cell string) (moment, string) {
	m, trouble := c.read(cell)
	switch trouble {
	case twoReadings:
		return m, l.printer.T("%s: %q can be two days — say which with --dates dmy or --dates mdy", field, cell)
	case outOfRange:
		return m, l.printer.T("%s: %q is no year that a deal can lie in — correct it or leave the cell empty", field, cell)
	case unreadable:
		return m, l.printer.T("%s: %q is no date that can be read — write it as 2026-11-24 or 2026-11-24T15:04:05Z", field, cell)
	}
	return m, ""
}

// arrange sorts the rows by deal and time, those of one time in the order of the
// file, and tells each entry where its rows are.
func (l *Loader) arrange() {
	if l.sorted {
		return
	}
	l.sorted = true
	slices.SortStableFunc(l.history, func(a, b historyRow) int {
		return cmp.Or(cmp.Compare(a.deal, b.deal), cmp.Compare(a.at, b.at))
	})
	slices.SortStableFunc(l.activities, func(a, b activityRow) int {
		return cmp.Or(cmp.Compare(a.deal, b.deal), cmp.Compare(a.at, b.at))
	})
	for i, r := range l.history {
		grow(&l.entries[r.deal].history, i)
	}
	for i, r := range l.activities {
		grow(&l.entries[r.deal].acts, i)
	}
}

func grow(s *span, i int) {
	if s.to == 0 {
		s.from = int32(i)
	}
	s.to = int32(i) + 1
}

// interner gives each different text a small number.
type interner struct {
	numbers map[string]int32
	texts   []string
}

func newInterner() interner { return interner{numbers: map[string]int32{"": 0}, texts: []string{""}} }

func (in *interner) number(s string) int32 {
	if n, ok := in.numbers[s]; ok {
		return n
	}
	s = strings.Clone(s)
	n := int32(len(in.texts))
	in.numbers[s] = n
	in.texts = append(in.texts, s)
	return n
}

func instant(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
