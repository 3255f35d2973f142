package outbox

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/slack-go/slack"
)

// fate says what is to be done about a call that failed.
type fate int

const (
	again   fate = iota + 1 // nothing was done: try again later
	unknown                 // it may have been done: look before trying again
	pause                   // our token or app is refused: nothing will pass until somebody acts
	never                   // Slack refuses this message for good
	blocks                  // Slack refuses its blocks
	gone                    // the message to update is not there any more, or not ours
)

var (
	temporary = []string{"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited", "rate_limited", "message_limit_exceeded"}
	refused   = []string{"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope", "not_allowed_token_type", "no_permission", "team_access_not_granted", "org_login_required", "ekm_access_denied", "access_denied"}
	badBlocks = []string{"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "invalid_attachments"}
	missing   = []string{"message_not_found", "cant_update_message", "edit_window_closed"}
)

// judge sorts an error of the Web API. After is how long Slack wants us to wait.
func judge(err error) (f fate, after time.Duration) {
	var limited *slack.RateLimitedError
	var said slack.SlackErrorResponse
	var status slack.StatusCodeError
	switch {
	case errors.As(err, &limited):
		return again, max(limited.RetryAfter, time.Second)
	case errors.As(err, &said):
		return judgeCode(said.Err), 0
	case errors.As(err, &status):
		if status.Code >= 500 {
			return unknown, 0
		}
		return again, 0
	case notSent(err):
		return again, 0
	}
	return unknown, 0 // a timeout, a cut connection, an answer that is no JSON
}

func judgeCode(code string) fate {
	switch {
	case slices.Contains(temporary, code):
		return again
	case slices.Contains(refused, code):
		return pause
	case slices.Contains(badBlocks, code):
		return blocks
	case slices.Contains(missing, code):
		return gone
	}
	return never
}

// notSent reports whether the request cannot have reached Slack.
func notSent(err error) bool {
	var dns *net.DNSError
	var op *net.OpError
	return errors.As(err, &dns) || errors.Is(err, syscall.ECONNREFUSED) || (errors.As(err, &op) && op.Op == "dial")
}

// backoff doubles with the number of tries, from first to five minutes, with jitter.
func backoff(first time.Duration, tries int) time.Duration {
	d := first << min(max(tries-1, 0), 9)
	d = min(d, 5*time.Minute)
	return d/2 + rand.N(d/2+1)
}

// reason is what stands in the row about an error: Slack's words, never a URL.
func reason(err error) string {
	var said slack.SlackErrorResponse
	if errors.As(err, &said) {
		out := said.Err
		if len(said.ResponseMetadata.Messages) > 0 {
			out += ": " + strings.Join(said.ResponseMetadata.Messages, "; ")
		}
		if said.Needed != "" {
			out += fmt.Sprintf(" (needed: %s)", said.Needed)
		}
		return out
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "no answer in time"
	}
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Op + ": " + e.Err.Error()
	}
	return err.Error()
}
