package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// What doctor advises where nobody is in the map yet is what can be typed.
func TestDoctorOnAnEmptyMap(t *testing.T) {
	ctx := t.Context()
	st, err := store.Open(ctx, sqliteFile(t), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := ensureMap(ctx, st, time.Now()); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	d := &doctor{out: &out, p: text.For("en", nil)}
	err = st.Read(ctx, func(ctx context.Context, r *store.Reader) error { return d.maps(ctx, r, Config{Prefix: "pw-"}) })
	said := out.String()
	if err != nil || !strings.Contains(said, "/pw-process team new north North") || !strings.Contains(said, "/pw-process role add product @someone") {
		t.Errorf("%v:\n%s", err, said)
	}
	if strings.Contains(said, "holds rep") || strings.Contains(said, "manager,") { // a team brings them
		t.Errorf("it advises to give roles that nobody is given:\n%s", said)
	}
}

// A user group that a step asks is named when it is empty, and when the bot has never seen it.
func TestDoctorOnUserGroups(t *testing.T) {
	var out bytes.Buffer
	d := &doctor{out: &out, p: text.For("en", nil)}
	org := &sales.Organisation{
		Groups: map[string][]string{"SEMPTY": {}, "SLEFT": {"UGONE"}, "SFULL": {"ULEO"}}, Handles: map[string]string{"SEMPTY": "pricing"}, Gone: []string{"UGONE"},
	}
	d.groups(org, []string{"SEMPTY", "SFULL", "SLEFT", "SNEW"})
	said := out.String()
	if strings.Contains(said, "SFULL") || !strings.Contains(said, "nobody is in @pricing and SLEFT") || !strings.Contains(said, "has not seen the user group SNEW") {
		t.Error(said)
	}
}

// Every channel that the bot posts to is looked at, and what is wrong with one is told with where it is set.
func TestDoctorOnChannels(t *testing.T) {
	l := openLab(t, sqliteFile(t), modeSocket)
	s := &story{t: t, lines: []line{{1, "doctor"}}, lab: l}
	st, err := openStore(t.Context(), l.cfg, l.log)
	if err != nil {
		t.Fatal(err)
	}
	m := companyMap()
	m.Organisation.Teams[0].Channel = channelNorth
	if err := saveMap(t.Context(), st, m, time.Now()); err != nil {
		t.Fatal(err)
	}
	err = st.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) (err error) {
		for _, sub := range []store.Subscription{{Channel: channelGeneral}, {Channel: "C0PAUSED", Paused: true}, {Channel: userAna}, {Channel: channelDeals}} {
			sub.Report, sub.Every = "digest", "weekly"
			if _, err = tx.SaveSubscription(ctx, sub); err != nil {
				break
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	examine := func(when, deals string, want int, lines ...string) {
		t.Helper()
		cfg := l.cfg
		cfg.DealsChannel = deals
		var out bytes.Buffer
		status := execute(t.Context(), []string{"doctor"}, terminal{out: &out, err: &out, config: func() (Config, error) { return cfg, nil }})
		var said []string
		for line := range strings.Lines(out.String()) {
			if what, rest, _ := strings.Cut(strings.TrimSpace(line), " "); strings.HasPrefix(strings.TrimSpace(rest), "channel ") {
				said = append(said, what+" "+strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(rest), "channel ")))
			}
		}
		if diff := cmp.Diff(lines, said); diff != "" || status != want {
			t.Errorf("%s: status %d: %s", when, status, diff)
		}
	}
	examine("all is well", channelDeals, exitDone, "ok #deals can be reached", "ok #team-north can be reached", "ok #general can be reached")
	s.ask("archive", obj{"channel": channelGeneral})
	s.ask("leave", obj{"user": appName, "channel": channelNorth})
	examine("archived, and left", channelDeals, exitDone, "ok #deals can be reached",
		"warn #team-north cannot be reached (for the team North, see /process team): not_in_channel (invite the bot to the channel: /invite @Pipewright)",
		"warn #general cannot be reached (for a subscription, see /report list): is_archived (unarchive the channel, or choose another one)")
	s.ask("archive", obj{"channel": channelDeals})
	examine("no channel for deals", channelDeals, exitFailed, "FAIL #deals cannot be reached (DEALS_CHANNEL): is_archived (unarchive the channel, or choose another one)",
		"warn #team-north cannot be reached (for the team North, see /process team): not_in_channel (invite the bot to the channel: /invite @Pipewright)",
		"warn #general cannot be reached (for a subscription, see /report list): is_archived (unarchive the channel, or choose another one)",
		"warn #deals cannot be reached (for a subscription, see /report list): is_archived (unarchive the channel, or choose another one)")
	s.ask("faults", obj{"method": "conversations.info", "kind": "error", "error": "missing_scope", "times": 100})
	examine("it may read only", "C0NOWHERE", exitFailed,
		"FAIL C0NOWHERE cannot be reached (DEALS_CHANNEL): channel_not_found (invite the bot to the private channel, or correct the channel in the map or DEALS_CHANNEL)",
		"warn "+channelNorth+" cannot be reached (for the team North, see /process team): not_in_channel (invite the bot to the channel: /invite @Pipewright)",
		"ok "+channelGeneral+" can be reached", "ok "+channelDeals+" can be reached")
	s.ask("faults", obj{"method": "conversations.history", "kind": "error", "error": "missing_scope", "times": 100})
	untold := func(id string) string {
		return "warn it cannot be told whether the bot is in " + id + "; invite it there: /invite @Pipewright"
	}
	examine("it may know nothing", channelDeals, exitDone, untold(channelDeals), untold(channelNorth), untold(channelGeneral))
}

func TestDoctorOnFonts(t *testing.T) {
	for _, c := range []struct{ font, want string }{{"", "fonts-noto-cjk"}, {"/fonts/NotoSansCJK-Regular.ttc", "ok    fonts      /fonts/NotoSansCJK-Regular.ttc"}} {
		var out bytes.Buffer
		(&doctor{out: &out, p: text.For("en", nil)}).fonts(c.font, c.font)
		if !strings.Contains(out.String(), c.want) {
			t.Errorf("with %q it says %q", c.font, out.String())
		}
	}
}
