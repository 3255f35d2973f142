package handlers

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"pipewright/reports"
	"pipewright/store"
)

// pictures are the rows of the outbox that show a picture; they are taken out.
func (w *world) pictures() []store.Outbound {
	w.t.Helper()
	var out []store.Outbound
	for {
		rows, err := w.app.Store.Lease(w.t.Context(), 50, time.Minute)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(rows) == 0 {
			return out
		}
		for _, o := range rows {
			if o.Kind == pictureKind {
				out = append(out, o)
			}
			if err := w.app.Store.Delivered(w.t.Context(), o, o.Channel, "1.1", "x"); err != nil {
				w.t.Fatal(err)
			}
		}
	}
}

// The map follows its report to the one who asked; shared, it follows for everybody. One
// that is in Slack already stands in the answer.
func TestThePictureFollows(t *testing.T) {
	w := withHistory(t)
	r := w.types(ana, "/report process")
	rows := w.pictures()
	if len(rows) != 1 || rows[0].Channel == ana {
		t.Fatalf("%d pictures follow: %+v", len(rows), rows)
	}
	m, err := drawnPicture(t, w.app, rows[0].Body)
	if err != nil || m.Only != ana || len(m.Blocks) != 1 {
		t.Fatalf("%+v %v", m, err)
	}
	x := m.Blocks[0].(reports.Picture)
	if x.Map == nil || len(x.Map.Stages) == 0 || m.Text == "" {
		t.Errorf("the picture is %+v", x)
	}
	w.clicks(ana, r, "Share in this channel")
	if rows := w.pictures(); len(rows) != 1 {
		t.Errorf("%d pictures are shared", len(rows))
	} else if m, _ := drawnPicture(t, w.app, rows[0].Body); m.Only != "" {
		t.Errorf("what was shared is for %q alone", m.Only)
	}
	key, err := x.Key()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.app.Store.SavePicture(t.Context(), key, store.PictureFile{ID: "F012345678", Made: w.now}); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(time.Second) // by which time has passed in stages, too little to be seen
	again := w.types(ana, "/report process")
	if rows := w.pictures(); len(rows) != 0 || !shows(t, again.Blocks, "F012345678") {
		t.Errorf("%d pictures follow one that is in Slack", len(rows))
	}
}

func shows(t *testing.T, blocks []slack.Block, file string) bool {
	t.Helper()
	for _, b := range blocks {
		if i, ok := b.(*slack.ImageBlock); ok && i.SlackFile.ID == file {
			return true
		}
	}
	return false
}

// Where native blocks are refused charts follow as pictures, and in a form they are bars.
func TestChartsFollowWhereBlocksAreRefused(t *testing.T) {
	w := withHistory(t)
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.SetMeta(ctx, MetaNativeBlocks, "off") })
	r := w.types(ana, "/report funnel")
	if rows := w.pictures(); len(rows) != 1 || r.Plain != nil {
		t.Errorf("%d pictures follow", len(rows))
	}
	home := w.opensHome(ana)
	menu := w.atHome(ana, home, "Reports")
	shown := w.inForm(ana, menu, "Show")
	raw, err := json.Marshal(shown.Modal)
	if err != nil || shown.Modal == nil {
		t.Fatalf("%v %+v", err, shown)
	}
	if rows := w.pictures(); len(rows) != 0 {
		t.Errorf("%d pictures follow a form: %s", len(rows), raw)
	}
}

// New colleagues see the map in Home: the same picture for all of a language, another after a week or a change of the map.
func TestIntroHasTheMap(t *testing.T) {
	w := withHistory(t)
	intro := func(user string) reports.Picture {
		t.Helper()
		for _, b := range w.opensHome(user).Blocks {
			if x, ok := b.(reports.Picture); ok {
				return x
			}
		}
		t.Fatal("there is no picture")
		return reports.Picture{}
	}
	first := intro(ana)
	made, err := first.Make(t.Context())
	if err != nil || made.Map == nil || len(made.Map.Moves) == 0 {
		t.Fatalf("it shows %+v, %v", made, err)
	}
	if other := intro(maxim); other.Name != first.Name {
		t.Errorf("%q is drawn beside %q", other.Name, first.Name)
	}
	if chinese := intro(wei); chinese.Name == first.Name {
		t.Error("the Chinese one is the same")
	}
	w.now = w.now.AddDate(0, 0, 7)
	if later := intro(ana); later.Name == first.Name {
		t.Error("it stays the same for weeks")
	}
}
