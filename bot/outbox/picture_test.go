package outbox

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"pipewright/handlers/view"
	"pipewright/reports"
	"pipewright/store"
)

var withFiles = strings.Replace(testManifest, `"chat:write"`, `"chat:write","files:write"`, 1)

func testPicture() reports.Picture {
	return reports.Picture{Lang: "en", Title: "Funnel", Chart: &reports.Chart{Title: "Funnel", Labels: []string{"Demo", "Offer"}, Series: []reports.Series{{Name: "Deals", Values: []float64{7, 3}}}}}
}

// draws has rows with the body say the text above the picture.
func (w *world) draws(text string, x reports.Picture) {
	w.render.mu.Lock()
	defer w.render.mu.Unlock()
	w.render.cards[text] = view.Message{Text: text, Blocks: []slack.Block{view.Section(text), x}}
}

// blocks returns the kinds of the blocks of each message that the person sees in the channel, and
// the files that they show.
func (w *world) blocks(channel, user string) (kinds []string, files []string) {
	w.t.Helper()
	for _, m := range w.ask("/_control/messages?user="+user+"&channel="+channel, nil)["messages"].([]any) {
		return blocksOf(m.(map[string]any)["blocks"], kinds, files)
	}
	return nil, nil
}

func blocksOf(blocks any, kinds, files []string) ([]string, []string) {
	all, _ := blocks.([]any)
	for _, b := range all {
		b := b.(map[string]any)
		kinds = append(kinds, b["type"].(string))
		if f, ok := b["slack_file"].(map[string]any); ok {
			files = append(files, f["id"].(string))
		}
	}
	return kinds, files
}

// allFiles are the files of all messages in the channel.
func (w *world) allFiles(channel, user string) (files []string) {
	w.t.Helper()
	for _, m := range w.ask("/_control/messages?user="+user+"&channel="+channel, nil)["messages"].([]any) {
		_, files = blocksOf(m.(map[string]any)["blocks"], nil, files)
	}
	return files
}

// A picture is uploaded once, though Slack refuses at first, does not know the file yet, and
// loses an answer; every message shows it, and none comes twice.
func TestPicturesAreUploadedOnce(t *testing.T) {
	w := newWorldAs(t, withFiles)
	w.draws("one", testPicture())
	w.draws("two", testPicture())
	w.fault("files.getUploadURLExternal", "error", map[string]any{"error": "internal_error"})
	w.fault("chat.postMessage", "lost_reply", nil)
	w.enqueue(post("1", "C0DEALS", "one"), post("2", "C0OTHER", "two"), post("3", "C0DEALS", "two"))
	w.settled()
	files := append(w.allFiles("C0DEALS", "sam"), w.allFiles("C0OTHER", "sam")...)
	if len(files) != 3 || files[0] != files[1] || files[1] != files[2] {
		t.Fatalf("messages show %v, want three times the same", files)
	}
	if n := w.calls("files.completeUploadExternal"); n != 1 {
		t.Errorf("uploaded %d times", n)
	}
	res, err := http.Get(w.ground.URL() + "/files/" + files[0] + "/picture.png")
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if kind := res.Header.Get("Content-Type"); kind != "image/png" {
		t.Errorf("the file is %q", kind)
	}
}

// Without the scope what stands instead is sent, and Slack is not asked again for every message.
func TestWithoutScopePicturesAreSaid(t *testing.T) {
	w := newWorld(t)
	w.draws("one", testPicture())
	w.enqueue(post("1", "C0DEALS", "one"))
	w.settled()
	kinds, files := w.blocks("C0DEALS", "sam")
	if len(files) != 0 || strings.Join(kinds, " ") != "section section" {
		t.Errorf("it shows %v %v, want bars of characters", kinds, files)
	}
	w.enqueue(post("2", "C0DEALS", "one"))
	w.settled()
	if n := w.calls("files.getUploadURLExternal"); n != 1 {
		t.Errorf("asked %d times", n)
	}
	if stats, err := w.store.OutboxStats(t.Context()); err != nil || stats.Dead > 0 || w.outbox.paused.Load() > 0 {
		t.Errorf("%+v %v: a missing scope holds nothing else up", stats, err)
	}
}

