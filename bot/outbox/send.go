package outbox

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"pipewright/store"
)

// metadataType marks our messages, so that they can be found again.
const metadataType = "pipewright_outbox"

// send posts the message, or updates the card that stands. It returns where the
// message is.
func (b *Outbox) send(ctx context.Context, d *delivery) (channel, ts string, err error) {
	if d.msg.Home != nil {
		return b.sendHome(ctx, d)
	}
	channel, ts, err = b.sendBlocks(ctx, d, b.blocksFor(ctx, d), b.inSlack)
	if !isBlocks(err) {
		return channel, ts, err
	}
	if d.msg.Plain != nil && !b.plain.Load() {
		channel, ts, err = b.sendBlocks(ctx, d, d.msg.Plain, b.inSlack)
		if err == nil {
			b.Log.Info("outbox: this workspace refuses native blocks; plain ones are sent from now on")
			b.plain.Store(true)
			b.setMeta(ctx, nativeBlocks, "off")
		}
		if !isBlocks(err) {
			return channel, ts, err
		}
	}
	b.Log.Error("outbox: Slack refuses the blocks; only the text is sent", "id", d.ID, "kind", d.Kind, "reason", reason(err))
	return b.sendBlocks(ctx, d, nil, b.inSlack)
}

// sendHome shows a person's App Home with the pictures that Slack has. Nobody waits for the others to be
// drawn: they are uploaded then, and Home, which may have changed meanwhile, is rendered and shown again.
func (b *Outbox) sendHome(ctx context.Context, d *delivery) (channel, id string, err error) {
	blocks := d.msg.Home.Blocks.BlockSet
	channel, id, err = b.sendBlocks(ctx, d, blocks, b.known)
	if err != nil {
		return "", "", err
	}
	had := len(d.shown)
	if _, err = pictured(ctx, d, blocks, b.inSlack); err == nil && len(d.shown) > had {
		err = unsettled
	}
	return channel, id, err
}

// publish shows a person's App Home. Its view stands for a message: doing it twice does no harm.
func (b *Outbox) publish(ctx context.Context, d *delivery, blocks []slack.Block) (channel, id string, err error) {
	home := *d.msg.Home
	home.Blocks.BlockSet = blocks
	res, err := b.API.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: d.Channel, View: home})
	if err != nil {
		return "", "", err
	}
	return d.Channel, res.ID, nil
}

func (b *Outbox) blocksFor(ctx context.Context, d *delivery) []slack.Block {
	if d.msg.Plain != nil && !b.plain.Load() { // another replica, or the gateway, may have found out meanwhile
		b.recall(ctx)
	}
	if b.plain.Load() && d.msg.Plain != nil {
		return d.msg.Plain
	}
	return d.msg.Blocks
}

func isBlocks(err error) bool {
	if err == nil {
		return false
	}
	f, _ := judge(err)
	return f == blocks
}

// sendBlocks sends the message with the pictures that are found, or without those that cannot be had.
func (b *Outbox) sendBlocks(ctx context.Context, d *delivery, blocks []slack.Block, find finder) (channel, ts string, err error) {
	shown, err := pictured(ctx, d, blocks, find)
	if err != nil {
		return "", "", err
	}
	channel, ts, err = b.deliver(ctx, d, shown)
	if !d.aboutPictures(err) {
		return channel, ts, err
	}
	if err := b.refusedPictures(ctx, d, err); err != nil {
		return "", "", err
	}
	return b.sendBlocks(ctx, d, blocks, find)
}

func (b *Outbox) deliver(ctx context.Context, d *delivery, blocks []slack.Block) (string, string, error) {
	if d.msg.Home != nil {
		return b.publish(ctx, d, blocks)
	}
	opts := []slack.MsgOption{
		slack.MsgOptionText(d.msg.Text, false), slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
		slack.MsgOptionMetadata(slack.SlackMetadata{EventType: metadataType, EventPayload: map[string]any{"key": d.mark()}}),
	}
	if len(blocks) > 0 {
		opts = append(opts, slack.MsgOptionBlocks(blocks...))
	}
	if d.TS != "" {
		channel, ts, err := b.update(ctx, d, opts)
		if err == nil || !isGone(err) {
			return channel, ts, err
		}
		b.Log.Warn("outbox: a card is gone; it is posted anew", "subject", d.Subject, "channel", d.Channel, "reason", reason(err))
		d.Place, d.TS = "", ""
	}
	if err := b.pace.post(b.ending, d.ID, d.Channel); err != nil {
		return "", "", err
	}
	if d.Thread != "" {
		opts = append(opts, slack.MsgOptionTS(d.Thread))
	}
	if d.msg.Only != "" {
		return b.whisper(ctx, d, opts)
	}
	return b.direct(ctx, d.Channel, opts)
}

