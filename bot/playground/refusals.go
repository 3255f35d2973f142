package playground

import (
	"encoding/json"
	"fmt"
)

// RefusedBlocks returns, in Slack's words, what Slack would refuse in a message's blocks, given as JSON;
// none when they are good. No workspace is needed: every file that an image names counts as known.
func RefusedBlocks(blocks []byte) []string {
	var l list
	if err := json.Unmarshal(blocks, &l); err != nil {
		return []string{err.Error()}
	}
	problems := newChecker(onMessage, true, anyFile).blocks(l, "/blocks")
	if n := textOf(l); n > maxBlockText {
		problems = append(problems, fmt.Sprintf("msg_blocks_too_long: %d characters", n))
	}
	return problems
}

// RefusedView is RefusedBlocks for a view: a modal or an App Home, as its type says.
func RefusedView(view []byte) []string {
	var body obj
	if err := json.Unmarshal(view, &body); err != nil {
		return []string{err.Error()}
	}
	kind := "modal"
	if body["type"] == "home" {
		kind = "home"
	}
	problems := newChecker(onHome, true, anyFile).view(body, kind)
	if len(view) > maxView {
		problems = append(problems, fmt.Sprintf("view_too_large: %d bytes", len(view)))
	}
	return problems
}

func anyFile(string) bool { return true }
