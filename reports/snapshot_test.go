package reports

import (
	"context"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
)

// keepsAll has a file written of however few deals.
func keepsAll(t *testing.T, st *store.Store) {
	t.Helper()
	err := st.Read(ctx, func(_ context.Context, r *store.Reader) error {
		r.Kept(cacheKey{}, func() any { return &cache{keepFrom: 1} })
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// reopen opens the database again, and reports whether the next report reads the whole log.
func (c *chronicle) reopen(url string) (readAll bool) {
	c.t.Helper()
	if err := c.st.Close(); err != nil {
		c.t.Fatal(err)
	}
	c.st = openStore(c.t, url)
	keepsAll(c.t, c.st)
	c.compare(c.day)
	return keptLog(c.t, c.st).full > 0
}

func newChronicle(t *testing.T, seed uint64) (*chronicle, string) {
	st, url := seeded(t, newScript(testProcess()), &sales.Organisation{})
	keepsAll(t, st)
	c := &chronicle{t: t, st: st, rng: rand.New(rand.NewPCG(seed, 11)), day: 1}
	t.Cleanup(func() { _ = c.st.Close() })
	for range 10 {
		c.create()
	}
	return c, url
}

func (c *chronicle) seal() {
	if _, err := c.st.Seal(ctx, at(c.day)); err != nil {
		c.t.Fatal(err)
	}
}

// A restart goes on with what was read before it, whatever happened meanwhile.
func TestRestartGoesOn(t *testing.T) {
	spared := 0
	for seed := range uint64(4) {
		c, url := newChronicle(t, seed)
		c.seal()
		for range 8 {
			for range 10 {
				c.act()
			}
			if !c.reopen(url) {
				spared++
			}
			c.compare(c.day * c.rng.Float64())
		}
	}
	if spared < 16 {
		t.Errorf("of 32 restarts only %d were spared the whole log", spared)
	}
}

// What the file may not be used for is read from the log.
func TestFileOfAnotherLog(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, c *chronicle, db, file string){
		"missing": func(t *testing.T, _ *chronicle, _, file string) { must(t, os.Remove(file)) },
		"damaged": func(t *testing.T, _ *chronicle, _, file string) {
			content := read(t, file)
			content[len(content)/2] ^= 1
			must(t, os.WriteFile(file, content, 0o600))
		},
		"cut off": func(t *testing.T, _ *chronicle, _, file string) {
			must(t, os.WriteFile(file, read(t, file)[:100], 0o600))
		},
		"empty": func(t *testing.T, _ *chronicle, _, file string) { must(t, os.WriteFile(file, nil, 0o600)) },
		"of another database": func(t *testing.T, c *chronicle, _, file string) {
			other, _ := newChronicle(t, 99)
			for range 40 {
				other.act()
			}
			other.seal()
			other.compare(other.day)
			keptLog(t, other.st).rewrite(t, other.st)
			must(t, os.WriteFile(file, read(t, fileOf(t, other.st)), 0o600))
		},
		"of a later state": func(t *testing.T, c *chronicle, db, file string) {
			must(t, c.st.Close())
			must(t, os.Rename(db+".former", db)) // a backup is put back
		},
		"of another version": func(_ *testing.T, c *chronicle, _, _ string) { c.changeProcess() },
	} {
		t.Run(name, func(t *testing.T) {
			c, url := newChronicle(t, 5)
			db := strings.TrimPrefix(url, "sqlite:")
			must(t, c.st.Backup(ctx, db+".former"))
			c.seal()
			c.compare(c.day)
			keptLog(t, c.st).rewrite(t, c.st)
			file := fileOf(t, c.st)
			if c.reopen(url) {
				t.Fatal("the file is not used even when it is right")
			}
			spoil(t, c, db, file)
			if !c.reopen(url) {
				t.Error("the file was used")
			}
		})
	}
}

// What a killed process left of a file is swept away; what another one writes at the moment is not.
func TestPartsAreSwept(t *testing.T) {
	c, _ := newChronicle(t, 1)
	c.seal()
	c.compare(c.day)
	keptLog(t, c.st).rewrite(t, c.st)
	name := fileOf(t, c.st)
	old, fresh := name+".1.part", name+".2.part"
	for _, part := range []string{old, fresh} {
		must(t, os.WriteFile(part, nil, 0o600))
	}
	must(t, os.Chtimes(old, time.Time{}, time.Now().Add(-2*time.Hour)))
	keptLog(t, c.st).rewrite(t, c.st)
	if _, err := os.Stat(old); err == nil {
		t.Error("what is old is not swept")
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Error("what is new was swept")
	}
}

// rewrite writes the file as it would be written after the log was read.
func (f *folded) rewrite(t *testing.T, st *store.Store) {
	t.Helper()
	must(t, st.Read(ctx, func(ctx context.Context, r *store.Reader) error { return f.remember(ctx, r) }))
}

func fileOf(t *testing.T, st *store.Store) (name string) {
	t.Helper()
	must(t, st.Read(ctx, func(_ context.Context, r *store.Reader) error {
		name = snapshotFile(r, "b2b")
		return nil
	}))
	info, err := os.Stat(name)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the file may be read by others: %v", info.Mode())
	}
	if left, _ := filepath.Glob(name + ".*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	return name
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(name)
	must(t, err)
	return content
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Numbers and texts come back as they were, and what is cut off is an error.
func TestCoder(t *testing.T) {
	var file strings.Builder
	w := newWriter(&file)
	numbers := []int64{0, -1, 1, 63, 64, never, forever, 1 << 40}
	words := []string{"", "a", "b", "a", "", strings.Repeat("x", 5000)}
	for i := range numbers {
		number(w, &numbers[i])
		since(w, &numbers[i], never)
	}
	for i := range words {
		word(w, &words[i])
	}
	must(t, w.w.Flush())
	r := newReader(strings.NewReader(file.String()))
	for _, want := range numbers {
		var a, b int64
		number(r, &a)
		since(r, &b, never)
		if a != want || b != want {
			t.Errorf("%d came back as %d and %d", want, a, b)
		}
	}
	for _, want := range words {
		var got string
		word(r, &got)
		if got != want {
			t.Errorf("%.10q came back as %.10q", want, got)
		}
	}
	if r.err != nil {
		t.Error(r.err)
	}
	var n int64
	if number(r, &n); r.err == nil || n != 0 {
		t.Error("there is more than was written")
	}
	r = newReader(io.LimitReader(strings.NewReader(file.String()), int64(file.Len()-10)))
	for range 2*len(numbers) + len(words) {
		var s string
		word(r, &s)
	}
	if r.err == nil {
		t.Error("what was cut off is missed by nobody")
	}
}
