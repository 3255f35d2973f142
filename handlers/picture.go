package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/reports"
	"pipewright/store"
)

// pictureKind is the Kind of outbox rows that show one picture.
const pictureKind = "picture"

type pictureBody struct {
	Picture reports.Picture `json:"picture"`
	Only    string          `json:"only,omitempty"`
}

// RenderPicture draws a row that shows one picture, or says that there is none.
func (a *App) RenderPicture(body []byte) (view.Message, error) {
	var b pictureBody
	err := json.Unmarshal(body, &b)
	return view.Message{Text: b.Picture.Alt(), Blocks: []slack.Block{b.Picture}, Only: b.Only}, err
}

// illustrated is an answer with its pictures as far as they are in Slack. The others are Later:
// an answer cannot wait for an upload, so they follow it, see follow.
type illustrated struct {
	Reply
	Later []reports.Picture
}

// answer makes an answer of a message, without native blocks in a workspace that is known to refuse
// them. Where the answer comes in a form, what would follow it comes as a direct message.
func (a *App) answer(ctx context.Context, r *store.Reader, c *Call, m view.Message) (illustrated, error) {
	s := illustrated{Reply: Reply{Text: m.Text}}
	native, err := r.Meta(ctx, MetaNativeBlocks)
	if err != nil {
		return s, err
	}
	first, second := m.Blocks, m.Plain
	if native == "off" && second != nil {
		first, second = second, nil
	}
	if s.Blocks, s.Later, err = inSlack(ctx, r, c, first, !c.inForm()); err != nil || second == nil {
		return s, err
	}
	s.Plain, _, err = inSlack(ctx, r, c, second, false)
	return s, err
}

// inSlack puts image blocks in the place of the pictures that Slack knows. The others
// follow; of charts only when they are asked to, since bars say the same.
func inSlack(ctx context.Context, r *store.Reader, c *Call, blocks []slack.Block, charts bool) (out []slack.Block, later []reports.Picture, err error) {
	for _, b := range blocks {
		x, ok := b.(reports.Picture)
		if !ok {
			out = append(out, b)
			continue
		}
		key, err := x.Key()
		if err != nil {
			return nil, nil, err
		}
		f, found, err := r.Picture(ctx, key)
		switch {
		case err != nil:
			return nil, nil, err
		case found && f.Settled():
			out = append(out, x.Image(f.ID))
		case x.Chart != nil && !charts:
			out = append(out, x.Instead()...)
		default:
			out = append(out, view.Context(c.pictureComes()))
			later = append(later, x)
		}
	}
	return out, later, nil
}

// inForm reports whether the answer is shown in a form, where nothing can follow it.
func (c *Call) inForm() bool { return c.home || c.View.ID != "" }

func (c *Call) pictureComes() string {
	if c.inForm() {
		return c.T("The picture comes to you as a direct message.")
	}
	return c.T("The picture follows in a moment.")
}

// follow has the pictures shown where the answer is: to the person alone, or to everybody
// where that was shared.
func (c *Call) follow(ctx context.Context, tx *store.Tx, later []reports.Picture, public bool) error {
	for i, x := range later {
		b := pictureBody{Picture: x, Only: c.User}
		o := store.Outbound{Key: fmt.Sprintf("picture:%s:%d", c.Key, i), Kind: pictureKind, Channel: c.Channel, Thread: c.Thread}
		if c.Key == "" {
			o.Key = fmt.Sprintf("picture:%s:%d:%d", c.User, c.Now.UnixMilli(), i)
		}
		switch {
		case c.inForm() || c.Channel == "" || strings.HasPrefix(c.Channel, "D"):
			b.Only, o.Channel, o.Thread = "", c.User, ""
		case public:
			b.Only = ""
		}
		var err error
		if o.Body, err = json.Marshal(b); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// followed is the answer, once what follows it is on its way.
func (a *App) followed(ctx context.Context, c *Call, s illustrated, err error) (Reply, error) {
	if err != nil || len(s.Later) == 0 {
		return s.Reply, err
	}
	return s.Reply, a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return c.follow(ctx, tx, s.Later, false) })
}

// introPicture is the map for new colleagues, of what everybody may see. It is drawn anew when the
// map changes and every week.
func (a *App) introPicture(lang string, process *sales.Process) *reports.Picture {
	p, now := text.For(lang, a.Channel().Location()), a.now()
	year, week := now.In(p.Location()).ISOWeek()
	return &reports.Picture{
		Lang: lang, Title: p.T("What really happens") + " · " + process.Name.In(lang),
		Name: fmt.Sprintf("intro:%s:%d:%d-W%02d:%s", process.Key, process.Version, year, week, lang),
		Make: func(ctx context.Context) (x reports.Picture, err error) {
			err = a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
				res, err := a.compute(ctx, r, reports.Query{Name: "process", Options: reports.Options{Process: process.Key, AsOf: now}}, "")
				if err == nil {
					x, _ = res.Picture(p)
				}
				return err
			})
			return x, err
		},
	}
}
