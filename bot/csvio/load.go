package csvio

import (
	"cmp"
	"errors"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

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
	logs       []eventRow
	approvals  []approvalRow
	words      interner // actors and texts that repeat
	files      [5]string
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
	log      span
	asked    span
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
	event   int32 // version of its event, 0 when it has none yet
	note    string
	extra   *activityExtra
}

// activityExtra is what only our own export says of an activity.
type activityExtra struct {
	link   string
	cost   sales.Money
	undone bool
}

// The files of a Loader, in Loader.files.
const (
	dealsFile = iota
	historyFile
	activitiesFile
	eventsFile
	approvalsFile
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

// Deals counts the deals that the files speak of: Build and Reconcile take their places, from 0.
func (l *Loader) Deals() int { return len(l.entries) }

// Activities counts the activities that could be taken.
func (l *Loader) Activities() int { return len(l.activities) }

// BadRows counts what could not be taken.
func (l *Loader) BadRows() int { return l.bad }

// Unused lists the columns that nothing was read from.
func (l *Loader) Unused() []string { return l.unused }

// Process returns the process of deal i.
func (l *Loader) Process(i int) *sales.Process { return l.matcher(int32(i)).process }

// DealID is the deal_id of a stored deal in files: that of the system that it came
// from, or else its number here.
func DealID(d sales.Deal) string {
	if d.External != "" {
		return d.External
	}
	return d.Ref()
}

// Match returns the place of the files' deal that is the stored one. A number that
// was given here means this deal only when it was created at the same time: it
// may come from another database.
func (l *Loader) Match(d sales.Deal) (int, bool) {
	i, ok := l.index[DealID(d)]
	if !ok || l.matcher(i).process.Key != d.Process {
		return 0, false
	}
	return int(i), d.External != "" || l.createdAt(i, d.Created)
}

// createdAt reports whether the files say that a deal was created at the instant.
func (l *Loader) createdAt(i int32, at time.Time) bool {
	l.arrange()
	e := &l.entries[i]
	switch {
	case e.log.to > 0:
		return l.logs[e.log.from].at == at.UnixMilli()
	case e.row != nil && !e.row.created.at.IsZero():
		return e.row.created.at.Equal(at)
	case e.history.to > 0:
		return l.history[e.history.from].at == at.UnixMilli()
	}
	return e.row == nil // activities alone: they say nothing else than the number
}

// Speaks reports whether the files have more of deal i than rows that were refused.
func (l *Loader) Speaks(i int) bool {
	e := &l.entries[i]
	return e.row != nil || e.history.to > 0 || e.log.to > 0
}

// Refuse reports a row that cannot be taken.
func (l *Loader) Refuse(b *Bad) {
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
			l.Refuse(bad)
			continue
		case err != nil:
			return err
		}
		why := l.endless(t, row)
		if why == "" {
			why = take(row)
		}
		if why != "" {
			l.Refuse(t.bad(row.Line, why))
		}
	}
}

// Limits of a cell, in characters: what somebody typed into Slack fits. A deal's id
// stands in an index.
const (
	maxCell = 40_000
	maxText = 3000
	maxID   = 500
)

// endless says which cell of a row is too long for anything.
func (l *Loader) endless(t *Table, r Row) string {
	for i, cell := range r.Cells[:min(len(r.Cells), len(t.Header))] {
		if why := l.within(maxCell, t.Header[i], cell); why != "" {
			return why
		}
	}
	return ""
}

// within says that a cell is longer than it can be.
func (l *Loader) within(most int, name, cell string) string {
	if len(cell) <= most || utf8.RuneCountInString(cell) <= most {
		return ""
	}
	return l.printer.T("%s is too long — shorten it to %d characters or take the row out", name, most)
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
	at := slices.IndexFunc(l.matchers, func(m *matcher) bool { return isCalled(m.process, cell) })
	switch {
	case at < 0 && l.o.Only != "":
		if slices.ContainsFunc(l.o.Processes, func(p *sales.Process) bool { return isCalled(p, cell) }) {
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

// isCalled reports whether a cell means the process, by its key or a name.
func isCalled(p *sales.Process, cell string) bool {
	return p.Key == cell || slices.ContainsFunc(texts(p.Name), func(n string) bool { return text.Fold(n) == text.Fold(cell) })
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
	slices.SortStableFunc(l.logs, func(a, b eventRow) int {
		return cmp.Or(cmp.Compare(a.deal, b.deal), cmp.Compare(a.version, b.version))
	})
	slices.SortStableFunc(l.approvals, func(a, b approvalRow) int {
		return cmp.Or(cmp.Compare(a.deal, b.deal), cmp.Compare(a.ID, b.ID))
	})
	for i, r := range l.logs {
		grow(&l.entries[r.deal].log, i)
	}
	for i, r := range l.approvals {
		grow(&l.entries[r.deal].asked, i)
	}
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
