package reports

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
	"pipewright/store/pgtest"
)

var years = flag.Int("years", 0, "years of subscriptions that are simulated; otherwise ten, and three on PostgreSQL without -truth")

// firstYear is early enough for ten years to hold the day that Samoa left out, 30 December 2011.
const firstYear = 2010

// yearsZones are the zones of the simulated subscriptions, each with a time of day that its clocks
// skip, and one that they show twice.
var yearsZones = []struct{ zone, skipped, twice string }{
	{"America/New_York", "02:30", "01:15"},
	{"Europe/Berlin", "02:15", "02:30"},
	{"Asia/Shanghai", "09:00", "23:45"}, // no change of clocks
	{"Australia/Lord_Howe", "02:15", "01:45"},
	{"Pacific/Apia", "00:15", "03:15"},
	{"Africa/Casablanca", "02:45", "02:00"},
}

// slotsByTheClock looks at a clock in the zone every quarter of an hour, and notes when it
// first shows the time that is wanted, or a later one. It knows nothing of how slots are computed.
func slotsByTheClock(t testing.TB, sub store.Subscription, from, to time.Time) []Slot {
	t.Helper()
	location := zone(t, sub.Zone)
	var wanted []Slot // with times as a clock shows them
	for day := from.AddDate(0, 0, -40).Truncate(24 * time.Hour); day.Before(to.AddDate(0, 0, 40)); day = day.AddDate(0, 0, 1) {
		at := day.Add(time.Duration(sub.Hour)*time.Hour + time.Duration(sub.Minute)*time.Minute)
		switch year, week := day.ISOWeek(); {
		case sub.Every == "daily":
			wanted = append(wanted, Slot{day.Format(time.DateOnly), at})
		case sub.Every == "weekly" && day.Weekday() == sub.Weekday:
			wanted = append(wanted, Slot{fmt.Sprintf("%04d-W%02d", year, week), at})
		case sub.Every == "monthly" && day.Day() == 1:
			wanted = append(wanted, Slot{day.Format("2006-01"), at})
		}
	}
	var out []Slot
	shown := map[string]bool{} // days
	for at := from.AddDate(0, 0, -35); at.Before(to.AddDate(0, 0, 35)); at = at.Add(15 * time.Minute) {
		local := at.In(location)
		_, offset := local.Zone()
		wall := at.Add(time.Duration(offset) * time.Second)
		shown[local.Format(time.DateOnly)] = true
		for len(wanted) > 0 && !wall.Before(wanted[0].At) {
			out = append(out, Slot{wanted[0].Period, at})
			wanted = wanted[1:]
		}
	}
	if sub.Every == "daily" { // a day that a clock never showed has no digest
		out = slices.DeleteFunc(out, func(s Slot) bool { return !shown[s.Period] })
	}
	return slices.DeleteFunc(out, func(s Slot) bool { return !s.At.After(sub.Created) })
}

// yearly is one subscription with what must come, and what came.
type yearly struct {
	sub   store.Subscription
	slots []Slot
	last  int               // place of the slot that was posted last, -1 for none
	want  map[string]string // late, on time or either, by period
	may   map[string]bool   // where two clocks disagree about what is due
}

// look notes what must be posted when replicas look at the instants, together.
func (y *yearly) look(clocks []time.Time) {
	latest := y.last
	for _, now := range clocks {
		i := y.next(now)
		latest = max(latest, i-1)
		if i-1 > y.last {
			y.may[y.slots[i-1].Period] = true
		}
	}
	if latest == y.last {
		return
	}
	y.last = latest
	s, said := y.slots[latest], map[bool]bool{}
	for _, now := range clocks {
		if !s.At.After(now) {
			said[now.Sub(s.At) > lateAfter] = true
		}
	}
	y.want[s.Period] = map[bool]string{true: "late", false: "on time"}[said[true]]
	if len(said) > 1 {
		y.want[s.Period] = "either"
	}
}

