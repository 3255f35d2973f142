package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"pipewright/handlers"
	"pipewright/store"
)

// responseClient posts to response URLs. It follows no redirect: the link was
// checked, what it points on to was not.
func responseClient() *http.Client {
	return &http.Client{
		Timeout:       5 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// allowed reports whether a response URL leads to Slack, or to the server that
// stands in for Slack.
func (g *Gateway) allowed(link string) bool {
	u, err := url.Parse(link)
	if err != nil || u.User != nil {
		return false
	}
	if u.Scheme == "https" && u.Host == "hooks.slack.com" {
		return true
	}
	api, err := url.Parse(g.APIURL)
	return err == nil && g.APIURL != "" && u.Scheme == api.Scheme && u.Host == api.Host && u.Host != ""
}

// respond posts an answer to a response URL. Errors never hold the URL.
func (g *Gateway) respond(ctx context.Context, link string, a answer) error {
	if !g.allowed(link) {
		return errors.New("gateway: the response URL leads elsewhere and was not used")
	}
	return g.shown(ctx, a.Blocks, a.Plain, func(blocks []slack.Block) error {
		a.Blocks = blocks
		return g.post(ctx, link, a)
	})
}

// shown sends an answer with its blocks and, as long as Slack refuses them, with what stands instead: the same
// without its pictures, then the plain blocks, then the text alone, which is complete in itself.
func (g *Gateway) shown(ctx context.Context, blocks, plain []slack.Block, send func(blocks []slack.Block) error) error {
	err := send(blocks)
	if isInvalidBlocks(err) && slices.ContainsFunc(blocks, isFile) {
		g.forgetPictures(ctx, blocks)
		blocks, plain = withoutFiles(blocks), withoutFiles(plain)
		err = send(blocks)
	}
	if isInvalidBlocks(err) && plain != nil {
		if err = send(plain); err == nil {
			g.refusesNative(ctx)
		}
	}
	if isInvalidBlocks(err) {
		err = send(nil)
	}
	return err
}

// isFile reports whether Slack may refuse the block because its picture was deleted, or is too new.
func isFile(b slack.Block) bool {
	image, ok := b.(*slack.ImageBlock)
	return ok && image.SlackFile != nil
}

func withoutFiles(blocks []slack.Block) []slack.Block {
	return slices.DeleteFunc(slices.Clone(blocks), isFile)
}

// forgetPictures has pictures that were probably deleted uploaded anew when they are asked for next.
func (g *Gateway) forgetPictures(ctx context.Context, blocks []slack.Block) {
	for _, b := range blocks {
		if !isFile(b) {
			continue
		}
		if err := g.Store.ForgetPicture(ctx, b.(*slack.ImageBlock).SlackFile.ID); err != nil {
			g.Log.Warn("gateway: a picture that Slack refuses is still remembered", "error", err)
		}
	}
}

// refusesNative notes that this workspace takes no native blocks: plain ones are built from now on.
func (g *Gateway) refusesNative(ctx context.Context) {
	err := g.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.SetMeta(ctx, handlers.MetaNativeBlocks, "off")
	})
	if err != nil {
		g.Log.Warn("gateway: it cannot be noted that native blocks are refused", "error", err)
	}
}

func (g *Gateway) post(ctx context.Context, link string, a answer) error {
	body, err := json.Marshal(a)
	if err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		wait, err := g.postOnce(ctx, link, body)
		if wait == 0 || attempt == 3 {
			return err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// postOnce returns how long to wait before another try, when nothing was done
// and trying again makes sense. After a lost reply it does not: the answer may stand.
func (g *Gateway) postOnce(ctx context.Context, link string, body []byte) (time.Duration, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, link, bytes.NewReader(body))
	if err != nil {
		return 0, errors.New("gateway: the response URL is malformed")
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	res, err := g.client.Do(req)
	if err != nil {
		var outer *url.Error
		if errors.As(err, &outer) { // it repeats the URL
			err = outer.Err
		}
		return 0, fmt.Errorf("gateway: response URL: %w", err)
	}
	defer res.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(res.Body, 4<<10))
	if res.StatusCode == http.StatusOK && !bytes.Contains(said, []byte(`"ok":false`)) {
		return 0, nil
	}
	err = &responseError{res.StatusCode, strings.TrimSpace(string(said))}
	if res.StatusCode == http.StatusTooManyRequests || res.StatusCode == http.StatusServiceUnavailable {
		seconds, _ := strconv.Atoi(res.Header.Get("Retry-After"))
		return time.Duration(max(seconds, 1)) * time.Second, err
	}
	return 0, err
}

// responseError is what Slack answered at a response URL.
type responseError struct {
	status int
	said   string
}

func (e *responseError) Error() string {
	return fmt.Sprintf("gateway: response URL: status %d: %s", e.status, e.said)
}

func isInvalidBlocks(err error) bool {
	var r *responseError
	if errors.As(err, &r) {
		return strings.Contains(r.said, "invalid_blocks")
	}
	var s slack.SlackErrorResponse
	return errors.As(err, &s) && strings.HasPrefix(s.Err, "invalid_blocks")
}

// detail adds what Slack says about a refused call.
func detail(err error) error {
	var s slack.SlackErrorResponse
	if !errors.As(err, &s) || (len(s.ResponseMetadata.Messages) == 0 && s.Needed == "") {
		return err
	}
	return fmt.Errorf("%w: %s (needed scopes: %q)", err, strings.Join(s.ResponseMetadata.Messages, "; "), s.Needed)
}
