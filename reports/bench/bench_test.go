package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"pipewright/store/pgtest"
)

func sizes() []int {
	if os.Getenv("PIPEWRIGHT_BENCH_MILLION") != "" {
		return []int{10_000, 100_000, 1_000_000}
	}
	return []int{10_000, 100_000}
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
	var cold, warm strings.Builder
	fmt.Fprintf(&cold, "| deals | first report | three reports | DuckDB, best of 1 and 2 threads | ratio | processor, ratio | peak | DuckDB's | ratio |\n|%s\n", strings.Repeat(" ---: |", 9))
	fmt.Fprintf(&warm, "| deals | median | p95 | slowest | processor time | peak |\n|%s\n", strings.Repeat(" ---: |", 6))
	before := load()
	for _, n := range sizes() {
		file, duck := prepare(t, dir, n)
		coldRow(t, &cold, n, file, duck)
		warmRow(t, &warm, n, file)
	}
	fmt.Printf("%d × %s, load %s before and %s after\n\nCold:\n\n%s\nWarm:\n\n%s", runtime.NumCPU(), processorName(), before, load(), cold.String(), warm.String())
}

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

// coldRow compares the answers, then measures each side in turn, so that what else the machine does meets both.
func coldRow(t *testing.T, w *strings.Builder, n int, file, duck string) {
	var mine, first, cpu, peak []float64
	theirs := [2]struct{ whole, cpu, peak []float64 }{}
	for range coldRounds {
		a := child(t, "ours", "sqlite:"+file)
		mine, first, cpu, peak = append(mine, a.Whole), append(first, a.First), append(cpu, a.CPU), append(peak, a.Peak)
		for i := range theirs {
			b := child(t, "duck", duck, fmt.Sprint(i+1))
			if diff := a.Answer.differs(b.Answer); diff != "" {
				t.Fatalf("of %d deals the reports and DuckDB say different things: %s", n, diff)
			}
			theirs[i].whole, theirs[i].cpu, theirs[i].peak = append(theirs[i].whole, b.Whole), append(theirs[i].cpu, b.CPU), append(theirs[i].peak, b.Peak)
		}
	}
	best := theirs[0]
	if median(theirs[1].whole) < median(best.whole) {
		best = theirs[1]
	}
	fmt.Fprintf(w, "| %d | %.0f ms | %.0f ms | %.0f ms | %.2f | %.2f | %.0f MB | %.0f MB | %.2f |\n", n, median(first), median(mine), median(best.whole),
		median(mine)/median(best.whole), median(cpu)/median(best.cpu), median(peak), median(best.peak), median(peak)/median(best.peak))
}

// warmRow works on a copy: it adds events.
func warmRow(t *testing.T, w *strings.Builder, n int, file string) {
	rounds := 60
	if n > 100_000 {
		rounds = 20
	}
	copied := filepath.Join(t.TempDir(), "warm.db")
	content, err := os.ReadFile(file)
	must(t, err)
	must(t, os.WriteFile(copied, content, 0o600))
	content = nil
	m := child(t, "warm", "sqlite:"+copied, fmt.Sprint(n), fmt.Sprint(rounds))
	must(t, os.Remove(copied))
	fmt.Fprintf(w, "| %d | %.0f ms | %.0f ms | %.0f ms | %.0f ms | %.0f MB |\n", n, median(m.Rounds), percentile(m.Rounds, 0.95), percentile(m.Rounds, 1), m.CPU, m.Peak)
}

// TestPostgres measures cold and warm on PostgreSQL.
func TestPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("measures for minutes")
	}
	const n = 100_000
	url := pgtest.Start(t)
	fill(t, url, n)
	var first, whole, cpu []float64
	for range coldRounds {
		m := child(t, "ours", url)
		first, whole, cpu = append(first, m.First), append(whole, m.Whole), append(cpu, m.CPU)
	}
	m := child(t, "warm", url, fmt.Sprint(n), "60")
	fmt.Printf("PostgreSQL, %d deals: first report %.0f ms, three reports %.0f ms, processor time %.0f ms; warm median %.0f ms, p95 %.0f ms; load %s\n",
		n, median(first), median(whole), median(cpu), median(m.Rounds), percentile(m.Rounds, 0.95), load())
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
