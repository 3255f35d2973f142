package playground

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// outward sends payloads in HTTP mode. It follows no redirects: Slack signs for one address only.
var outward = &http.Client{
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
}

// sign makes the v0 signature of a body at that time.
func sign(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = fmt.Fprintf(mac, "v0:%s:", timestamp)
	_, _ = mac.Write(body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// sendHTTP posts d to the app, signed.
func (s *Server) sendHTTP(base string, d delivery) <-chan ack {
	answers := make(chan ack, 1)
	go func() {
		ctx, cancel := context.WithTimeout(s.ctx, s.limits.ack)
		defer cancel()
		answers <- s.postOut(ctx, base, d)
	}()
	return answers
}

func (s *Server) postOut(ctx context.Context, base string, d delivery) ack {
	path, kind, body, err := encodeOut(d)
	if err != nil {
		return ack{failure: "dispatch_failed"}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+path, bytes.NewReader(body))
	if err != nil {
		return ack{failure: "dispatch_failed"}
	}
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	req.Header.Set("Content-Type", kind)
	req.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	req.Header.Set("X-Slack-Request-Timestamp", stamp)
	req.Header.Set("X-Slack-Signature", sign(s.secrets.signing, stamp, body))
	if d.retry > 0 {
		req.Header.Set("X-Slack-Retry-Num", strconv.Itoa(d.retry))
		req.Header.Set("X-Slack-Retry-Reason", d.reason)
	}
	resp, err := outward.Do(req)
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			return ack{failure: "operation_timeout"}
		}
		return ack{failure: "dispatch_failed"}
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	switch {
	case err != nil && errors.Is(err, context.DeadlineExceeded):
		return ack{failure: "operation_timeout"}
	case err != nil:
		return ack{failure: "dispatch_failed"}
	case resp.StatusCode >= 500:
		return ack{failure: "http_service_error", final: resp.Header.Get("X-Slack-No-Retry") == "1"}
	case resp.StatusCode/100 != 2:
		return ack{failure: "http_client_error", final: resp.Header.Get("X-Slack-No-Retry") == "1"}
	}
	return ack{payload: readAck(bytes.TrimSpace(raw))}
}

// encodeOut writes d as Slack posts it: events as JSON, commands as a form, interactions as a form with
// one JSON field.
func encodeOut(d delivery) (path, kind string, body []byte, err error) {
	const form = "application/x-www-form-urlencoded"
	switch d.kind {
	case kindEvent:
		body, err = json.Marshal(d.payload)
		return "/slack/events", "application/json", body, err
	case kindCommand:
		values := url.Values{}
		for key, v := range d.payload {
			values.Set(key, strings.Trim(fmt.Sprint(v), "\n"))
		}
		return "/slack/commands", form, []byte(values.Encode()), nil
	default:
		raw, err := json.Marshal(d.payload)
		return "/slack/interactions", form, []byte(url.Values{"payload": {string(raw)}}.Encode()), err
	}
}

// controlVerify asks the app's address to prove itself, as Slack does when the address is entered.
func (s *Server) controlVerify(r *http.Request, _ ask) (obj, error) {
	s.mu.Lock()
	base := s.eventsURL
	s.mu.Unlock()
	if base == "" {
		return nil, problem("the app is in Socket Mode and has no address")
	}
	challenge := random(16)
	a := s.postOut(r.Context(), base, delivery{kind: kindEvent, payload: obj{
		"type": "url_verification", "token": s.secrets.verification, "challenge": challenge,
	}})
	answer, _ := a.payload.(obj)
	if a.ok() && (a.payload == challenge || answer["challenge"] == challenge) {
		return nil, nil
	}
	return nil, problem("the address did not return the challenge " + a.failure)
}
