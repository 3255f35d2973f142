package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"pipewright/internal/sales"
	"pipewright/store/pgtest"
)

// TestStories plays testdata/stories/*.txtar: people work in the playground, and
// the whole bot answers, on each database and through each door. The first part
// of a file says what it is about, a part "map" how its company differs (see
// changeMap), and the part "story" is played line by line:
//
//	ana: /deal new "Acme rollout" 12k     types it in #deals (ana in #general: … elsewhere)
//	ana in thread "Acme": @pipewright …   writes into the thread of the message that says Acme (in thread "Acme" of dm: … elsewhere)
//	> Acme rollout                        she then sees that, within three seconds
//	! Acme rollout                        and does not see that
//	ana clicks "Log the call"             a button or option on what she just saw, or on the newest message
//	ana clicks "Won" on "Acme rollout"    on the message in #deals that says that (… in dm, or elsewhere)
//	ana clicks old "Won" on "Acme"        on the message as it was before
//	ana clicks "Won" 9 times at once on "Acme"  (… in dm, or elsewhere)
//	ana fills in:                         the open form; indented lines "Label: value" follow ("Label: the file quote.pdf" attaches one)
//	ana opens home
//	ana uses "New deal"                   a shortcut; on "Acme" for one on a message
//	in #deals: text                       everybody sees that there (not: nobody does, once: in one message)
//	thread "Acme rollout": text           in the thread of the message that says so
//	dm mia: text                          the bot wrote that to her
//	same payload 5 times                  Slack delivers the last act again
//	group legal leo eva                   only they are in the user group now (group legal: nobody)
//	clock +72h · language bo zh-CN · restart · stop · begin
//	start 2026-11-23 09:00                business time at the beginning (the first line)
//	slack fails|limits|loses|cuts METHOD 2 times [with ERROR]
//	kill                                  the bots end in the middle of things, as without power; such a story has
//	                                      them in processes of their own, and real time
//	slack works again · slack cuts the sockets · slack refuses native blocks · slack archives #deals
//	audit holds · dead letters 1
//
// Afterwards nothing may be left undelivered, and Slack must not have refused anything by itself.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/stories/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no stories", err)
	}
	stages := []struct {
		name, mode string
		replicas   int
		database   func(t *testing.T) string
	}{
		{"sqlite, sockets", modeSocket, 1, sqliteFile},
		{"sqlite, http", modeHTTP, 1, sqliteFile},
		{"postgres, two replicas", modeSocket, 2, func(t *testing.T) string { return pgtest.Start(t) }},
		{"postgres, http", modeHTTP, 1, func(t *testing.T) string { return pgtest.Start(t) }},
	}
	for _, stage := range stages {
		t.Run(stage.name, func(t *testing.T) {
			for _, file := range files {
				t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
					t.Parallel()
					s := newStory(t, file)
					s.replicas = stage.replicas
					s.open(stage.mode, stage.database(t))
					s.play()
				})
			}
		})
	}
}

func sqliteFile(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "story.db") }

// story is one file on its way.
type story struct {
	t     *testing.T
	file  string
	lines []line
	at    int // the line being played
	m     *sales.Map

	lab      *lab
	replicas int
	bot      *bot     // one of the replicas
	stop     func()   // ends all of them
	apart    []*child // instead, when the story kills them; bot only looks then

	actor    string
	place    string            // channel of the last act
	thread   string            // and its thread
	home     bool              // the last act was in Home
	before   map[string]string // what the actor saw before the last act, by ts
	errors   string            // what the app said of the form
	act      int               // entry in the log of the last act
	dead     int               // dead letters that the story expects
	excepted bool              // the story has Slack refuse something
	turned   map[string]bool   // who changed their language: their old copies stay in the one before
	stopped  bool              // the bot was stopped once: an event that was on its way is delivered again
}

// line is one line of the story, with its number in the file.
type line struct {
	n    int
	text string
}

const defaultStart = "2026-11-23 09:00"

func newStory(t *testing.T, file string) *story {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := &story{t: t, file: file, m: companyMap(), turned: map[string]bool{}}
	for _, part := range txtar.Parse(raw).Files {
		switch part.Name {
		case "map":
			if err := changeMap(s.m, part.Data); err != nil {
				t.Fatalf("%s: the map: %v", file, err)
			}
			continue
		case "story":
		default:
			t.Fatalf("%s: a part %q; there are only \"map\" and \"story\"", file, part.Name)
		}
		first := 1 + strings.Count(string(raw[:strings.Index(string(raw), string(part.Data))]), "\n")
		for i, text := range strings.Split(string(part.Data), "\n") {
			if text = strings.TrimRight(text, " "); text != "" && !strings.HasPrefix(text, "#") {
				s.lines = append(s.lines, line{first + i, text})
			}
		}
	}
	if len(s.lines) == 0 {
		t.Fatalf("%s has no story", file)
	}
	return s
}

