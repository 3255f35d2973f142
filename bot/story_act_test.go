package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"pipewright/store"
)

// ask calls the control door; a refusal ends the story.
func (s *story) ask(name string, body obj) obj {
	s.t.Helper()
	out, err := s.tryAsk(name, body)
	if err != "" {
		s.failf("%s: %s", name, err)
	}
	return out
}

func (s *story) tryAsk(name string, body obj) (obj, string) {
	s.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	res, err := http.Post(s.lab.ground.URL()+"/_control/"+name, "application/json", bytes.NewReader(raw))
	if err != nil {
		s.t.Fatal(err)
	}
	return s.answer(res)
}

func (s *story) answer(res *http.Response) (obj, string) {
	s.t.Helper()
	defer res.Body.Close()
	var out obj
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		s.t.Fatal(err)
	}
	problem, _ := out["error"].(string)
	return out, problem
}

func (s *story) get(name string, query url.Values) obj {
	s.t.Helper()
	res, err := http.Get(s.lab.ground.URL() + "/_control/" + name + "?" + query.Encode())
	if err != nil {
		s.t.Fatal(err)
	}
	out, problem := s.answer(res)
	if problem != "" {
		s.failf("%s: %s", name, problem)
	}
	return out
}

// acts notes who acts where, and what they saw before.
func (s *story) acts(user, place, thread string) {
	s.t.Helper()
	s.actor, s.place, s.thread, s.home, s.errors = user, place, thread, false, ""
	s.before = s.private()
	s.act = s.lastEntry()
}

func (s *story) types(user, channel, text string) {
	s.t.Helper()
	s.leavesForm(user)
	s.acts(user, channel, "")
	name, rest, _ := strings.Cut(text, " ")
	s.ask("command", obj{"user": user, "channel": channel, "command": name, "text": rest})
}

func (s *story) writes(user, channel, root, text string) {
	s.t.Helper()
	thread := ""
	if root != "" {
		thread = str(s.message(user, channel, root)["ts"])
	}
	s.leavesForm(user)
	s.acts(user, channel, thread)
	s.ask("message", obj{"user": user, "channel": channel, "text": text, "thread_ts": thread})
}

// leavesForm closes what is open: nobody can type past a form.
func (s *story) leavesForm(user string) {
	s.t.Helper()
	if s.view(user) != nil {
		s.ask("close", obj{"user": user, "all": true})
	}
}

// clicks presses what has that label: in the open form, on what the person was
// shown last, on the message that is named, or on the newest one that has it.
func (s *story) clicks(user, label, channel, root string) {
	s.t.Helper()
	if root == "" && user != s.actor {
		s.failf("%s did nothing yet: say on what", user)
	}
	if root != "" {
		s.leavesForm(user)
	}
	place, thread, home := channel, "", s.home && root == ""
	if root == "" {
		place, thread = s.place, s.thread
	}
	problem := ""
	s.eventually(func() bool { // what was seen may change before it is clicked
		at := s.clickable(user, label, channel, root)
		if root != "" {
			thread = at.thread
		}
		s.acts(user, place, thread)
		s.home = home
		_, problem = s.tryAsk("click", obj{"user": user, "channel": at.place, "ts": at.ts, "action_id": at.action, "block_id": at.block, "value": at.value})
		return problem != "no_such_action"
	}, func() {})
	if problem != "" {
		s.failf("click: %s", problem)
	}
}

// clicksOld presses what a message offered before it changed.
func (s *story) clicksOld(user, label, channel, root string) {
	s.t.Helper()
	m := s.message(user, channel, root)
	s.settle()
	s.leavesForm(user)
	s.acts(user, channel, "")
	body := obj{"user": user, "channel": channel, "ts": m["ts"], "value": label, "stale": true}
	for _, e := range s.entries(0) {
		if e["dir"] != "from_bot" || str(asObj(e["response"])["ts"]) != str(m["ts"]) {
			continue
		}
		if old, ok := elementIn(asObj(e["request"])["blocks"], label); ok {
			body["action_id"] = old.action
		}
	}
	if body["action_id"] == nil {
		s.failf("%q was not there before", label)
	}
	s.ask("click", body)
}

// clicksAtOnce presses the same many times in the same moment, each time anew; what it did to the message by
// then does not matter.
func (s *story) clicksAtOnce(user, label, times, channel, root string) {
	s.t.Helper()
	count, err := strconv.Atoi(times)
	if err != nil {
		s.failf("%v", err)
	}
	at := s.clickable(user, label, channel, root)
	s.leavesForm(user)
	s.acts(user, channel, at.thread)
	problems := make([]string, count)
	var clicks sync.WaitGroup
	for i := range count {
		clicks.Go(func() {
			for _, stale := range []bool{false, true} {
				body := obj{"user": user, "channel": at.place, "ts": at.ts, "action_id": at.action, "block_id": at.block, "value": at.value, "stale": stale}
				if _, problems[i] = s.tryAsk("click", body); problems[i] != "no_such_action" {
					return
				}
			}
		})
	}
	clicks.Wait()
	for _, problem := range problems {
		if problem != "" {
			s.failf("click: %s", problem)
		}
	}
}

