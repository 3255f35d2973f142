package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"pipewright/store"
)

type doctorCommand struct{}

// Run checks everything that a running bot depends on. It returns an error when
// something keeps the bot from working.
func (*doctorCommand) Run(ctx context.Context, t terminal) error {
	d := &doctor{out: t.out}
	d.good("version", "%s", versionText())
	cfg, err := t.config()
	if err != nil {
		for _, line := range strings.Split(err.Error(), "\n") {
			d.bad("settings", "%s", line)
		}
		return d.verdict()
	}
	d.slack(ctx, cfg)
	d.database(ctx, cfg)
	return d.verdict()
}

// doctor writes one line for each check.
type doctor struct {
	out           io.Writer
	failed, warns int
}

func (d *doctor) good(what, format string, args ...any) { d.line("ok", what, format, args) }

// warn is for what works less well than it could.
func (d *doctor) warn(what, format string, args ...any) {
	d.warns++
	d.line("warn", what, format, args)
}

// bad is for what keeps the bot from working. The line says what to do.
func (d *doctor) bad(what, format string, args ...any) {
	d.failed++
	d.line("FAIL", what, format, args)
}

func (d *doctor) line(mark, what, format string, args []any) {
	fmt.Fprintf(d.out, "%-5s %-10s %s\n", mark, what, mask(fmt.Sprintf(format, args...)))
}

func (d *doctor) verdict() error {
	switch {
	case d.failed > 0:
		return fmt.Errorf("%s; do what its line says and run doctor again", plural(d.failed, "check failed", "checks failed"))
	case d.warns > 0:
		fmt.Fprintf(d.out, "Pipewright can work; %s.\n", plural(d.warns, "thing could be better", "things could be better"))
	default:
		fmt.Fprintln(d.out, "Everything is fine.")
	}
	return nil
}

func plural(n int, one, other string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, other)
}

// database checks the database and what stands in it.
func (d *doctor) database(ctx context.Context, cfg Config) {
	st, err := openExisting(ctx, cfg)
	if err != nil {
		d.bad("database", "%v", err)
		return
	}
	defer st.Close()
	if err := st.Ping(ctx); err != nil {
		d.bad("database", "%s does not answer: %v", cfg.Database, err)
		return
	}
	d.good("database", "%s answers", cfg.Database)
	d.outbox(ctx, st)
	err = st.Read(ctx, func(ctx context.Context, r *store.Reader) error { return d.maps(ctx, r) })
	if err != nil {
		d.bad("process", "the map cannot be read: %v", err)
	}
}

// maxLetters is how many dead letters are listed.
const maxLetters = 10

func (d *doctor) outbox(ctx context.Context, st *store.Store) {
	stats, err := st.OutboxStats(ctx)
	if err != nil {
		d.bad("outbox", "cannot be read: %v", err)
		return
	}
	if stats.Dead == 0 {
		d.good("outbox", "%d waiting, none set aside", stats.Due)
		return
	}
	d.warn("outbox", "%s set aside because Slack refused them for good:", plural(stats.Dead, "message was", "messages were"))
	letters, err := st.DeadLetters(ctx, maxLetters)
	if err != nil {
		d.bad("outbox", "cannot be read: %v", err)
	}
	for _, l := range letters {
		d.line("", "", "%s to %s: %s%s", []any{l.Kind, l.Channel, l.Error, remedy(l.Error)})
	}
}

// remedy says what helps against a refusal.
func remedy(refusal string) string {
	for code, what := range map[string]string{
		"not_in_channel": "invite the bot to the channel with /invite @Pipewright", "channel_not_found": "invite the bot to the private channel, or correct the channel in the map or DEALS_CHANNEL",
		"is_archived": "unarchive the channel, or choose another one", "restricted_action": "let the bot post there, in the channel's posting permissions",
		"user_not_found": "the person left: take them out of the map", "account_inactive": "the person left: take them out of the map",
	} {
		if strings.HasPrefix(refusal, code) {
			return " (" + what + "; the next change of the deal posts its card again)"
		}
	}
	return ""
}

// maps checks that there is a process, and somebody for each of its roles.
func (d *doctor) maps(ctx context.Context, r *store.Reader) error {
	org, err := r.Organisation(ctx)
	if err != nil {
		return err
	}
	if len(org.Admins) == 0 {
		d.warn("admins", "nobody is told when something goes wrong; set ADMINS to the Slack ids of one or two people")
	} else {
		d.good("admins", "%s", strings.Join(org.Admins, ", "))
	}
	if len(org.Teams) == 0 {
		d.warn("teams", "there is no team yet, so nobody leads; add one in Slack: /process team add north @someone")
	}
	processes, err := r.Processes(ctx)
	if err != nil {
		return err
	}
	if len(processes) == 0 {
		d.warn("process", "there is none yet; the bot saves the shipped one when it starts")
		return nil
	}
	var empty []string
	for _, p := range processes {
		d.good("process", "%s, version %d, %s", p.Key, p.Version, plural(len(p.Stages), "stage", "stages"))
		for _, role := range p.Roles {
			if len(org.Holders(role)) == 0 && !slices.Contains(empty, role) {
				empty = append(empty, role)
			}
		}
	}
	if len(empty) > 0 {
		d.warn("roles", "nobody holds %s, so what they decide stands still; in Slack: /process role add %s @someone", strings.Join(empty, ", "), empty[0])
	}
	return nil
}
