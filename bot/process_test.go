package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
)

// mapDesk is a place with map files and a database, and a terminal.
type mapDesk struct {
	*testing.T
	dir string
	env map[string]string
}

func newMapDesk(t *testing.T) *mapDesk {
	dir := t.TempDir()
	return &mapDesk{T: t, dir: dir, env: map[string]string{"DATABASE_URL": "sqlite:" + filepath.Join(dir, "test.db")}}
}

// run runs a command and returns what it printed, its last line on standard error, and its status.
func (d *mapDesk) run(args ...string) (out, last string, status int) {
	d.Helper()
	var stdout, stderr bytes.Buffer
	status = execute(d.Context(), args, terminal{out: &stdout, err: &stderr, config: func() (Config, error) { return configFrom(d.env) }})
	return strings.ReplaceAll(stdout.String(), d.dir+"/", ""), strings.ReplaceAll(stderr.String(), d.dir+"/", ""), status
}

func (d *mapDesk) must(args ...string) string {
	d.Helper()
	out, err, status := d.run(args...)
	if status != exitDone {
		d.Fatalf("%v: status %d\n%s%s", args, status, out, err)
	}
	return out
}

// file writes a map file and returns its path.
func (d *mapDesk) file(name, content string) string {
	d.Helper()
	path := filepath.Join(d.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		d.Fatal(err)
	}
	return path
}

// shipped is the shipped file, changed: pairs of what stands there and what is put in its place.
func shipped(t *testing.T, changes ...string) string {
	t.Helper()
	file, _ := sales.ShippedFile("b2b")
	s := string(file)
	for i := 0; i < len(changes); i += 2 {
		if !strings.Contains(s, changes[i]) {
			t.Fatalf("%q does not stand in the shipped file", changes[i])
		}
		s = strings.Replace(s, changes[i], changes[i+1], 1)
	}
	return s
}

func TestProcessCheckNamesFileLineAndWhatToDo(t *testing.T) {
	d := newMapDesk(t)
	bad := d.file("bad.yaml", shipped(t,
		"who: [rep]\n      target: 2d", "who: [rep, legel]\n      target: 2x",
		"    - key: demo\n", "    - key: Demo\n",
		"when: discount > 30", "when: discuont > 30"))
	for locale, want := range map[string][]string{
		"en-US": {`bad.yaml:92:18: There is no role “legel” in the organisation. Add it there, or name another. Did you mean legal?`,
			`bad.yaml:93:15: “2x” is not what belongs here. Write a length of working time, such as 3d or 4h.`,
			`“Demo” can't be the key of a stage`, `The condition “discuont > 30” uses “discuont”, which it does not know. Write the key of a field. Did you mean discount?`, `warning: Nobody has the role`},
		"zh-CN": {`bad.yaml:92:18: 组织里没有角色“legel”。请添加，或换一个。是不是指 legal？`, `提醒：还没有人担任角色`},
	} {
		d.env["LOCALE"] = locale
		out, err, status := d.run("process", "check", bad)
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("%s: there is no %q in\n%s", locale, w, out)
			}
		}
		if status != exitFailed || strings.Count(err, "\n") != 1 || !strings.Contains(err, "bad.yaml") {
			t.Errorf("%s: status %d, %q", locale, status, err)
		}
		if _, e := os.Stat(filepath.Join(d.dir, "test.db")); e == nil {
			t.Error("a check made a database")
		}
		lines := regexp.MustCompile(`(?m)^bad\.yaml:(\d+):`).FindAllStringSubmatch(out, -1)
		for i := 1; i < len(lines); i++ {
			if len(lines[i-1][1]) > len(lines[i][1]) || len(lines[i-1][1]) == len(lines[i][1]) && lines[i-1][1] > lines[i][1] {
				t.Errorf("line %s stands before line %s", lines[i-1][1], lines[i][1])
			}
		}
	}
}

// deskMap is a map whose one step asks what stands in the place of ASKS.
const deskMap = `organisation:
  teams: [{key: n, name: N, manager: U0MIA00003, members: [U0ANA00001]}]
  roles:
    - {key: pricing, name: Pricing, users: [U0LIN00005, U0EVA00007]}
    - {key: desk, name: Desk, groups: [S0DESK0001]}
process:
  key: b2b
  name: Sales
  default: true
  currency: EUR
  calendar: {zone: UTC}
  stages:
    - {key: talk, name: Talk, what: Talk, who: [rep]}
    - {key: signed, name: Signed, what: Sign, who: [rep], won: true}
  activities: [{key: call, name: Call}]
  reasons: [{key: price, name: Price}]
  policies:
    - kind: quote
      name: Quote
      steps:
        - {key: price, name: Price, ASKS}
`