// world of years: two replicas on one database, which are restarted and fail.
type yearsWorld struct {
	t        *testing.T
	url      string
	rng      *rand.Rand
	replicas [2]*Digests
	skew     [2]time.Duration
	subs     []*yearly
	outages  []time.Duration
	restarts int
}

func (w *yearsWorld) restart(i int) {
	if w.replicas[i] != nil {
		if err := w.replicas[i].Store.Close(); err != nil {
			w.t.Fatal(err)
		}
		w.restarts++
	}
	w.replicas[i] = &Digests{Store: openStore(w.t, w.url), Locale: "en", pageFor: cheapPage}
}

// cheapPage says no more than that it is late: what digests hold is tested elsewhere.
func cheapPage(_ context.Context, _ *store.Reader, _ store.Subscription, slot Slot, now time.Time, p text.Printer) (Page, error) {
	page := Page{Lang: p.Lang(), Title: slot.Period}
	page.small(slot.late(now, p))
	return page, nil
}

// tick lets one replica look at what is due, or both at once.
func (w *yearsWorld) tick(now time.Time) {
	up := [][]int{{0}, {1}, {0, 1}}[w.rng.IntN(3)]
	var clocks []time.Time
	for _, i := range up {
		clocks = append(clocks, now.Add(w.skew[i]))
	}
	for _, y := range w.subs {
		y.look(clocks)
	}
	var wg sync.WaitGroup
	for j, i := range up {
		wg.Go(func() {
			if err := w.replicas[i].Due(ctx, clocks[j]); err != nil {
				w.t.Error(err)
			}
		})
	}
	wg.Wait()
}

// later says when somebody looks next: mostly when something is due, sometimes after an
// outage of a minute to ten days, or a restart.
func (w *yearsWorld) later(now time.Time) time.Time {
	switch n := w.rng.IntN(400); {
	case n < 10:
		outage := time.Duration(float64(time.Minute) * math.Exp(w.rng.Float64()*math.Log(10*24*60)))
		w.outages = append(w.outages, outage)
		return now.Add(outage)
	case n == 10:
		w.restart(w.rng.IntN(2))
		return now.Add(time.Minute)
	}
	at := w.nextByTheClock(now)
	if w.rng.IntN(4) == 0 {
		said, err := w.replicas[0].NextDue(ctx, now)
		if err != nil || !said.Equal(at) && said.After(now) {
			w.t.Fatalf("at %s the next is due at %s, want %s; %v", now, said, at, err)
		}
	}
	return at
}

// nextByTheClock is when the first slot after the instant comes.
func (w *yearsWorld) nextByTheClock(now time.Time) time.Time {
	var first time.Time
	for _, y := range w.subs {
		i := y.next(now)
		if at := y.slots[i].At; first.IsZero() || at.Before(first) {
			first = at
		}
	}
	return first
}

// next is the place of the first slot after the instant.
func (y *yearly) next(now time.Time) int {
	i, _ := slices.BinarySearchFunc(y.slots, now, func(s Slot, now time.Time) int {
		if s.At.After(now) {
			return 1
		}
		return -1
	})
	return i
}

