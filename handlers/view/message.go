// Package view builds what people see in Slack: cards, answers, modals and App
// Home. Its functions take data and a printer and return blocks; they read
// nothing and decide nothing.
package view

import "github.com/slack-go/slack"

// Message is a rendered message. Plain shows the same without native blocks
// (charts, data tables), for workspaces that refuse them; nil when Blocks has
// none. Text is complete in itself. Blocks may be pictures (reports.Picture), which
// the outbox uploads.
type Message struct {
	Text   string
	Blocks []slack.Block
	Plain  []slack.Block
	Home   *slack.HomeTabViewRequest // of an App Home, which has nothing else
	Only   string                    // the person who alone sees it, in a channel
}
