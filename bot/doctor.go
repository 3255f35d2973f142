package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/reports/draw"
	"pipewright/store"
)

type doctorCommand struct{}

// Run checks everything that a running bot depends on. It returns an error when
// something keeps the bot from working.
func (*doctorCommand) Run(ctx context.Context, t terminal) error {
	cfg, err := t.config()
	d := &doctor{out: t.out, p: cfg.printer()}
	d.good("version", versionText())
	if err != nil {
		for _, line := range strings.Split(err.Error(), "\n") {
			d.bad("settings", line)
		}
		return d.verdict()
	}
	api := d.slack(ctx, cfg)
	used := d.database(ctx, cfg)
	if api != nil {
		d.channels(ctx, api, cfg.DealsChannel, used)
	}
	d.fonts(draw.FindFonts())
	return d.verdict()
}

// fonts says whether pictures can be written in Chinese.
func (d *doctor) fonts(regular, _ string) {
	if regular == "" {
		d.warn("fonts", d.p.T("no font with Chinese letters: pictures with Chinese words are left out; install one (%s)", draw.FontHelp))
		return
	}
	d.good("fonts", regular)
}

// doctor writes one line for each check.
type doctor struct {
	out           io.Writer
	p             text.Printer
	failed, warns int
}

func (d *doctor) good(what, said string) { d.line("ok", what, said) }

// warn is for what works less well than it could.
func (d *doctor) warn(what, said string) {
	d.warns++
	d.line("warn", what, said)
}

// bad is for what keeps the bot from working. It says what to do.
func (d *doctor) bad(what, said string) {
	d.failed++
	d.line("FAIL", what, said)
}

func (d *doctor) line(status, what, said string) {
	fmt.Fprintf(d.out, "%-5s %-10s %s\n", status, what, mask(said))
}

func (d *doctor) verdict() error {
	switch {
	case d.failed > 0:
		return errors.New(d.p.N(d.failed, "%d check failed; do what its line says and run doctor again", "%d checks failed; do what their lines say and run doctor again"))
	case d.warns > 0:
		fmt.Fprintln(d.out, d.p.N(d.warns, "Pipewright can work; %d thing could be better.", "Pipewright can work; %d things could be better."))
	default:
		fmt.Fprintln(d.out, d.p.T("Everything is fine."))
	}
	return nil
}

// database checks the database and what stands in it. It returns the channels that are named there.
func (d *doctor) database(ctx context.Context, cfg Config) (used []usedChannel) {
	st, err := openExisting(ctx, cfg)
	if err != nil {
		d.bad("database", err.Error())
		return nil
	}
	defer st.Close()
	if err := st.Ping(ctx); err != nil {
		d.bad("database", d.p.T("DATABASE_URL %s does not answer (%s); start the database or correct the address", cfg.Database, err.Error()))
		return nil
	}
	d.good("database", d.p.T("%s answers", cfg.Database))
	d.outbox(ctx, st)
	err = st.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		if err := d.maps(ctx, r, cfg); err != nil {
			return err
		}
		used, err = d.usedChannels(ctx, r, cfg.Prefix)
		return err
	})
	if err != nil {
		d.bad("process", d.p.T("the map cannot be read (%s); restore a backup", err.Error()))
	}
	return used
}

// maxLetters is how many dead letters are listed.
const maxLetters = 10

func (d *doctor) outbox(ctx context.Context, st *store.Store) {
	stats, err := st.OutboxStats(ctx)
	if err != nil {
		d.bad("outbox", d.p.T("it cannot be read (%s); restore a backup", err.Error()))
		return
	}
	if stats.Dead == 0 {
		d.good("outbox", d.p.N(stats.Due, "%d message waits, none was set aside", "%d messages wait, none was set aside"))
		return
	}
	d.warn("outbox", d.p.N(stats.Dead, "%d message was set aside because Slack refuses it for good:", "%d messages were set aside because Slack refuses them for good:"))
	letters, err := st.DeadLetters(ctx, maxLetters)
	if err != nil {
		d.bad("outbox", d.p.T("it cannot be read (%s); restore a backup", err.Error()))
	}
	for _, l := range letters {
		d.line("", "", fmt.Sprintf("%s → %s: %s%s", l.Kind, l.Channel, l.Error, d.remedy(l.Error)))
	}
}

// remedies say what helps against a refusal; the next change of a deal posts its card again.
var remedies = map[string]string{
	"not_in_channel":    text.Msg("invite the bot to the channel: /invite @Pipewright"),
	"channel_not_found": text.Msg("invite the bot to the private channel, or correct the channel in the map or DEALS_CHANNEL"),
	"is_archived":       text.Msg("unarchive the channel, or choose another one"),
	"restricted_action": text.Msg("let the bot post there, in the channel's posting permissions"),
	"user_not_found":    text.Msg("the person left: take them out of the map"),
}

func (d *doctor) remedy(refusal string) string {
	code, _, _ := strings.Cut(refusal, ":")
	if what, ok := remedies[code]; ok {
		return " (" + d.p.T(what) + ")"
	}
	return ""
}

// maps checks that there is a process, and somebody for each of its roles.
func (d *doctor) maps(ctx context.Context, r *store.Reader, cfg Config) error {
	org, err := r.Organisation(ctx)
	if err != nil {
		return err
	}
	if len(org.Admins) == 0 {
		d.warn("admins", d.p.T("nobody is told when something goes wrong; set ADMINS to the Slack ids of one or two people"))
	} else {
		d.good("admins", strings.Join(org.Admins, ", "))
	}
	if len(org.Teams) == 0 {
		d.warn("teams", d.p.T("there is no team yet, so nobody leads; add one in Slack: /%s", cfg.Prefix+"process team new north North"))
	}
	processes, err := r.Processes(ctx)
	if err != nil {
		return err
	}
	if len(processes) == 0 {
		d.warn("process", d.p.T("there is none yet; the bot saves the shipped one when it starts"))
		return nil
	}
	var empty []string
	for _, p := range processes {
		d.good("process", d.p.N(len(p.Stages), "%[2]s, version %[3]d, %[1]d stage", "%[2]s, version %[3]d, %[1]d stages", p.Key, p.Version))
		for _, role := range p.Roles {
			byTeam := role == sales.RoleRep || role == sales.RoleManager // nobody is given these
			if !byTeam && len(org.Holders(role)) == 0 && !slices.Contains(empty, role) {
				empty = append(empty, role)
			}
		}
	}
	groups, err := r.RulingGroups(ctx)
	if err != nil {
		return err
	}
	d.groups(org, groups)
	if len(empty) > 0 {
		d.warn("roles", d.p.T("nobody holds %s, so what they decide stands still; in Slack: /%s", d.p.List(empty), cfg.Prefix+"process role add "+empty[0]+" @someone"))
	}
	return nil
}

// groups checks that somebody is in each user group that a right hangs on.
func (d *doctor) groups(org *sales.Organisation, ruling []string) {
	var empty []string
	for _, g := range ruling {
		if _, seen := org.Groups[g]; seen && len(org.Members([]string{g})) == 0 {
			empty = append(empty, org.GroupName(g))
		} else if !seen {
			d.warn("groups", d.p.T("the bot has not seen the user group %s in Slack; check its id, and that the app has the scope usergroups:read", g))
		}
	}
	if len(empty) > 0 {
		d.warn("groups", d.p.T("nobody is in %s, so nobody decides there by that; add somebody to it in Slack", d.p.List(empty)))
	}
}
