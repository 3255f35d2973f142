package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/joho/godotenv"

	"pipewright/internal/text"
)

// Config is the environment. .env.example explains each variable.
type Config struct {
	BotToken      string   `env:"SLACK_BOT_TOKEN"`
	AppToken      string   `env:"SLACK_APP_TOKEN"`
	SigningSecret string   `env:"SLACK_SIGNING_SECRET"`
	Mode          string   `env:"SLACK_MODE" envDefault:"socket"`
	APIURL        string   `env:"SLACK_API_URL" envDefault:"https://slack.com/api/"`
	Database      string   `env:"DATABASE_URL" envDefault:"sqlite:pipewright.db"`
	Listen        string   `env:"LISTEN_ADDR" envDefault:"127.0.0.1:8080"`
	TimeZone      string   `env:"TIME_ZONE" envDefault:"UTC"`
	Locale        string   `env:"LOCALE" envDefault:"en-US"`
	Admins        []string `env:"ADMINS"`
	DealsChannel  string   `env:"DEALS_CHANNEL"`
	Prefix        string   `env:"COMMAND_PREFIX"`
	LogLevel      string   `env:"LOG_LEVEL" envDefault:"info"`
	LogFormat     string   `env:"LOG_FORMAT" envDefault:"text"`

	zone  *time.Location
	pace  time.Duration // between posts into one channel; 0 is Slack's rate
	lease time.Duration // of a message being delivered; 0 is the outbox's own
}

// Modes of SLACK_MODE.
const (
	modeSocket = "socket"
	modeHTTP   = "http"
)

// printer speaks the language of LOCALE, for the command line.
func (c Config) printer() text.Printer { return text.For(c.Locale, c.zone) }

// readConfig reads .env when present and then the environment, which wins. It
// checks only what every command needs; see forSlack.
func readConfig() (Config, error) {
	if err := godotenv.Load(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Config{}, fmt.Errorf(".env cannot be read; write one NAME=value a line: %w", err)
	}
	return configFrom(env.ToMap(os.Environ()))
}

func configFrom(environ map[string]string) (Config, error) {
	c, err := env.ParseAsWithOptions[Config](env.Options{Environment: environ})
	if err != nil {
		return c, fmt.Errorf("the environment cannot be read: %w", err)
	}
	return c, c.check()
}

var (
	userID    = regexp.MustCompile(`^[UW][A-Z0-9]{2,}$`)
	channelID = regexp.MustCompile(`^[CG][A-Z0-9]{2,}$`)
	prefix    = regexp.MustCompile(`^[a-z0-9_-]{0,20}$`)
	locale    = regexp.MustCompile(`^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$`)
)

// check returns an error with one sentence for each mistake, in the language of LOCALE.
func (c *Config) check() error {
	var errs []error
	zone, err := time.LoadLocation(c.TimeZone)
	c.zone = zone
	p := c.printer()
	say := func(sentence string) { errs = append(errs, errors.New(sentence)) }
	if err != nil || c.TimeZone == "Local" {
		say(p.T("TIME_ZONE=%q is no time zone; write it as Europe/Berlin or Asia/Shanghai", c.TimeZone))
	}
	if c.Mode != modeSocket && c.Mode != modeHTTP {
		say(p.T("SLACK_MODE=%q: set it to socket or http", c.Mode))
	}
	if !strings.HasPrefix(c.Database, "sqlite:") && !strings.HasPrefix(c.Database, "postgres://") && !strings.HasPrefix(c.Database, "postgresql://") {
		say(p.T("DATABASE_URL must begin with sqlite: or postgres://, such as sqlite:pipewright.db"))
	}
	if err := checkAPIURL(p, c.APIURL); err != nil {
		errs = append(errs, err)
	}
	if !strings.HasSuffix(c.APIURL, "/") {
		c.APIURL += "/" // slack-go appends the method to it
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		say(p.T("LISTEN_ADDR=%q: write it as 127.0.0.1:8080 or :8080", c.Listen))
	}
	if !locale.MatchString(c.Locale) {
		say(p.T("LOCALE=%q: write it as en-US or zh-CN", c.Locale))
	}
	for i, a := range c.Admins {
		c.Admins[i] = strings.TrimSpace(a)
		if !userID.MatchString(c.Admins[i]) {
			say(p.T("ADMINS: %q is no Slack user id such as U012AB3CD; copy it from the person's profile (⋮, Copy member ID)", a))
		}
	}
	if c.DealsChannel != "" && !channelID.MatchString(c.DealsChannel) {
		say(p.T("DEALS_CHANNEL=%q is no channel id such as C012AB3CD; copy it from the channel's details", c.DealsChannel))
	}
	if !prefix.MatchString(c.Prefix) {
		say(p.T("COMMAND_PREFIX=%q: use lower-case letters, digits, - and _, such as pw-", c.Prefix))
	}
	if _, err := level(c.LogLevel); err != nil {
		say(p.T("LOG_LEVEL=%q: set it to debug, info, warn or error", c.LogLevel))
	}
	if c.LogFormat != "text" && c.LogFormat != "json" {
		say(p.T("LOG_FORMAT=%q: set it to text or json", c.LogFormat))
	}
	return errors.Join(errs...)
}

// checkAPIURL refuses to send tokens over an open network.
func checkAPIURL(p text.Printer, link string) error {
	u, err := url.Parse(link)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return errors.New(p.T("SLACK_API_URL=%q is no address such as https://slack.com/api/", link))
	}
	if u.Scheme == "http" && !isLoopback(u) {
		return errors.New(p.T("SLACK_API_URL=%q would send the tokens unencrypted; use https, or http on this machine only", link))
	}
	return nil
}

func isLoopback(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || (ip != nil && ip.IsLoopback())
}

// forSlack checks what is needed to talk to Slack.
func (c *Config) forSlack() error {
	var errs []error
	p := c.printer()
	need := func(ok bool, say string) {
		if !ok {
			errs = append(errs, errors.New(say))
		}
	}
	need(strings.HasPrefix(c.BotToken, "xoxb-"), p.T("SLACK_BOT_TOKEN must be the bot token that begins with xoxb- (OAuth & Permissions of your Slack app)"))
	if c.Mode == modeHTTP {
		need(c.SigningSecret != "", p.T("SLACK_SIGNING_SECRET is needed in HTTP mode (Basic Information of your Slack app)"))
	} else {
		need(strings.HasPrefix(c.AppToken, "xapp-"), p.T("SLACK_APP_TOKEN must be the app-level token that begins with xapp- (Basic Information of your Slack app, scope connections:write); or set SLACK_MODE=http"))
	}
	return errors.Join(errs...)
}
