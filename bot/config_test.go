package main

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

func TestEachMistakeIsOneSentence(t *testing.T) {
	for name, bad := range map[string]string{
		"TIME_ZONE": "Mars/Olympus", "SLACK_MODE": "pigeon", "DATABASE_URL": "mysql://x", "SLACK_API_URL": "http://slack.example.com/api/",
		"LISTEN_ADDR": "8080", "LOCALE": "English!", "ADMINS": "@sam", "DEALS_CHANNEL": "#deals", "COMMAND_PREFIX": "PW ", "LOG_LEVEL": "loud", "LOG_FORMAT": "xml",
	} {
		_, err := configFrom(map[string]string{name: bad})
		if err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s=%s: %v", name, bad, err)
		}
	}
	c, err := configFrom(nil)
	if err != nil || c.APIURL != "https://slack.com/api/" || c.Database != "sqlite:pipewright.db" || c.Mode != modeSocket {
		t.Errorf("defaults: %+v, %v", c, err)
	}
}

func TestRunRefusesWithoutItsSecrets(t *testing.T) {
	for _, environ := range []map[string]string{
		{}, {"SLACK_BOT_TOKEN": "xoxb-1"}, {"SLACK_BOT_TOKEN": "xoxp-1", "SLACK_APP_TOKEN": "xapp-1"},
		{"SLACK_MODE": "http", "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"},
	} {
		var out bytes.Buffer
		status := execute(t.Context(), []string{"run"}, terminal{out: &out, err: &out, config: func() (Config, error) { return configFrom(environ) }})
		if status != exitFailed || !strings.HasPrefix(out.String(), "pipewright: SLACK_") || strings.Count(out.String(), "\n") != 1 {
			t.Errorf("%v: status %d: %s", environ, status, &out)
		}
	}
}

func TestExitStatus(t *testing.T) {
	for _, test := range []struct {
		args []string
		want int
	}{
		{[]string{"version"}, 0}, {[]string{"--help"}, 0}, {[]string{"play", "--help"}, 0}, {nil, 2}, {[]string{"fly"}, 2}, {[]string{"play", "--seed", "wild"}, 2},
		{[]string{"manifest", "--http", "example.com"}, 2}, {[]string{"backup"}, 2}, {[]string{"doctor"}, 1}, {[]string{"audit", "verify"}, 1},
	} {
		var out bytes.Buffer
		got := execute(t.Context(), test.args, terminal{out: &out, err: &out, config: func() (Config, error) {
			return configFrom(map[string]string{"DATABASE_URL": "sqlite:" + t.TempDir() + "/none.db"})
		}})
		if got != test.want {
			t.Errorf("%v: status %d, want %d: %s", test.args, got, test.want, &out)
		}
	}
}

// TestExampleExplainsEveryVariable keeps .env.example in step with Config.
func TestExampleExplainsEveryVariable(t *testing.T) {
	example, err := os.ReadFile("../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	kind := reflect.TypeFor[Config]()
	for i := range kind.NumField() {
		name := kind.Field(i).Tag.Get("env")
		if name != "" && !regexp.MustCompile(`(?m)^#.+\n(#.*\n)*#?`+name+`=`).Match(example) {
			t.Errorf(".env.example does not explain %s", name)
		}
	}
}

func TestNothingSecretIsLogged(t *testing.T) {
	secrets := []string{"xoxb-12-34-abcDEF", "xapp-1-A1-2-abc", "https://hooks.slack.com/commands/T1/2/abc", "http://127.0.0.1:8900/hooks/0a1b2c", "wss://wss-primary.slack.com/link/?ticket=abc&app_id=1", "postgres://bot:hunter2@db/pipewright"}
	for _, format := range []string{"text", "json"} {
		var out bytes.Buffer
		log := newLog(&out, format, "debug")
		for _, s := range secrets {
			log.Info("got "+s, "string", s, "error", errors.New("Post \""+s+"\": refused"), slog.Group("group", "inner", s))
		}
		for _, part := range []string{"12-34-abcDEF", "1-A1-2-abc", "T1/2/abc", "0a1b2c", "ticket=abc", "hunter2"} {
			if strings.Contains(out.String(), part) {
				t.Errorf("%s: %s is in the log:\n%s", format, part, &out)
			}
		}
	}
}

// LOCALE is the language of the command line: mistakes in the settings, wrong usage, the greeting of the playground.
func TestLocaleOfTheCommandLine(t *testing.T) {
	run := func(environ map[string]string, args ...string) string {
		var out bytes.Buffer
		environ["DATABASE_URL"] = "sqlite:" + t.TempDir() + "/none.db"
		execute(t.Context(), args, terminal{out: &out, err: &out, config: func() (Config, error) { return configFrom(environ) }})
		return out.String()
	}
	for _, test := range []struct {
		args     string
		en, zh   string
		setting  string
		standing string
	}{
		{args: "import", en: "import needs a file", zh: "import 需要文件"},
		{args: "import --deals x --map y", en: "write it as FIELD=COLUMN", zh: "请写成 字段=列名"},
		{args: "process infer --history x --map y", en: "write it as FIELD=COLUMN", zh: "请写成 字段=列名"},
		{args: "report funnel --period soon", en: "say it as", zh: "请写成"},
		{args: "report digest --by owner", en: "a digest tells of", zh: "摘要讲的是"},
		{args: "manifest --http x", en: "give the public address", zh: "请写以 https:// 开头的公网地址"},
		{args: "fly", en: "; see `pipewright --help`", zh: "；请看 `pipewright --help`"},
		{args: "run", en: "SLACK_BOT_TOKEN must be", zh: "SLACK_BOT_TOKEN 必须是"},
		{args: "run", en: "set it to socket or http", zh: "请设为 socket 或 http", setting: "SLACK_MODE", standing: "pigeon"},
		{args: "run", en: "would send the tokens unencrypted", zh: "会把令牌不加密地发出去", setting: "SLACK_API_URL", standing: "http://slack.example.com/api/"},
	} {
		for locale, want := range map[string]string{"en-US": test.en, "zh-CN": test.zh} {
			environ := map[string]string{"LOCALE": locale}
			if test.setting != "" {
				environ[test.setting] = test.standing
			}
			if got := run(environ, strings.Fields(test.args)...); !strings.Contains(got, want) {
				t.Errorf("%s: %s says %q, not %q", locale, test.args, got, want)
			}
		}
	}
}