// A step that asks a user group: the check knows from the bot's database who is in it, and history and diffs name it.
func TestProcessOfUserGroups(t *testing.T) {
	d := newMapDesk(t)
	file := func(asks string) string { return d.file("map.yaml", strings.Replace(deskMap, "ASKS", asks, 1)) }
	d.must("process", "apply", file("roles: [pricing]"), "--why", "begin")
	d.group("S0DESK0001", "pricing-desk")
	for _, c := range []struct {
		members []string
		status  int
		asks    string
		want    string
	}{
		{nil, exitFailed, "groups: [S0DESK0001]", "map.yaml:21:45: Nobody can decide the step “price” of “quote”. Nobody is in the user group @pricing-desk. Add somebody to it in Slack, or name others."},
		{nil, exitFailed, "roles: [desk]", "map.yaml:21:44: Nobody can decide the step “price” of “quote”. Give somebody the role desk, or add somebody to the user group @pricing-desk in Slack: nobody is in it."},
		{nil, exitFailed, "roles: [desk]", "map.yaml:21:45: warning: Nobody has the role “desk”: nobody is in the user group @pricing-desk. Add somebody to it in Slack."},
		{nil, exitFailed, "groups: ['@pricing-desk']", "map.yaml:21:46: “@pricing-desk” is no id of a Slack user group, such as S012AB3CD. Copy it from the group's details."},
		{nil, exitFailed, "roles: [pricing], groups: [S0DESK0001], rule: each", "needs more people than the 2 that there are (rule: each)."},
		{nil, exitFailed, "roles: [pricing], escalate: {after: 2d, to: S0DESK0001}", "The step “price” of “quote” escalates to nobody: give somebody the role, or name people."},
		{[]string{"U0ANA00001"}, exitDone, "groups: [S0DESK0001]", "map.yaml:21:45: warning: Only U0ANA00001 can decide the step “price” of “quote”, and nobody decides on requests of their own. Name somebody else too."},
		{nil, exitDone, "users: [U0LIN00005], groups: [S0DESK0001]", "map.yaml:21:67: warning: Nobody is in the user group @pricing-desk, so others decide the step “price”. Add somebody to it in Slack."},
		{nil, exitDone, "groups: [S0TYPO0001]", "map.yaml:21:46: warning: The bot has not seen a user group “S0TYPO0001” in Slack."},
		{[]string{"U0LIN00005", "U0EVA00007"}, exitDone, "groups: [S0DESK0001]", "  - Approval “Quote”, step “Price”: now asks the user group @pricing-desk, no longer the role Pricing"},
	} {
		d.group("S0DESK0001", "", c.members...)
		out, err, status := d.run("process", "check", file(c.asks))
		if !strings.Contains(out, c.want+"\n") && !strings.Contains(out, c.want+" ") || status != c.status {
			t.Errorf("%s: status %d, there is no %q in\n%s%s", c.asks, status, c.want, out, err)
		}
		if c.status == exitFailed {
			if out, _, status := d.run("process", "apply", file(c.asks), "--why", "no"); status != exitFailed || !strings.Contains(out, c.want) {
				t.Errorf("%s can be applied: status %d\n%s", c.asks, status, out)
			}
		}
	}
	d.must("process", "apply", file("groups: [S0DESK0001]"), "--why", "the desk decides")
	if history := d.must("process", "history"); !strings.Contains(history, "Approval “Quote”, step “Price”: now asks the user group @pricing-desk, no longer the role Pricing") {
		t.Errorf("history:\n%s", history)
	}
	if shown := d.must("process", "show"); !strings.Contains(shown, "groups: [S0DESK0001]") {
		t.Errorf("as a file:\n%s", shown)
	}
	d.env["DATABASE_URL"] = "sqlite:" + filepath.Join(d.dir, "none.db")
	if out := d.must("process", "check", file("groups: [S0DESK0001]")); strings.Contains(out, "warning") {
		t.Errorf("without a database:\n%s", out)
	}
}

// group has the bot's mirror know a user group.
func (d *mapDesk) group(id, handle string, members ...string) {
	d.Helper()
	st, err := store.Open(d.Context(), d.env["DATABASE_URL"], store.Options{})
	if err != nil {
		d.Fatal(err)
	}
	defer st.Close()
	if err := st.InTx(d.Context(), func(ctx context.Context, tx *store.Tx) error {
		return tx.SaveGroup(ctx, id, handle, members, time.Now())
	}); err != nil {
		d.Fatal(err)
	}
}