// posted returns what stands in the outbox, by key.
func (w *yearsWorld) posted() map[string]string {
	driver, source, _ := strings.Cut(w.url, ":")
	if driver == "sqlite" {
		driver = "sqlite3"
	} else {
		driver, source = "pgx", w.url
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT key, body FROM outbox`)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var key string
		var body []byte
		var page Page
		if err := rows.Scan(&key, &body); err != nil {
			w.t.Fatal(err)
		}
		if err := json.Unmarshal(body, &page); err != nil {
			w.t.Fatal(err)
		}
		if out[key] != "" {
			w.t.Errorf("%s was posted twice", key)
		}
		out[key] = "on time"
		if len(page.Parts) > 0 && strings.HasPrefix(page.Parts[0].Small, "late: it was due on ") {
			out[key] = "late"
		}
		if !strings.HasSuffix(key, ":"+page.Title) {
			w.t.Errorf("%s shows %s", key, page.Title)
		}
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	return out
}

// Ten years of subscriptions, by day, week and month: every period has one digest, what is late
// says so, and of what was missed the latest is caught up once.
func TestYearsOfSubscriptions(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			url, length := "sqlite:"+filepath.Join(t.TempDir(), "years.db"), 10
			if kind == "postgres" {
				url = pgtest.Start(t)
				if !*fully {
					length = 3
				}
			}
			simulateYears(t, url, cmp.Or(*years, length))
		})
	}
}

func simulateYears(t *testing.T, url string, years int) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	w := &yearsWorld{t: t, url: url, rng: rand.New(rand.NewPCG(seed, 0)), skew: [2]time.Duration{0, 90 * time.Second}}
	w.restart(0)
	w.restart(1)
	start := time.Date(firstYear, 1, 1, 0, 0, 0, 0, time.UTC)
	end := start.AddDate(years, 0, 0)
	if testing.Short() {
		end = start.AddDate(0, 3, 0)
	}
	w.subscribe(start, end)
	looks := 0
	for now := start; now.Before(end); now = w.later(now) {
		w.tick(now)
		looks++
	}
	got, late, missed, all := w.posted(), 0, 0, 0
	for _, y := range w.subs {
		for i, s := range y.slots {
			key := fmt.Sprintf("digest:%d:%s", y.sub.ID, s.Period)
			want, is := y.want[s.Period], got[key]
			if want == "" && is != "" && !y.may[s.Period] || want != "" && is == "" || want != "either" && want != "" && is != want {
				t.Errorf("%s of %s, %s at %s: %q, want %q", s.Period, y.sub.Zone, y.sub.Every, s.At, is, want)
			}
			delete(got, key)
			if i <= y.last {
				all, late, missed = all+1, late+ones(is == "late"), missed+ones(is == "")
			}
		}
	}
	for key := range got {
		t.Errorf("%s was posted, and was not due", key)
	}
	slices.Sort(w.outages)
	t.Logf("%d looks, %d periods, %d late, %d missed in %d outages of %v to %v, %d restarts",
		looks, all, late, missed, len(w.outages), w.outages[0], w.outages[len(w.outages)-1].Round(time.Hour), w.restarts)
	if least := int(end.Sub(start)/(24*time.Hour)) * len(yearsZones); all < least || late == 0 || missed == 0 || missed > all/4 {
		t.Errorf("the simulation is broken: %d periods of at least %d, %d late, %d missed", all, least, late, missed)
	}
}

// subscribe makes a daily, two weekly and two monthly subscriptions in each zone.
func (w *yearsWorld) subscribe(start, end time.Time) {
	st := w.replicas[0].Store
	inTx(w.t, st, func(ctx context.Context, tx *store.Tx) error {
		return tx.SaveOrganisation(ctx, &sales.Organisation{}, "UADMIN", "first", start)
	})
	for i, z := range yearsZones {
		for j, every := range []string{"daily", "weekly", "weekly", "monthly", "monthly"} {
			at := z.skipped
			if (i+j)%2 == 0 {
				at = z.twice
			}
			sub := store.Subscription{
				Report: DigestReport, Channel: fmt.Sprintf("C%d%d", i, j), Zone: z.zone, Every: every, Created: start,
			}
			if _, err := fmt.Sscanf(at, "%d:%d", &sub.Hour, &sub.Minute); err != nil {
				w.t.Fatal(err)
			}
			if every == "weekly" { // Sunday, when clocks change, and another day
				sub.Weekday = time.Weekday((j - 1) * (1 + i))
			}
			sub = subscribe(w.t, st, sub)
			w.subs = append(w.subs, &yearly{sub: sub, slots: slotsByTheClock(w.t, sub, start, end), last: -1, want: map[string]string{}, may: map[string]bool{}})
		}
	}
}