// open starts the playground and the bot.
func (s *story) open(mode, database string) {
	s.t.Helper()
	log := slog.New(slog.DiscardHandler)
	if os.Getenv("STORY_LOG") != "" {
		log = newLog(os.Stderr, "text", "info")
	}
	var err error
	if s.lab, err = newLab("127.0.0.1:0", database, mode, english, log); err != nil {
		s.t.Fatal(err)
	}
	s.lab.m = s.m
	s.t.Cleanup(s.lab.close)
	start := defaultStart
	if rest, ok := strings.CutPrefix(s.lines[0].text, "start "); ok {
		start, s.at = rest, 1
	}
	zone, err := time.LoadLocation(companyZone)
	if err != nil {
		s.t.Fatal(err)
	}
	begin, err := time.ParseInLocation("2006-01-02 15:04", start, zone)
	if err != nil {
		s.failf("start is written as %s", defaultStart)
	}
	if kills := slices.ContainsFunc(s.lines, func(l line) bool { return l.text == "kill" }); kills {
		s.openApart()
	} else {
		s.lab.clock.offset.Store(int64(time.Until(begin)))
		s.begin()
	}
	s.t.Cleanup(func() { s.stop() })
}

// begin starts the bot, or several replicas, on whatever is in the database.
func (s *story) begin() {
	s.t.Helper()
	if s.apart != nil {
		s.beginApart()
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running []<-chan error
	for range s.replicas {
		b, err := s.lab.bot(ctx, "empty")
		if err != nil {
			s.t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- b.run(ctx) }()
		if err := b.await(ctx, ended); err != nil {
			s.t.Fatal(err)
		}
		s.bot, running = b, append(running, ended)
	}
	s.stop = func() {
		cancel()
		for _, ended := range running {
			<-ended
		}
		s.stop = func() {}
	}
}

// step is one kind of line.
type step struct {
	pattern *regexp.Regexp
	do      func(s *story, m []string)
}

func on(pattern string, do func(s *story, m []string)) step {
	return step{regexp.MustCompile("^" + pattern + "$"), do}
}

var steps = []step{
	on(`> (.*)`, func(s *story, m []string) { s.sees(m[1]) }),
	on(`! (.*)`, func(s *story, m []string) { s.seesNot(m[1]) }),
	on(`(\w+): (/.*)`, func(s *story, m []string) { s.types(m[1], "deals", m[2]) }),
	on(`(\w+) in #?([\w-]+): (/.*)`, func(s *story, m []string) { s.types(m[1], m[2], m[3]) }),
	on(`(\w+) in thread "([^"]*)": (.*)`, func(s *story, m []string) { s.writes(m[1], "deals", m[2], m[3]) }),
	on(`(\w+) in thread "([^"]*)" of #?([\w-]+): (.*)`, func(s *story, m []string) { s.writes(m[1], m[3], m[2], m[4]) }),
	on(`(\w+) in #?([\w-]+): (.*)`, func(s *story, m []string) { s.writes(m[1], m[2], "", m[3]) }),
	on(`(\w+) clicks "([^"]*)"`, func(s *story, m []string) { s.clicks(m[1], m[2], "", "") }),
	on(`(\w+) clicks "([^"]*)" on "([^"]*)"`, func(s *story, m []string) { s.clicks(m[1], m[2], "deals", m[3]) }),
	on(`(\w+) clicks old "([^"]*)" on "([^"]*)"`, func(s *story, m []string) { s.clicksOld(m[1], m[2], "deals", m[3]) }),
	on(`(\w+) clicks old "([^"]*)" on "([^"]*)" in #?([\w-]+)`, func(s *story, m []string) { s.clicksOld(m[1], m[2], m[4], m[3]) }),
	on(`(\w+) clicks "([^"]*)" on "([^"]*)" in #?([\w-]+)`, func(s *story, m []string) { s.clicks(m[1], m[2], m[4], m[3]) }),
	on(`(\w+) clicks "([^"]*)" (\d+) times at once on "([^"]*)"(?: in #?([\w-]+))?`, func(s *story, m []string) { s.clicksAtOnce(m[1], m[2], m[3], cmp.Or(m[5], "deals"), m[4]) }),
	on(`(\w+) fills in:`, func(s *story, m []string) { s.fills(m[1]) }),
	on(`(\w+) submits`, func(s *story, m []string) { s.submits(m[1], nil) }),
	on(`(\w+) closes`, func(s *story, m []string) { s.ask("close", obj{"user": m[1], "all": true}) }),
	on(`(\w+) opens home`, func(s *story, m []string) { s.opensHome(m[1]) }),
	on(`(\w+) uses "([^"]*)"`, func(s *story, m []string) { s.uses(m[1], m[2], "") }),
	on(`(\w+) uses "([^"]*)" on "([^"]*)"`, func(s *story, m []string) { s.uses(m[1], m[2], m[3]) }),
	on(`in #?([\w-]+)( not| once|): (.*)`, func(s *story, m []string) { s.standsIn(m[1], "", m[2], m[3]) }),
	on(`thread "([^"]*)"( not| once|): (.*)`, func(s *story, m []string) { s.standsIn("deals", m[1], m[2], m[3]) }),
	on(`dm (\w+)( not| once|): (.*)`, func(s *story, m []string) { s.standsInDM(m[1], m[2], m[3]) }),
	on(`same payload (\d+) times`, func(s *story, m []string) { s.again(m[1]) }),
	on(`clock \+(\w+)`, func(s *story, m []string) { s.ask("clock", obj{"advance": m[1]}) }),
	on(`language (\w+) ([\w-]+)`, func(s *story, m []string) { s.language(m[1], m[2]) }),
	on(`group (\w+)((?: \w+)*)`, func(s *story, m []string) { s.group(m[1], strings.Fields(m[2])) }),
	on(`restart`, func(s *story, _ []string) { s.stopped = true; s.stop(); s.begin() }),
	on(`stop`, func(s *story, _ []string) { s.stopped = true; s.stop() }),
	on(`begin`, func(s *story, _ []string) { s.begin() }),
	on(`kill`, func(s *story, _ []string) { s.stopped = true; s.signal(syscall.SIGKILL) }),
	on(`slack (fails|limits|loses|cuts|slows) ([\w.]+) (\d+) times(?: with (\w+))?`, func(s *story, m []string) { s.misbehaves(m[1], m[2], m[3], m[4]) }),
	on(`slack works again`, func(s *story, _ []string) { s.ask("faults", obj{"clear": true}) }),
	on(`slack cuts the sockets`, func(s *story, _ []string) { s.cutsSockets() }),
	on(`slack refuses native blocks`, func(s *story, _ []string) { s.excepted = true; s.ask("features", obj{"native_blocks": false}) }),
	on(`slack archives #?([\w-]+)`, func(s *story, m []string) { s.excepted = true; s.ask("archive", obj{"channel": m[1]}) }),
	on(`audit holds`, func(s *story, _ []string) { s.audit() }),
	on(`dead letters (\d+)`, func(s *story, m []string) { _, _ = fmt.Sscan(m[1], &s.dead) }),
}

// play does one line after the other.
func (s *story) play() {
	s.t.Helper()
	for ; s.at < len(s.lines); s.at++ {
		s.line()
	}
	s.epilogue()
}

func (s *story) line() {
	s.t.Helper()
	text := s.lines[s.at].text
	for _, st := range steps {
		if m := st.pattern.FindStringSubmatch(text); m != nil {
			st.do(s, m)
			return
		}
	}
	s.failf("nobody knows what that means")
}

// failf ends the story at the present line.
func (s *story) failf(format string, args ...any) {
	s.t.Helper()
	l := s.lines[min(s.at, len(s.lines)-1)]
	s.t.Fatalf("%s:%d: %s\n%s", s.file, l.n, l.text, fmt.Sprintf(format, args...))
}

// epilogue checks what must hold after every story.
func (s *story) epilogue() {
	s.t.Helper()
	s.at = len(s.lines)
	s.ask("clock", obj{"advance": "1s"}) // what fell due in the moment in which the story ended
	s.settle()
	stats, err := s.bot.store.OutboxStats(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	if stats.Dead != s.dead || stats.Due != 0 {
		letters, _ := s.bot.store.DeadLetters(s.t.Context(), 5)
		s.failf("%d messages were set aside and %d are still waiting; expected %d and none: %+v", stats.Dead, stats.Due, s.dead, letters)
	}
	s.audit()
	s.cards()
	if !s.excepted {
		s.refusals()
	}
}