// spot is where something can be clicked.
type spot struct {
	element
	place, ts, thread string
}

func (s *story) clickable(user, label, channel, root string) (at spot) {
	s.t.Helper()
	var found bool
	s.eventually(func() bool {
		if root != "" {
			at, found = s.lookOn(user, label, channel, root)
		} else {
			at, found = s.lookAround(user, label)
		}
		return found
	}, func() { s.failf("there is no %q to click", label) })
	return at
}

// lookOn looks for it on the newest message that says root, and in its thread.
func (s *story) lookOn(user, label, channel, root string) (spot, bool) {
	for _, m := range newestFirst(s.messages(user, channel, "")) {
		if !strings.Contains(words(m), root) {
			continue
		}
		for _, n := range append([]obj{m}, newestFirst(s.messages(user, channel, str(m["ts"])))...) {
			if e, ok := elementIn(n["blocks"], label); ok {
				return spot{e, channel, str(n["ts"]), str(n["thread_ts"])}, true
			}
		}
	}
	return spot{}, false
}

// lookAround looks for it in the open form, in Home, or where the person acted last.
func (s *story) lookAround(user, label string) (spot, bool) {
	if v := s.view(user); v != nil {
		e, ok := elementIn(v["blocks"], label)
		return spot{element: e, place: "modal"}, ok
	}
	if s.home {
		e, ok := elementIn(asObj(s.ask("home", obj{"user": user})["view"])["blocks"], label)
		return spot{element: e, place: "home"}, ok
	}
	for _, thread := range []string{s.thread, ""} {
		for _, m := range newestFirst(s.messages(user, s.place, thread)) {
			if e, ok := elementIn(m["blocks"], label); ok {
				return spot{element: e, place: s.place, ts: str(m["ts"])}, true
			}
		}
	}
	return spot{}, false
}

// fills completes the open form with the indented lines that follow, and submits it.
func (s *story) fills(user string) {
	s.t.Helper()
	values := obj{}
	for s.at+1 < len(s.lines) && strings.HasPrefix(s.lines[s.at+1].text, "  ") {
		s.at++
		label, value, ok := strings.Cut(strings.TrimSpace(s.lines[s.at].text), ": ")
		if !ok {
			s.failf("a form's line is written as Label: value")
		}
		if name, ok := strings.CutPrefix(value, "the file "); ok {
			value = str(asObj(s.ask("upload", obj{"user": user, "name": name, "content": []byte("%PDF-1.7")})["file"])["id"])
		}
		values[label] = value
	}
	s.submits(user, values)
}

func (s *story) submits(user string, values obj) {
	s.t.Helper()
	s.eventually(func() bool { return s.view(user) != nil }, func() { s.failf("%s has no open form", user) })
	if s.actor != user {
		s.acts(user, "deals", "")
	} else {
		s.acts(user, s.place, s.thread)
	}
	out := s.ask("submit", obj{"user": user, "values": values})
	for _, e := range asObj(out["errors"]) {
		s.errors += str(e) + "\n"
	}
}

func (s *story) opensHome(user string) {
	s.t.Helper()
	s.leavesForm(user)
	s.acts(user, "deals", "")
	s.home = true
	s.ask("home", obj{"user": user})
}

func (s *story) uses(user, name, root string) {
	s.t.Helper()
	body := obj{"user": user}
	for _, known := range asList(asObj(s.get("state", nil)["app"])["shortcuts"]) {
		if str(asObj(known)["name"]) == name {
			body["callback_id"] = asObj(known)["callback_id"]
		}
	}
	if root != "" {
		body["channel"], body["ts"] = "deals", s.message(user, "deals", root)["ts"]
	}
	s.acts(user, "deals", "")
	s.ask("shortcut", body)
}

