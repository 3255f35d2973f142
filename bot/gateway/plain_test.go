package gateway

import (
	"context"
	"fmt"
	"strings"
	"testing"

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
