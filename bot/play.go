package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"pipewright/bot/playground"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

const defaultPlayAddress = "127.0.0.1:8900"

type playCommand struct {
	Addr string `default:"${address}" help:"Where the playground's page is served (this machine only)."`
	Data string `placeholder:"DIR" help:"Keep the data in DIR/pipewright.db; otherwise it is gone at the end."`
	Seed string `enum:"demo,empty" default:"demo" help:"What stands there at the start: demo (half a year of sample deals) or empty."`
}

// Run starts a workspace and the bot, and prints the address to open.
func (c *playCommand) Run(ctx context.Context, t terminal) error {
	p := t.printer()
	dir, cleanUp, err := c.directory(p)
	if err != nil {
		return err
	}
	defer cleanUp()
	log := newLog(t.err, "text", logLevelOf("warn"))
	l, err := newLab(c.Addr, "sqlite:"+filepath.Join(dir, "pipewright.db"), modeSocket, p, log)
	if err != nil {
		return err
	}
	defer l.close()
	return l.play(ctx, c.Seed, func() {
		fmt.Fprint(t.out, p.T(`Pipewright plays at %s

Open the page. You are Ana, a sales rep. In #deals, type:
  /deal new "Acme rollout" 12k for Acme
  /log call acme 25m they want SSO
  /deal advance acme
At the top right you become somebody else: Mia, her manager, or Bo, who reads Chinese.
Move the clock to next Monday, 09:00, and read the digest in #team-north. Ctrl+C ends it.
`, l.ground.URL()))
	})
}

// directory returns where the data is kept, and what removes it if it is not.
func (c *playCommand) directory(p text.Printer) (string, func(), error) {
	if c.Data != "" {
		if err := os.MkdirAll(c.Data, 0o750); err != nil {
			return "", nil, errors.New(p.T("--data %s cannot be used; choose a directory that you may write to: %s", c.Data, err))
		}
		return c.Data, func() {}, nil
	}
	dir, err := os.MkdirTemp("", "pipewright-play-")
	if err != nil {
		return "", nil, err
	}
	return dir, func() { _ = os.RemoveAll(dir) }, nil
}

// logLevelOf returns LOG_LEVEL, or the given level when it is not set.
func logLevelOf(otherwise string) string {
	if l := os.Getenv("LOG_LEVEL"); l != "" {
		return l
	}
	return otherwise
}

// lab is a playground with everything that a bot beside it needs. The bot meets
// it as it meets Slack: over HTTP and WebSocket.
type lab struct {
	clock  *clock
	ground *playground.Server
	cfg    Config
	m      *sales.Map // what a fresh database begins with
	log    *slog.Logger
}

// newLab starts a workspace with the company in it. It speaks p's language, and so do the
// people who have none of their own.
func newLab(addr, database, mode string, p text.Printer, log *slog.Logger) (*lab, error) {
	app, err := manifest(p, "", "")
	if err != nil {
		return nil, err
	}
	l := &lab{clock: &clock{}, m: companyMap(), log: log}
	workspace := company()
	if p.Lang() == "zh" {
		workspace.Locale = "zh-CN"
	}
	l.ground, err = playground.New(playground.Config{Addr: addr, Manifest: app, Workspace: workspace, Clock: l.clock, Log: log})
	if err != nil {
		return nil, err
	}
	l.cfg, err = configFrom(map[string]string{
		"SLACK_BOT_TOKEN": l.ground.BotToken(), "SLACK_APP_TOKEN": l.ground.AppToken(), "SLACK_SIGNING_SECRET": l.ground.SigningSecret(),
		"SLACK_MODE": mode, "SLACK_API_URL": l.ground.APIURL(), "DATABASE_URL": database, "LISTEN_ADDR": "127.0.0.1:0",
		"TIME_ZONE": companyZone, "LOCALE": workspace.Locale, "ADMINS": userSam, "DEALS_CHANNEL": channelDeals,
	})
	if err != nil {
		return nil, errors.Join(err, l.ground.Close(context.Background()))
	}
	l.cfg.pace = 20 * time.Millisecond // nobody else posts here
	l.ground.Start()
	return l, nil
}

func (l *lab) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := l.ground.Close(ctx); err != nil {
		l.log.Warn("the playground did not end in time", "error", err)
	}
}

// bot opens a bot on the company's data, with the sample deals if seed is "demo".
func (l *lab) bot(ctx context.Context, seed string) (*bot, error) {
	b, err := newBot(ctx, l.cfg, l.log, l.clock)
	if err != nil {
		return nil, err
	}
	if err := l.prepare(ctx, b.store, seed); err != nil {
		return nil, errors.Join(err, b.store.Close(), b.listener.Close())
	}
	if l.cfg.Mode == modeHTTP {
		l.ground.SetEventsURL(b.url())
	}
	return b, nil
}

func (l *lab) prepare(ctx context.Context, st *store.Store, seed string) error {
	if err := l.clock.restore(ctx, st); err != nil {
		return err
	}
	if err := saveMap(ctx, st, l.m, l.clock.Now()); err != nil {
		return err
	}
	if seed == "demo" {
		if err := seedDemo(ctx, st, l.clock.Now()); err != nil {
			return err
		}
	}
	return repost(ctx, st)
}

// play runs the bot until ctx ends, and calls ready when it can be used.
func (l *lab) play(ctx context.Context, seed string, ready func()) error {
	b, err := l.bot(ctx, seed)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- b.run(ctx) }()
	if err := b.await(ctx, ended); err != nil {
		return err
	}
	ready()
	if err := <-ended; err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

// await returns when the bot can do its work, or with the error that kept it from that.
func (b *bot) await(ctx context.Context, ended <-chan error) error {
	for {
		select {
		case err := <-ended:
			return errors.Join(errors.New("the bot did not start"), err)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
			if len(b.problems(ctx)) == 0 {
				return nil
			}
		}
	}
}

// repost has the cards of all living deals posted again: a workspace that was
// started anew on old data has none of them.
func repost(ctx context.Context, st *store.Store) error {
	return st.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		deals, err := tx.Deals(ctx, store.DealFilter{Alive: true})
		if err != nil {
			return err
		}
		for _, d := range deals {
			if err := tx.Refresh(ctx, "deal:"+strconv.FormatInt(d.ID, 10)); err != nil {
				return err
			}
		}
		return nil
	})
}