// again has Slack deliver the last act once more, the very same; each time the
// acknowledgement must be the first one's.
func (s *story) again(times string) {
	s.t.Helper()
	n, first := 0, any(nil)
	for _, e := range s.entries(s.act) {
		switch {
		case e["dir"] == "to_bot" && n == 0:
			n = int(e["n"].(float64))
		case e["dir"] == "ack" && n != 0 && int(num(e["of"])) == n:
			first = e["response"]
		}
	}
	if n == 0 {
		s.failf("nothing was delivered to the bot")
	}
	count, err := strconv.Atoi(times)
	if err != nil {
		s.failf("%v", err)
	}
	for _, r := range asList(s.ask("redeliver", obj{"n": n, "times": count})["replies"]) {
		if problem := str(asObj(r)["error"]); problem != "" {
			s.failf("delivered again, it failed with %s", problem)
		}
		if got := asObj(r)["payload"]; !reflect.DeepEqual(got, first) {
			s.failf("the first reply was %v, a later one %v", first, got)
		}
	}
}

// language changes what a person reads Slack in, and waits until the bot has heard of it.
func (s *story) language(user, locale string) {
	s.t.Helper()
	id := str(asObj(s.ask("user", obj{"user": user, "locale": locale})["user"])["id"])
	s.turned[id] = true
	s.eventually(func() bool {
		var p store.Person
		err := s.bot.store.Read(s.t.Context(), func(ctx context.Context, r *store.Reader) (err error) {
			p, err = r.Person(ctx, id)
			return err
		})
		return err == nil && p.Locale == locale
	}, func() { s.failf("the bot did not hear of it") })
}

// group changes who is in a user group, and waits until the bot has heard of it.
func (s *story) group(handle string, users []string) {
	s.t.Helper()
	g := asObj(s.ask("usergroup", obj{"usergroup": handle, "users": append([]string{}, users...)})["usergroup"])
	want := asList(g["users"])
	s.eventually(func() bool {
		var members []string
		err := s.bot.store.Read(s.t.Context(), func(ctx context.Context, r *store.Reader) error {
			o, err := r.Organisation(ctx)
			members = o.Groups[str(g["id"])]
			return err
		})
		return err == nil && slices.EqualFunc(members, want, func(m string, w any) bool { return m == str(w) })
	}, func() { s.failf("the bot did not hear of it") })
}

func (s *story) misbehaves(how, method, times, code string) {
	s.t.Helper()
	kind := map[string]string{"fails": "error", "limits": "rate_limited", "loses": "lost_reply", "cuts": "disconnect", "slows": "slow"}[how]
	n, err := strconv.Atoi(times)
	if err != nil {
		s.failf("%v", err)
	}
	s.excepted = true
	s.ask("faults", obj{"method": method, "kind": kind, "times": n, "error": code})
}

// cutsSockets breaks all connections, and waits until the bot has new ones.
func (s *story) cutsSockets() {
	s.t.Helper()
	if s.lab.cfg.Mode == modeHTTP {
		return
	}
	s.excepted = true
	s.ask("faults", obj{"kind": "disconnect"})
	s.eventually(func() bool { return num(s.get("state", nil)["connected"]) >= 2 }, func() { s.failf("the bot does not come back") })
}

// settle waits until everything is delivered, retries included.
func (s *story) settle() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 30*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		if s.apart == nil {
			if err := s.bot.settle(ctx); err != nil {
				s.t.Fatal(err)
			}
		}
		stats, err := s.bot.store.OutboxStats(ctx)
		if err == nil && stats.Due == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (s *story) audit() {
	s.t.Helper()
	if _, err := s.bot.store.Seal(s.t.Context(), s.lab.clock.Now()); err != nil {
		s.t.Fatal(err)
	}
	report, err := s.bot.store.VerifyAudit(s.t.Context())
	if err != nil || report.Broken != nil {
		s.failf("the audit trail does not hold: %v %v", report.Broken, err)
	}
}

// refusals fails when Slack refused something that nobody asked it to refuse.
func (s *story) refusals() {
	s.t.Helper()
	for _, e := range s.entries(0) {
		status := str(e["status"])
		if e["dir"] == "to_bot" || status == "ok" || status == "" || strings.HasPrefix(status, "retry") {
			continue
		}
		if s.stopped && status == "dispatch_failed" && e["method"] == "events_api" {
			continue
		}
		raw, _ := json.Marshal(e)
		s.failf("Slack refused something: %s: %s", status, raw)
	}
}

func (s *story) entries(after int) []obj {
	s.t.Helper()
	var out []obj
	for _, e := range asList(s.get("log", url.Values{"after": {strconv.Itoa(after)}})["entries"]) {
		out = append(out, asObj(e))
	}
	return out
}

func (s *story) lastEntry() int {
	last := 0
	for _, e := range s.entries(s.act) {
		last = int(num(e["n"]))
	}
	return max(last, s.act)
}

// eventually waits up to ten seconds for ok, which is long for a busy machine, too, or calls otherwise.
func (s *story) eventually(ok func() bool, otherwise func()) {
	s.t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if ok() {
			return
		}
	}
	otherwise()
}