// A picture whose upload keeps failing does not keep its message.
func TestMessagesGoWithoutTheirPicture(t *testing.T) {
	w := newWorldAs(t, withFiles)
	w.draws("one", testPicture())
	w.fault("files.completeUploadExternal", "error", map[string]any{"error": "internal_error", "times": pictureTries})
	w.enqueue(post("1", "C0DEALS", "one"))
	w.settled()
	if kinds, files := w.blocks("C0DEALS", "sam"); len(files) != 0 || len(kinds) != 2 {
		t.Errorf("it shows %v %v", kinds, files)
	}
}

// A file that was deleted in Slack is left out, and uploaded anew for the next message.
func TestDeletedPicturesAreUploadedAnew(t *testing.T) {
	w := newWorldAs(t, withFiles)
	key, err := testPicture().Key()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.store.SavePicture(t.Context(), key, store.PictureFile{ID: "F0DELETED1", Made: time.Now().Add(-time.Hour)}); err != nil {
		t.Fatal(err)
	}
	w.draws("one", testPicture())
	w.draws("two", testPicture())
	w.enqueue(post("1", "C0DEALS", "one"))
	w.settled()
	w.enqueue(post("2", "C0OTHER", "two"))
	w.settled()
	if _, files := w.blocks("C0DEALS", "sam"); len(files) != 0 {
		t.Errorf("the first shows %v", files)
	}
	if _, files := w.blocks("C0OTHER", "sam"); len(files) != 1 || files[0] == "F0DELETED1" {
		t.Errorf("the second shows %v", files)
	}
}

// homeSays has the person's Home say the text above the pictures when it is rendered next.
func (w *world) homeSays(says string, pictures ...slack.Block) {
	w.render.mu.Lock()
	defer w.render.mu.Unlock()
	home := &slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: append([]slack.Block{view.Section(says)}, pictures...)}}
	w.render.cards["home:U0ANA"] = view.Message{Home: home}
}

