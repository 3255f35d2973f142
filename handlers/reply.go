package handlers

import (
	"encoding/json"

	"github.com/slack-go/slack"
)

// Reply is what the person who acted sees. The zero Reply is silence: the
// intent was taken, and what there is to see appears elsewhere.
type Reply struct {
	Text    string        // complete in itself: notifications and screen readers use it
	Blocks  []slack.Block // nil shows Text
	Plain   []slack.Block // the same without native blocks, for workspaces that refuse them; nil when Blocks has none
	Replace bool          // take the place of the ephemeral message that was acted on
	Delete  bool          // remove that ephemeral message
	Public  bool          // for everybody in the channel; only "Share" does that

	Modal *slack.ModalViewRequest // to open, or for a submission to show next
	Push  bool                    // on top of the open modal instead of in its place
	Clear bool                    // close all modals

	Errors  map[string]string // of a form, by block_id
	Options []*slack.OptionBlockObject
}

// Empty reports whether there is nothing to show.
func (r Reply) Empty() bool {
	return r.Text == "" && len(r.Blocks) == 0 && !r.Delete && r.Modal == nil && !r.Clear && len(r.Errors) == 0 && r.Options == nil
}

// stored is the form in which a reply is kept for a repeated payload: blocks
// stay as encoded, since decoding and encoding them again may lose something.
type stored struct {
	Text    string            `json:"text,omitempty"`
	Blocks  []json.RawMessage `json:"blocks,omitempty"`
	Plain   []json.RawMessage `json:"plain,omitempty"`
	Replace bool              `json:"replace,omitempty"`
	Delete  bool              `json:"delete,omitempty"`
	Public  bool              `json:"public,omitempty"`
	Clear   bool              `json:"clear,omitempty"`
	Errors  map[string]string `json:"errors,omitempty"`
}

// encode keeps what a repeated payload is answered with. A modal is not kept:
// the trigger that opened it works once.
func (r Reply) encode() ([]byte, error) {
	s := stored{Text: r.Text, Replace: r.Replace, Delete: r.Delete, Public: r.Public, Clear: r.Clear, Errors: r.Errors}
	var err error
	if s.Blocks, err = encodeBlocks(r.Blocks); err != nil {
		return nil, err
	}
	if s.Plain, err = encodeBlocks(r.Plain); err != nil {
		return nil, err
	}
	return json.Marshal(s)
}

func encodeBlocks(blocks []slack.Block) ([]json.RawMessage, error) {
	var out []json.RawMessage
	for _, b := range blocks {
		raw, err := json.Marshal(b)
		if err != nil {
			return nil, err
		}
		out = append(out, raw)
	}
	return out, nil
}

func decodeReply(kept []byte) (Reply, error) {
	var s stored
	if err := json.Unmarshal(kept, &s); err != nil {
		return Reply{}, err
	}
	r := Reply{Text: s.Text, Replace: s.Replace, Delete: s.Delete, Public: s.Public, Clear: s.Clear, Errors: s.Errors}
	r.Blocks, r.Plain = encoded(s.Blocks), encoded(s.Plain)
	return r, nil
}

func encoded(blocks []json.RawMessage) []slack.Block {
	var out []slack.Block
	for _, raw := range blocks {
		out = append(out, rawBlock{RawMessage: raw})
	}
	return out
}

// rawBlock is a block that is already encoded.
type rawBlock struct{ json.RawMessage }

func (rawBlock) BlockType() slack.MessageBlockType { return "" }
func (rawBlock) ID() string                        { return "" }
