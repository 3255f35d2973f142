package reports

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// What the terminal shows of a digest is what Slack shows, without marks; JSON has its numbers.
func TestRunDigest(t *testing.T) {
	st, _ := seeded(t, small(), &sales.Organisation{})
	run := func(every, format string, o Options, now time.Time, p text.Printer) string {
		t.Helper()
		var b bytes.Buffer
		err := st.Read(ctx, func(ctx context.Context, r *store.Reader) error {
			return RunDigest(ctx, r, every, o, now, format, &b, p)
		})
		if err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	asOf := Options{AsOf: at(40)}
	said := run("weekly", "text", asOf, at(40), english)
	for _, want := range []string{"Weekly digest · ", "Open now", "Stage "} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in\n%s", want, said)
		}
	}
	if strings.ContainsAny(said, "*\u200b") || strings.Contains(said, "still does today") {
		t.Errorf("it says\n%s", said)
	}
	if late := run("weekly", "text", asOf, at(50), chinese); !strings.Contains(late, "今天仍然如此") {
		t.Errorf("that attention is of today is not said:\n%s", late)
	}
	var e struct {
		Report, From, To string
		Deals            int
		Rows             []DigestRow
	}
	if err := json.Unmarshal([]byte(run("daily", "json", asOf, at(40), english)), &e); err != nil {
		t.Fatal(err)
	}
	var h *History
	err := st.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		h, err = Load(ctx, r, "", at(40))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	standing := 0
	for _, row := range e.Rows {
		if row.Kind == Standing {
			standing += row.Deals
		}
	}
	if e.Report != DigestReport || e.From != rfc3339(at(39)) || e.To != rfc3339(at(40)) || e.Deals != len(h.Deals) || standing == 0 || standing != h.open() {
		t.Errorf("%+v of %d deals", e, len(h.Deals))
	}
	for _, p := range []text.Printer{english, chinese} {
		if drawn := run("monthly", "svg", asOf, at(40), p); !strings.Contains(drawn, "<svg") || !strings.Contains(drawn, p.T("Monthly digest")) {
			t.Errorf("it draws %s", drawn)
		}
	}
}

// A digest on demand tells of as long as the calendar has it.
func TestLastStretch(t *testing.T) {
	shanghai := text.Zone("Asia/Shanghai")
	day := func(m time.Month, d int) time.Time { return time.Date(2026, m, d, 9, 30, 0, 0, shanghai) }
	for _, tt := range []struct {
		every             string
		at, since, before time.Time
	}{
		{"daily", day(3, 1), day(2, 28), day(2, 27)}, {"weekly", day(3, 10), day(3, 3), day(2, 24)},
		{"monthly", day(3, 31), day(2, 28), day(1, 31)}, {"monthly", day(5, 15), day(4, 15), day(3, 15)},
	} {
		if got := lastStretch(tt.every, tt.at.UTC(), shanghai); !got.since.Equal(tt.since) || !got.before.Equal(tt.before) {
			t.Errorf("%s up to %s: %+v", tt.every, tt.at, got)
		}
	}
	for words, want := range map[string]string{"Every  Week": "weekly", "daily": "daily", "每月": "monthly", "last quarter": "", "": ""} {
		if got, ok := ParseEvery(words); got != want || ok != (want != "") {
			t.Errorf("%q is %q", words, got)
		}
	}
}
