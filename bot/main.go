// Command pipewright is a Slack bot with which a sales team maps its process,
// works its deals and approves quotes and contracts, and sees where the process
// is stuck.
//
// Each command stands in a file of its own; bot.go ties the parts together.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"pipewright/internal/text"
	"pipewright/reports"
)

// Exit statuses.
const (
	exitDone   = 0
	exitFailed = 1 // refused or failed
	exitUsage  = 2 // wrong usage
)

// commands is the command line.
type commands struct {
	Play     playCommand     `cmd:"" help:"Try it: a Slack-like workspace and the bot in one process. No account needed."`
	Run      runCommand      `cmd:"" help:"Run the bot against Slack. Configured by the environment; .env is read when present."`
	Process  processCommand  `cmd:"" help:"The map of the process, as a YAML file."`
	Import   importCommand   `cmd:"" help:"Bring in CSV: deals, their histories and activities, from any CRM. The same files again change nothing."`
	Report   reportCommand   `cmd:"" help:"Any report without Slack, as text, JSON or CSV, or as a picture."`
	Export   exportCommand   `cmd:"" help:"Write everything out as CSV that import takes back."`
	Backup   backupCommand   `cmd:"" help:"Copy the database into FILE while the bot runs."`
	Audit    auditCommand    `cmd:"" help:"The audit trail."`
	Doctor   doctorCommand   `cmd:"" help:"Check tokens, scopes, channels, clock, database and more, and say what to do."`
	Manifest manifestCommand `cmd:"" help:"Print the Slack app's manifest, or the link that creates the app from it."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

// terminal is where a command reads its settings and writes.
type terminal struct {
	out, err io.Writer
	config   func() (Config, error) // the environment, checked
}

// printer speaks the language of LOCALE, whatever else is wrong in the environment.
func (t terminal) printer() text.Printer {
	cfg, _ := t.config() // whose mistakes are told by the commands that use it
	return cfg.printer()
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(execute(ctx, os.Args[1:], terminal{out: os.Stdout, err: os.Stderr, config: readConfig}))
}

// execute runs one command and returns its exit status. What goes wrong is one
// line on t.err that names what to do.
func execute(ctx context.Context, args []string, t terminal) int {
	var cli commands
	exited := -1
	parser, err := kong.New(&cli, kong.Name("pipewright"), kong.Writers(t.out, t.err),
		kong.Description("Pipewright: map your sales process, work your deals and see where it is stuck, without leaving Slack."),
		kong.UsageOnError(), kong.Exit(func(code int) { exited = code; panic(errHelp) }),
		kong.Vars{"address": defaultPlayAddress, "reports": strings.Join(append(reports.Names(), reports.DigestReport), ", ")})
	if err != nil {
		return complain(t, err, exitUsage)
	}
	command, err := parse(parser, args)
	if errors.Is(err, errHelp) {
		return exited
	}
	if err != nil {
		return complain(t, errors.New(t.printer().T("%s; see `pipewright --help`", err)), exitUsage)
	}
	command.BindTo(ctx, (*context.Context)(nil))
	if err := command.Run(t); err != nil {
		var usage *usageError
		if errors.As(err, &usage) {
			return complain(t, err, exitUsage)
		}
		return complain(t, err, exitFailed)
	}
	return exitDone
}

// errHelp ends the parsing after help was printed.
var errHelp = errors.New("help was asked for")

func parse(parser *kong.Kong, args []string) (c *kong.Context, err error) {
	defer func() {
		if p := recover(); p != nil {
			if p != errHelp { //nolint:errorlint // the very value that Exit panics with
				panic(p)
			}
			err = errHelp
		}
	}()
	return parser.Parse(args)
}

// usageError is wrong usage that only the command itself can see.
type usageError struct{ say string }

func (e *usageError) Error() string { return e.say }

func complain(t terminal, err error, status int) int {
	line := strings.ReplaceAll(strings.TrimSpace(mask(err.Error())), "\n", "; ")
	fmt.Fprintln(t.err, "pipewright: "+line)
	return status
}