func TestProcessApplyShowHistory(t *testing.T) {
	d := newMapDesk(t)
	first := d.file("map.yaml", shipped(t))
	if out := d.must("process", "check", first); !strings.Contains(out, "map.yaml can be applied.") || !strings.Contains(out, "no database here") {
		t.Errorf("check without a database:\n%s", out)
	}
	if out := d.must("process", "apply", first, "--why", "Where we begin"); !strings.Contains(out, "b2b is now in version 1.") {
		t.Errorf("the first apply:\n%s", out)
	}
	if out := d.must("process", "apply", first, "--why", "again"); !strings.Contains(out, "It says what is in force already.") {
		t.Errorf("the same again:\n%s", out)
	}
	second := d.file("map.yaml", shipped(t, "target: 2d", "target: 3d", "name: {en: Demo, zh: 产品演示}", "name: {en: Show it, zh: 产品演示}"))
	check := d.must("process", "check", second)
	for _, want := range []string{"New business (b2b):", "“First contact”: target 3 working days, before 2 working days", "Stage “Demo” is now called “Show it”"} {
		if !strings.Contains(check, want) {
			t.Errorf("there is no %q in\n%s", want, check)
		}
	}
	d.must("process", "apply", second, "--why", "Answering takes longer")
	history := d.must("process", "history")
	for _, want := range []string{"Version 2 ·", "“Answering takes longer”", "Stage “Demo” is now called “Show it”", "Version 1 ·", "“Where we begin”"} {
		if !strings.Contains(history, want) {
			t.Errorf("there is no %q in\n%s", want, history)
		}
	}
	if team := d.must("process", "history", "team"); !strings.Contains(team, "New role “Pricing”") {
		t.Errorf("history of roles:\n%s", team)
	}

	// What is shown can be applied, and changes nothing.
	shown := d.file("shown.yaml", d.must("process", "show"))
	if out := d.must("process", "apply", shown, "--why", "round trip"); !strings.Contains(out, "It says what is in force already.") {
		t.Errorf("what is shown changes something:\n%s", out)
	}
	if out := d.must("process", "show", "b2b", "--format", "text"); !strings.Contains(out, "3. Show it (demo)") || !strings.Contains(out, "activity:demo ×1") {
		t.Errorf("as text:\n%s", out)
	}
	var m struct {
		Processes []struct {
			Key     string
			Version int
		}
	}
	if err := json.Unmarshal([]byte(d.must("process", "show", "--format", "json")), &m); err != nil || len(m.Processes) != 1 || m.Processes[0].Version != 2 {
		t.Errorf("as JSON: %+v %v", m, err)
	}
}

func TestProcessCommandsRefuse(t *testing.T) {
	d := newMapDesk(t)
	good, bad := d.file("good.yaml", shipped(t)), d.file("bad.yaml", shipped(t, "currency: USD", "currency: RMB"))
	noYAML := d.file("no.yaml", "process: [\n")
	for _, tt := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"process", "check", "nowhere.yaml"}, exitFailed, "there is no file nowhere.yaml; check the path"},
		{[]string{"process", "check"}, exitUsage, "expected"},
		{[]string{"process", "apply", good}, exitUsage, "--why"},
		{[]string{"process", "apply", good, "--why", " "}, exitUsage, "say why"},
		{[]string{"process", "apply", bad, "--why", "x"}, exitFailed, "bad.yaml has 1 mistake; nothing was changed"},
		{[]string{"process", "apply", noYAML, "--why", "x"}, exitFailed, "no.yaml has 1 mistake"},
		{[]string{"process", "show", "--format", "xml"}, exitUsage, "xml"},
	} {
		if _, err, status := d.run(tt.args...); status != tt.status || !strings.Contains(err, tt.want) {
			t.Errorf("%v: status %d, %q", tt.args, status, err)
		}
	}
	d.must("process", "apply", good, "--why", "x")
	for _, args := range [][]string{{"process", "show", "nowhere"}, {"process", "history", "nowhere"}} {
		if _, err, status := d.run(args...); status != exitFailed || !strings.Contains(err, `there is no process "nowhere"`) {
			t.Errorf("%v: status %d, %q", args, status, err)
		}
	}
	if _, err, status := newMapDesk(t).run("process", "show"); status != exitFailed || !strings.Contains(err, "there is no database") {
		t.Errorf("without a database: status %d, %q", status, err)
	}
}
