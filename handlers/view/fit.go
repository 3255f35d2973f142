package view

import (
	"unicode/utf8"

	"github.com/slack-go/slack"
)

// Of all the text of a message Slack takes some 10,000 characters; buttons need the rest.
const maxMessage = 8500

// fit shortens the longest texts of a message until all of them together are short
// enough: nothing vanishes, and what is short stays whole.
func fit(blocks []slack.Block) []slack.Block {
	texts := textsOf(blocks)
	total := 0
	for _, t := range texts {
		total += utf8.RuneCountInString(t.Text)
	}
	for total > maxMessage {
		longest, n := (*slack.TextBlockObject)(nil), 0
		for _, t := range texts {
			if l := utf8.RuneCountInString(t.Text); l > n {
				longest, n = t, l
			}
		}
		if n < 50 {
			break
		}
		longest.Text = cutText(longest.Text, max(n-(total-maxMessage), n*3/4))
		total -= n - utf8.RuneCountInString(longest.Text)
	}
	return blocks
}

func textsOf(blocks []slack.Block) []*slack.TextBlockObject {
	var out []*slack.TextBlockObject
	for _, b := range blocks {
		switch b := b.(type) {
		case *slack.SectionBlock:
			if b.Text != nil {
				out = append(out, b.Text)
			}
			out = append(out, b.Fields...)
		case *slack.ContextBlock:
			for _, e := range b.ContextElements.Elements {
				if t, ok := e.(*slack.TextBlockObject); ok {
					out = append(out, t)
				}
			}
		}
	}
	return out
}