// direct posts to a channel, or to a person's direct messages.
func (b *Outbox) direct(ctx context.Context, to string, opts []slack.MsgOption) (channel, ts string, err error) {
	channel, ts, err = b.API.PostMessageContext(ctx, to, opts...)
	if err == nil && channel != to {
		b.rememberDM(ctx, to, channel)
	}
	return channel, ts, err
}

// whisper posts to one person in a channel, or to their direct messages where we are not in it.
func (b *Outbox) whisper(ctx context.Context, d *delivery, opts []slack.MsgOption) (channel, ts string, err error) {
	ts, err = b.API.PostEphemeralContext(ctx, d.Channel, d.msg.Only, opts...)
	var said slack.SlackErrorResponse
	if errors.As(err, &said) && slices.Contains(notThere, said.Err) {
		if d.Thread != "" { // which is not there either
			opts = append(opts, slack.MsgOptionTS(""))
		}
		return b.direct(ctx, d.msg.Only, opts)
	}
	return d.Channel, ts, err
}

// notThere are refusals to post to somebody in a channel.
var notThere = []string{"not_in_channel", "channel_not_found", "user_not_in_channel", "is_archived"}

func (b *Outbox) update(ctx context.Context, d *delivery, opts []slack.MsgOption) (string, string, error) {
	if err := b.pace.update(b.ending, d.ID); err != nil {
		return "", "", err
	}
	channel, ts, _, err := b.API.UpdateMessageContext(ctx, d.Place, d.TS, opts...)
	return channel, ts, err
}

func isGone(err error) bool {
	f, _ := judge(err)
	return f == gone
}

// mark is what a message carries in its metadata: the key of its row, and for a
// card what it is a card of.
func (d *delivery) mark() string {
	if d.Kind == cardKind {
		return "card:" + d.Subject + ":" + d.Channel
	}
	return d.Key
}

// conversation returns Slack's id of the conversation that a row names: the row
// of a direct message names the person. It is "" when it is not known yet.
func (b *Outbox) conversation(ctx context.Context, channel string) (string, error) {
	if !isUser(channel) {
		return channel, nil
	}
	var id string
	err := b.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		id, err = r.Meta(ctx, "dm:"+channel)
		return err
	})
	return id, err
}

func isUser(id string) bool { return strings.HasPrefix(id, "U") || strings.HasPrefix(id, "W") }

// rememberDM keeps the conversation's id of a person.
func (b *Outbox) rememberDM(ctx context.Context, user, channel string) {
	if known, err := b.conversation(ctx, user); err == nil && isUser(user) && known != channel {
		b.setMeta(ctx, "dm:"+user, channel)
	}
}

// openDM asks Slack for the conversation with a person, and keeps its id.
func (b *Outbox) openDM(ctx context.Context, user string) (string, error) {
	c, _, _, err := b.API.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{user}})
	if err != nil {
		return "", err
	}
	b.rememberDM(ctx, user, c.ID)
	return c.ID, nil
}

// find looks whether the row was delivered by an earlier try whose end is
// unknown. It returns "" when it was not, or when nobody can tell: then sending
// twice is the lesser evil.
func (b *Outbox) find(ctx context.Context, d delivery) (channel, ts string, err error) {
	channel, err = b.conversation(ctx, d.Channel)
	if err == nil && channel == "" { // the answer to the first message to somebody was lost, and it said where
		channel, err = b.openDM(ctx, d.Channel)
	}
	var messages []slack.Message
	if err == nil {
		messages, err = b.recent(ctx, channel, d.Thread)
	}
	if err != nil {
		if f, _ := judge(err); f == pause || f == never { // no scope, or nothing there to read
			b.Log.Warn("outbox: it cannot be told whether a message stands; it is sent again", "id", d.ID, "reason", reason(err))
			return "", "", nil
		}
		return "", "", err
	}
	for _, m := range messages {
		if m.Metadata.EventType == metadataType && m.Metadata.EventPayload["key"] == d.mark() {
			return channel, m.Timestamp, nil
		}
	}
	return "", "", nil
}

// recent returns the latest messages of a channel, or those of a thread.
func (b *Outbox) recent(ctx context.Context, channel, thread string) ([]slack.Message, error) {
	if thread == "" {
		history, err := b.API.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
			ChannelID: channel, Limit: 200, IncludeAllMetadata: true,
		})
		if err != nil {
			return nil, err
		}
		return history.Messages, nil
	}
	var all []slack.Message
	cursor := ""
	for range 10 { // replies come oldest first
		page, more, next, err := b.API.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
			ChannelID: channel, Timestamp: thread, Limit: 200, Cursor: cursor, IncludeAllMetadata: true,
		})
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if !more || next == "" {
			return all, nil
		}
		cursor = next
	}
	return all, errors.New("the thread is too long to be searched")
}
