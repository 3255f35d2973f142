package bench

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"pipewright/store/pgtest"
)

// sizes are how many deals are measured; a million takes ten minutes to make.
func sizes() []int {
	if os.Getenv("PIPEWRIGHT_BENCH_SMALL") != "" {
		return []int{10_000, 100_000}
	}
	return []int{10_000, 100_000, 1_000_000}
}

// TestBeside measures all in one run and writes the tables of docs/performance.md.
func TestBeside(t *testing.T) {
	if testing.Short() {
		t.Skip("measures for minutes")
	}
	dir := os.Getenv("PIPEWRIGHT_BENCH_DIR")
	if dir == "" {
		dir = t.TempDir()
	}
	first := newTable("Never read before", "deals", "first report", "processor time", "peak")
	cold := newTable("Cold", "deals", "first report", "three reports", "DuckDB", "ratio", "processor time", "DuckDB's", "ratio", "peak", "DuckDB's", "ratio")
	warm := newTable("Warm, all six reports", "deals", "median", "p95", "processor time, median", "p95", "peak")
	before := load()
	for _, n := range sizes() {
		file, duck := prepare(t, dir, n)
		firstRow(t, first, n, file)
		coldRow(t, cold, n, file, duck)
		warmRow(t, warm, n, file)
	}
	fmt.Printf("%d × %s, load %s before and %s after\n", runtime.NumCPU(), processorName(), before, load())
	for _, table := range []*table{first, cold, warm} {
		fmt.Print(table.String())
	}
}

// table is one of Markdown.
type table struct{ strings.Builder }

func newTable(title string, columns ...string) *table {
	t := &table{}
	fmt.Fprintf(t, "\n%s:\n\n| %s |\n|%s\n", title, strings.Join(columns, " | "), strings.Repeat(" ---: |", len(columns)))
	return t
}

func (t *table) row(cells ...string) { fmt.Fprintf(t, "| %s |\n", strings.Join(cells, " | ")) }

func ms(v float64) string {
	if v >= 1000 {
		return fmt.Sprintf("%.1f s", v/1000)
	}
	return fmt.Sprintf("%.0f ms", v)
}

func mb(v float64) string { return fmt.Sprintf("%.0f MB", v) }

func ratio(a, b float64) string { return fmt.Sprintf("%.2f", a/b) }

// prepare makes both files, or takes those that are there.
func prepare(t *testing.T, dir string, n int) (file, duck string) {
	file, duck = filepath.Join(dir, fmt.Sprint(n, ".db")), filepath.Join(dir, fmt.Sprint(n, ".duckdb"))
	if _, err := os.Stat(duck); err == nil {
		return file, duck
	}
	for _, name := range []string{file, file + "-wal", file + "-shm", duck, duck + ".part"} {
		_ = os.Remove(name)
	}
	fill(t, "sqlite:"+file, n)
	st := open(t, "sqlite:"+file)
	defer st.Close()
	duckFill(t, st, duck+".part")
	must(t, os.Rename(duck+".part", duck))
	return file, duck
}

const coldRounds = 5

// runs are what several children measured.
type runs []measured

func (r runs) median(of func(m measured) float64) float64 {
	var values []float64
	for _, m := range r {
		values = append(values, of(m))
	}
	return percentile(values, 0.5)
}

func first(m measured) float64 { return m.First }
func whole(m measured) float64 { return m.Whole }
func cpu(m measured) float64   { return m.CPU }
func peak(m measured) float64  { return m.Peak }

// firstRow reads the whole log, as after an import or an upgrade.
func firstRow(t *testing.T, w *table, n int, file string) {
	var all runs
	for range min(coldRounds, 1+200_000/n) {
		for _, kept := range keptFiles(file) {
			must(t, os.Remove(kept))
		}
		all = append(all, child(t, "ours", "sqlite:"+file))
	}
	w.row(fmt.Sprint(n), ms(all.median(first)), ms(all.median(cpu)), mb(all.median(peak)))
}

// keptFiles are the files beside the database.
func keptFiles(file string) []string {
	found, _ := filepath.Glob(file + "-reports-*")
	return found
}

// coldRow compares the answers, and measures each side in turn, so that what else the machine does meets both.
func coldRow(t *testing.T, w *table, n int, file, duck string) {
	var mine runs
	var theirs [2]runs // with one thread, and with two
	for range coldRounds {
		a := child(t, "ours", "sqlite:"+file)
		mine = append(mine, a)
		for i := range theirs {
			b := child(t, "duck", duck, fmt.Sprint(i+1))
			if diff := a.Answer.differs(b.Answer); diff != "" {
				t.Fatalf("of %d deals the reports and DuckDB say different things: %s", n, diff)
			}
			theirs[i] = append(theirs[i], b)
		}
	}
	best := theirs[0]
	if theirs[1].median(whole) < best.median(whole) {
		best = theirs[1]
	}
	cells := []string{fmt.Sprint(n), ms(mine.median(first))}
	for _, of := range []func(measured) float64{whole, cpu, peak} {
		a, b := mine.median(of), best.median(of)
		write := ms
		if len(cells) > 7 {
			write = mb
		}
		cells = append(cells, write(a), write(b), ratio(a, b))
	}
	w.row(cells...)
}

// warmRow works on a copy: it adds events.
func warmRow(t *testing.T, w *table, n int, file string) {
	rounds := 60
	if n > 100_000 {
		rounds = 20
	}
	copied := filepath.Join(t.TempDir(), "warm.db")
	must(t, copyFile(file, copied))
	for _, kept := range keptFiles(file) {
		must(t, copyFile(kept, copied+strings.TrimPrefix(kept, file)))
	}
	m := child(t, "warm", "sqlite:"+copied, fmt.Sprint(n), fmt.Sprint(rounds))
	must(t, os.Remove(copied))
	w.row(fmt.Sprint(n), ms(percentile(m.Rounds, 0.5)), ms(percentile(m.Rounds, 0.95)), ms(percentile(m.CPUs, 0.5)), ms(percentile(m.CPUs, 0.95)), mb(m.Peak))
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// TestPostgres measures cold and warm on PostgreSQL.
func TestPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("measures for minutes")
	}
	const n = 100_000
	url := pgtest.Start(t)
	fill(t, url, n)
	var cold runs
	for range coldRounds {
		cold = append(cold, child(t, "ours", url))
	}
	warm := child(t, "warm", url, fmt.Sprint(n), "60")
	w := newTable("PostgreSQL", "deals", "first report", "processor time", "peak", "warm, median", "p95", "processor time, median", "p95")
	w.row(fmt.Sprint(n), ms(cold.median(first)), ms(cold.median(cpu)), mb(cold.median(peak)), ms(percentile(warm.Rounds, 0.5)),
		ms(percentile(warm.Rounds, 0.95)), ms(percentile(warm.CPUs, 0.5)), ms(percentile(warm.CPUs, 0.95)))
	fmt.Print(w.String())
}

func load() string {
	text, _ := os.ReadFile("/proc/loadavg")
	return strings.Join(strings.Fields(string(text))[:1], "")
}

func processorName() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.Trim(name, " \t:\n")
		}
	}
	return runtime.GOARCH
}
