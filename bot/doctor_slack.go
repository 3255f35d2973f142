package main

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

// slack checks what the bot needs of Slack. It returns nil when nothing more can be asked there.
func (d *doctor) slack(ctx context.Context, cfg Config) *slack.Client {
	if err := cfg.forSlack(); err != nil {
		for _, line := range strings.Split(err.Error(), "\n") {
			d.bad("settings", line)
		}
		return nil
	}
	api := newSlack(cfg)
	who, err := api.AuthTestContext(ctx)
	var said slack.SlackErrorResponse
	switch {
	case errors.As(err, &said):
		d.bad("token", d.p.T("Slack refuses SLACK_BOT_TOKEN (%s); install the app again and copy the new token", said.Err))
		return nil
	case err != nil:
		d.bad("slack", d.p.T("%s does not answer (%s); check the network, a proxy and SLACK_API_URL", cfg.APIURL, err.Error()))
		return nil
	}
	d.good("token", d.p.T("%s in workspace %s", who.User, who.Team))
	d.clock(who.Header)
	d.scopes(who.Header)
	if cfg.Mode == modeSocket {
		if _, _, err := api.StartSocketModeContext(ctx); err != nil {
			d.bad("socket", d.p.T("Slack gives no socket for SLACK_APP_TOKEN (%s); make an app-level token with the scope connections:write", err.Error()))
		} else {
			d.good("socket", d.p.T("Slack offers a socket"))
		}
	}
	return api
}

// Slack refuses, and so do we, what is older than five minutes.
const (
	skewToMention = 30 * time.Second
	skewToFail    = 4 * time.Minute
)

func (d *doctor) clock(header http.Header) {
	said, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		d.warn("clock", d.p.T("Slack does not say what time it is"))
		return
	}
	skew := time.Since(said).Abs().Round(time.Second)
	switch {
	case skew > skewToFail:
		d.bad("clock", d.p.T("this machine's clock is off by %s, so that signatures look too old; set it by NTP", skew.String()))
	case skew > skewToMention:
		d.warn("clock", d.p.T("this machine's clock is off by %s; set it by NTP", skew.String()))
	default:
		d.good("clock", d.p.T("within %s of Slack's", max(skew, time.Second).String()))
	}
}

func (d *doctor) scopes(header http.Header) {
	granted := strings.FieldsFunc(header.Get("X-OAuth-Scopes"), func(r rune) bool { return r == ',' || r == ' ' })
	if len(granted) == 0 {
		d.warn("scopes", d.p.T("Slack does not say which scopes the app has"))
		return
	}
	var missing []string
	for _, s := range scopes {
		if !slices.Contains(granted, s) {
			missing = append(missing, s)
		}
	}
	if len(missing) > 0 {
		d.bad("scopes", d.p.T("missing: %s; add them under OAuth & Permissions (or paste `pipewright manifest`) and install the app again", strings.Join(missing, ", ")))
	} else {
		d.good("scopes", d.p.T("all that are needed"))
	}
	for _, w := range wishes {
		if !slices.Contains(granted, w.scope) {
			d.warn("scopes", d.p.T("%s is missing (%s); add it if you want that, and install the app again", w.scope, d.p.T(w.use)))
		}
	}
}