func (w *world) inTx(fn func(ctx context.Context, tx *store.Tx) error) {
	w.t.Helper()
	if err := w.store.InTx(w.t.Context(), fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) opensHome() {
	w.t.Helper()
	w.inTx(func(ctx context.Context, tx *store.Tx) error { return tx.OpenHome(ctx, "U0ANA") })
}

// atHome has the person's Home say the text above the picture, opens it, and returns what it then shows.
func (w *world) atHome(says string, x reports.Picture) string {
	w.t.Helper()
	w.homeSays(says, x)
	w.opensHome()
	w.settled()
	return w.homeNow()
}

// whileDrawing does it between the time when Home is shown without its pictures and that when they are looked for.
func (w *world) whileDrawing(draw, do func()) {
	w.t.Helper()
	before := w.calls("views.publish")
	w.outbox.drawing.Lock()
	draw()
	for range 400 {
		if w.calls("views.publish") > before {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	do()
	w.outbox.drawing.Unlock()
	w.settled()
}

func (w *world) homeNow() string {
	w.t.Helper()
	raw, err := json.Marshal(w.ask("/_control/home", map[string]any{"user": "ana"})["view"])
	if err != nil {
		w.t.Fatal(err)
	}
	return string(raw)
}

// Home is shown before its picture is made, which is once, and then with it.
func TestHomeShowsAPicture(t *testing.T) {
	w := newWorldAs(t, withFiles)
	made, first := 0, ""
	named := reports.Picture{Name: "map:1:2026-W47:en", Make: func(context.Context) (reports.Picture, error) {
		made++
		first = w.homeNow()
		return testPicture(), nil
	}}
	if home := w.atHome("2 deals", named); !strings.Contains(home, "slack_file") {
		t.Errorf("Home has no picture: %s", home)
	}
	if !strings.Contains(first, "2 deals") || strings.Contains(first, "slack_file") {
		t.Errorf("while the picture is made Home shows %s", first)
	}
	shown := w.calls("views.publish")
	if home := w.atHome("3 deals", named); !strings.Contains(home, "slack_file") || !strings.Contains(home, "3 deals") || made != 1 {
		t.Errorf("made %d times: %s", made, home)
	}
	if n := w.calls("views.publish") - shown; n != 1 {
		t.Errorf("with its picture in Slack, Home is shown %d times", n)
	}
}

// A picture that somebody else uploaded meanwhile comes with what Home says by then.
func TestHomeIsRenderedAnewWithItsPicture(t *testing.T) {
	w := newWorldAs(t, withFiles)
	w.draws("one", testPicture())
	w.enqueue(post("1", "C0DEALS", "one"))
	w.settled()
	file := w.allFiles("C0DEALS", "sam")[0]
	named := reports.Picture{Name: "digest", Make: func(context.Context) (reports.Picture, error) { return testPicture(), nil }}
	w.homeSays("2 deals", named)
	w.whileDrawing(w.opensHome, func() {
		w.homeSays("3 deals", named)
		if err := w.store.SavePicture(t.Context(), "digest", store.PictureFile{ID: file, Made: time.Now().Add(-time.Hour)}); err != nil {
			t.Error(err)
		}
	})
	if home := w.homeNow(); !strings.Contains(home, "3 deals") || !strings.Contains(home, file) {
		t.Errorf("Home shows %s, want 3 deals and the picture", home)
	}
}

// What was shown by a try that did not end is replaced, though it is again as it was before.
func TestHomeIsAgainAsItWas(t *testing.T) {
	w := newWorldAs(t, withFiles)
	w.homeSays("2 deals")
	w.opensHome()
	w.settled()
	w.homeSays("3 deals", reports.Picture{Name: "digest", Make: func(context.Context) (reports.Picture, error) { return testPicture(), nil }})
	redraw := func() {
		w.inTx(func(ctx context.Context, tx *store.Tx) error { return tx.Refresh(ctx, store.HomeSubject("U0ANA")) })
	}
	w.whileDrawing(redraw, func() { w.homeSays("2 deals") })
	if home := w.homeNow(); !strings.Contains(home, "2 deals") {
		t.Errorf("Home shows %s, want 2 deals", home)
	}
}

// Where there is nothing to draw, or no scope, Home is shown once, without a picture.
func TestHomeWithoutAPicture(t *testing.T) {
	for manifest, draws := range map[string]reports.Picture{withFiles: {}, testManifest: testPicture()} {
		w := newWorldAs(t, manifest)
		home := w.atHome("2 deals", reports.Picture{Name: "digest", Make: func(context.Context) (reports.Picture, error) { return draws, nil }})
		if !strings.Contains(home, "2 deals") || strings.Contains(home, "slack_file") || w.calls("views.publish") != 1 {
			t.Errorf("shown %d times: %s", w.calls("views.publish"), home)
		}
		if stats, err := w.store.OutboxStats(t.Context()); err != nil || stats.Dead > 0 || stats.Due > 0 {
			t.Errorf("%+v %v", stats, err)
		}
	}
}

// What is for one person alone is seen by nobody else, and comes as a direct message where we are not in the channel.
func TestWhispers(t *testing.T) {
	w := newWorldAs(t, withFiles)
	w.draws("one", testPicture())
	m := w.render.cards["one"]
	m.Only = "U0ANA"
	w.render.cards["one"] = m
	w.enqueue(post("1", "C0DEALS", "one"), post("2", "C0NOWHERE", "one"))
	w.settled()
	if n := len(w.allFiles("C0DEALS", "ana")); n != 1 {
		t.Errorf("she sees %d", n)
	}
	if n := len(w.messages("C0DEALS")); n != 0 {
		t.Errorf("others see %d", n)
	}
	if stats, err := w.store.OutboxStats(t.Context()); err != nil || stats.Dead > 0 || w.calls("chat.postMessage") == 0 {
		t.Errorf("%+v %v: the other should be a direct message", stats, err)
	}
}
