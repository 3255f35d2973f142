package gateway

import (
	"context"
	"time"

	"github.com/slack-go/slack"

	"pipewright/handlers"
	"pipewright/internal/text"
	"pipewright/store"
)

// notice is a modal that only says something, where no message can be shown.
func (g *Gateway) notice(ctx context.Context, in handlers.Intent, r handlers.Reply) *slack.ModalViewRequest {
	blocks := r.Blocks
	if r.Plain != nil { // a modal shows no charts
		blocks = r.Plain
	}
	if len(blocks) == 0 {
		said := slack.NewTextBlockObject(slack.MarkdownType, text.Truncate(r.Text, 3000), false, false)
		blocks = []slack.Block{slack.NewSectionBlock(said, nil, nil)}
	}
	return &slack.ModalViewRequest{
		Type:   slack.VTModal,
		Title:  slack.NewTextBlockObject(slack.PlainTextType, "Pipewright", false, false),
		Close:  slack.NewTextBlockObject(slack.PlainTextType, g.printer(ctx, in).T("Close"), false, false),
		Blocks: slack.Blocks{BlockSet: blocks},
	}
}

// printer writes for the person who acted. When they cannot be looked up, it
// writes in the workspace's language.
func (g *Gateway) printer(ctx context.Context, in handlers.Intent) text.Printer {
	var person store.Person
	var settings store.Settings
	err := g.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		if person, err = r.Person(ctx, in.User); err != nil {
			return err
		}
		settings, err = r.Settings(ctx, in.User)
		return err
	})
	if err != nil {
		g.Log.Warn("gateway: a person cannot be looked up", "user", in.User, "error", err)
	}
	loc, err := time.LoadLocation(person.TZ)
	if err != nil {
		loc = time.UTC
	}
	return text.For(first(settings.Lang, person.Locale, g.Locale), loc)
}

// unsure refuses a decision when Slack does not say who belongs to a user group.
func (g *Gateway) unsure(ctx context.Context, in handlers.Intent) handlers.Reply {
	p := g.printer(ctx, in)
	said := p.T("Slack does not say at the moment who belongs to your user groups, so I cannot tell what you may do. Nothing was changed. Please try again in a minute.")
	return handlers.Reply{Text: said}
}
