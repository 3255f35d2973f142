package gateway

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"pipewright/handlers"
	"pipewright/store"
)

// TestNativeBlocksGiveWayToPlainOnes: where Slack refuses charts and tables, the same
// is shown without them, buttons included, and the workspace is remembered.
func TestNativeBlocksGiveWayToPlainOnes(t *testing.T) {
	table := slack.NewDataTableBlock("Funnel").AddRow(slack.NewDataTableRawTextCell("Stage"))
	said := slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, "Demo: 3", false, false), nil, nil)
	reply := handlers.Reply{Text: "Funnel", Blocks: []slack.Block{table}, Plain: []slack.Block{said}}
	for name, send := range map[string]func(g *Gateway, in handlers.Intent){
		"hook": func(g *Gateway, in handlers.Intent) {
			ack, later := g.split(in, reply)
			if ack != nil {
				t.Errorf("native blocks in an acknowledgement, where nobody sees that they are refused: %v", ack)
			}
			later(t.Context())
		},
		"chat.postEphemeral": func(g *Gateway, in handlers.Intent) {
			in.Kind, in.ResponseURL = handlers.Mention, ""
			_, later := g.split(in, reply)
			later(t.Context())
		},
	} {
		f := newFakeSlack(t)
		f.plain = true
		g := newGateway(t, f, replies(reply))
		send(g, handlers.Intent{Kind: handlers.Command, User: "U1", Channel: "C1", ResponseURL: f.URL + "/hook", Key: "k"})
		if n := f.count(name); n != 2 {
			t.Errorf("%s: %d calls", name, n)
		}
		if c := f.called(t, name, 2); !strings.Contains(fmt.Sprint(c.body, c.args), "Demo: 3") {
			t.Errorf("%s: the plain blocks were not sent: %v", name, c)
		}
		err := g.Store.Read(t.Context(), func(ctx context.Context, r *store.Reader) error {
			v, err := r.Meta(ctx, handlers.MetaNativeBlocks)
			if v != "off" {
				t.Errorf("%s: not remembered: %q", name, v)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A picture that was deleted is left out and forgotten; what stands beside it is shown, and native blocks stay in use.
func TestDeletedPicturesAreForgotten(t *testing.T) {
	table := slack.NewDataTableBlock("Funnel").AddRow(slack.NewDataTableRawTextCell("Stage"))
	image := slack.NewImageBlockSlackFile(&slack.SlackFileObject{ID: "F0DELETED1"}, "The map", "", nil)
	reply := handlers.Reply{Text: "Funnel", Blocks: []slack.Block{table, image}, Plain: []slack.Block{image}}
	f := newFakeSlack(t)
	f.gone = "F0DELETED1"
	g := newGateway(t, f, replies(reply))
	for key, file := range map[string]string{"map": "F0DELETED1", "other": "F0KEPT0001"} {
		if err := g.Store.SavePicture(t.Context(), key, store.PictureFile{ID: file, Made: time.Now().Add(-time.Hour)}); err != nil {
			t.Fatal(err)
		}
	}
	_, later := g.split(handlers.Intent{Kind: handlers.Command, User: "U1", Channel: "C1", ResponseURL: f.URL + "/hook", Key: "k"}, reply)
	later(t.Context())
	if c := f.called(t, "hook", 2); !strings.Contains(fmt.Sprint(c.body), "data_table") || f.count("hook") != 2 {
		t.Errorf("answered %d times, last with %v", f.count("hook"), c)
	}
	err := g.Store.Read(t.Context(), func(ctx context.Context, r *store.Reader) error {
		if native, err := r.Meta(ctx, handlers.MetaNativeBlocks); native != "" || err != nil {
			t.Errorf("native blocks are %q now (%v)", native, err)
		}
		if _, found, err := r.Picture(ctx, "map"); found || err != nil {
			t.Errorf("the deleted picture is still remembered (%v)", err)
		}
		_, found, err := r.Picture(ctx, "other")
		if !found {
			t.Error("another picture was forgotten")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
