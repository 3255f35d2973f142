package view

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"pipewright/handlers/view/limitstest"
	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// hugeApproval is a request with everything as long and as much as it can be.
func hugeApproval(k *sales.Case, state sales.ApprovalState) Approval {
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	kind := k.Process.Policies[0].Kind
	a := Approval{
		Approval: sales.Approval{ID: 1 << 60, Version: 1 << 30, Kind: kind, Requester: "U1", At: now, Form: map[string]string{}, State: state, Ended: now},
		Before:   sales.Approval{ID: 1, Form: map[string]string{"terms": "before", "amount": "1.00 EUR"}},
		Deal:     k.Deal, Process: k.Process, EndedBy: "U3", Thread: "<https://a.example|" + strings.Repeat("t", 50) + ">", Now: now, Name: longName,
	}
	policy := &k.Process.Policies[0]
	policy.Name = sales.Text{"en": nasty}
	for i := range 120 {
		key := fmt.Sprintf("f%039d", i)
		policy.Form = append(policy.Form, sales.Field{Key: key, Name: sales.Text{"en": nasty}, Type: sales.FieldText})
		policy.Required = append(policy.Required, key)
		a.Approval.Form[key] = nasty
		a.Deciders = append(a.Deciders, fmt.Sprint("U", i))
	}
	for i := range 12 {
		a.Awaiting = append(a.Awaiting, sales.Awaited{Step: fmt.Sprint("step", i), People: a.Deciders, N: i*5 + 1})
	}
	for _, f := range []string{"terms", "discount", "margin"} {
		a.Approval.Form[f] = nasty
	}
	a.Approval.Form["amount"], a.Approval.Form["link"] = "90000000000000.00 EUR", "https://a.example/"+strings.Repeat("x&|<>", 500)
	for i := range 12 {
		key, when := fmt.Sprint("step", i), sales.Condition(nasty)
		if i%2 == 0 { // one that is said in words, with as many as there can be
			when = sales.Condition(strings.TrimSuffix(strings.Repeat(policy.Form[i].Key+" in ['"+strings.Repeat("x', '", 5)+"'] || ", maxClauses), " || "))
		}
		policy.Steps = append(policy.Steps, sales.Step{Key: key, Name: sales.Text{"en": nasty}, Target: 1, When: when, Groups: a.Deciders})
		s := sales.StepState{Key: key, Status: sales.StepApproved, When: when, Groups: a.Deciders, Opened: now.UnixMilli(),
			Decisions: []sales.Decision{{By: "U1", Verdict: sales.Approve, At: now.UnixMilli(), Comment: nasty}, {By: "U2", Verdict: sales.Reject, At: now.UnixMilli(), Comment: nasty}}}
		switch {
		case i == 11 && state == sales.Pending:
			s.Status, s.Decisions = sales.StepWaiting, nil
		case i%3 == 1:
			s.Status, s.Decisions = sales.StepSkipped, nil
		case i%3 == 2:
			s.Status, s.Decisions = sales.StepAhead, nil
		}
		s.Escalated, s.Stranded = now.UnixMilli(), now.UnixMilli()
		a.Approval.Steps = append(a.Approval.Steps, s)
	}
	a.Approval.Expire, a.Also = 10, map[string][]string{"step11": a.Deciders}
	for i := range 30 {
		q := sales.Question{Step: "step11", By: "U1", Text: nasty, At: now.UnixMilli(), Answer: nasty, Who: "U2", Closed: now.UnixMilli()}
		if i%3 == 0 {
			q.Answer, q.Who, q.Closed = "", "", 0
		}
		a.Approval.Questions = append(a.Approval.Questions, q)
	}
	return a
}

func TestApprovalsKeepSlacksLimits(t *testing.T) {
	inAll(t, func(t *testing.T, p text.Printer) {
		for _, state := range []sales.ApprovalState{sales.Pending, sales.Approved, sales.Rejected, sales.Retracted, sales.Expired} {
			k := hugeCase()
			a := hugeApproval(k, state)
			name := string(state)
			for _, reader := range []string{"", "U0", "U1", "UNOBODY"} {
				a.Reader = reader
				m := ApprovalCard(p, a)
				limitstest.Message(t, name+" card for "+reader, m.Text, m.Blocks)
			}
			var lists []ApprovalsList
			for range 3 {
				l := ApprovalsList{Title: "Waiting", Total: 1000, All: "approvals waiting", Empty: "nothing"}
				for range 8 {
					l.Rows = append(l.Rows, a)
				}
				lists = append(lists, l)
			}
			limitstest.Message(t, name+" lists", "text", ApprovalLists(p, lists))
			one := ApprovalsList{Title: "Waiting", Pages: Pages{List: "waiting", Page: 1, More: 1000}}
			for range 30 {
				one.Rows = append(one.Rows, a)
			}
			limitstest.Message(t, name+" list", "text", ApprovalLists(p, []ApprovalsList{one}))
			q := AskedQuestion{a, 1}
			card := QuestionCard(p, q)
			limitstest.Message(t, name+" question", card.Text, card.Blocks)
			sentence, more := AnswerMessage(p, AskedQuestion{a, 2})
			limitstest.Message(t, name+" answer", sentence, append([]slack.Block{Section(sentence)}, more...))
			limitstest.Form(t, name+" question", QuestionForm(p, a))
			limitstest.Form(t, name+" answer", AnswerForm(p, q))
			limitstest.Message(t, name+" open questions", "text", OpenQuestions(p, a))
			sentence, more = a.StrandedMessage(p, "step11", "/process role add x @…", &sales.Organisation{})
			limitstest.Message(t, name+" stranded", sentence, append([]slack.Block{Section(sentence)}, more...))
			var r Reminder
			for range 40 {
				r.Approvals, r.Questions = append(r.Approvals, a), append(r.Questions, q)
			}
			sentence, more = ReminderMessage(p, r)
			limitstest.Message(t, name+" reminder", sentence, more)
			sentence, more = EndedMessage(p, ApprovalEnded{Approval: a, Case: k, Missing: hugeMissing(k)})
			limitstest.Message(t, name+" ended", sentence, append([]slack.Block{Section(sentence)}, more...))
			limitstest.Form(t, name+" reject", DecisionForm(p, a, sales.Reject, "command", false))
			limitstest.Form(t, name+" approve", DecisionForm(p, a, sales.Approve, "command", true))
			limitstest.Form(t, name+" request", RequestForm(p, ApprovalForm{Case: k, Policy: k.Process.Policies[0], Form: a.Approval.Form, Again: true}))
		}
	})
}

func TestMapsKeepSlacksLimits(t *testing.T) {
	inAll(t, func(t *testing.T, p text.Printer) {
		now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
		k := hugeCase()
		org := &sales.Organisation{}
		var users []string
		for i := range 200 {
			users = append(users, fmt.Sprint("U", i))
		}
		for i := range 60 {
			key := fmt.Sprintf("%040d", i)
			org.Roles = append(org.Roles, sales.Role{Key: key, Name: sales.Text{"en": nasty}, Users: users, Groups: users})
			org.Teams = append(org.Teams, sales.Team{Key: key, Name: sales.Text{"en": nasty}, Manager: "U1", Members: users, Channel: "C1", Private: true})
			for j := range k.Process.Policies[:10] {
				k.Process.Policies[j].Steps = append(k.Process.Policies[j].Steps, sales.Step{Key: key, Name: sales.Text{"en": nasty}, Roles: []string{key}, Groups: users})
			}
		}
		for i := range k.Process.Stages {
			s := &k.Process.Stages[i]
			s.Why, s.How = s.What, s.What
			for j := range 60 {
				s.Who = append(s.Who, org.Roles[j].Key)
				s.Affects = append(s.Affects, k.Process.Stages[j].Key)
				s.Links = append(s.Links, sales.Link{Name: sales.Text{"en": nasty}, URL: "https://a.example/" + strings.Repeat("&", 900)})
				s.Gate.Fields = append(s.Gate.Fields, k.Process.Fields[j].Key)
				s.Gate.Activities = append(s.Gate.Activities, sales.ActivityNeed{Type: k.Process.Activities[j].Key, N: 50})
				s.Gate.Approvals = append(s.Gate.Approvals, sales.ApprovalNeed{Kind: k.Process.Policies[j].Kind, When: sales.Condition(nasty)})
			}
		}
		loads := map[string]StageLoad{}
		for _, s := range k.Process.Stages {
			loads[s.Key] = StageLoad{Deals: 1 << 40, Pace: 99999.5, Paced: 3, Worth: []sales.Money{{Minor: 1 << 60, Currency: "EUR"}, {Minor: 1 << 60, Currency: "USD"}, {Minor: 1 << 60, Currency: "CNY"}, {Minor: 1 << 60, Currency: "GBP"}, {Minor: 1 << 60, Currency: "CHF"}}}
		}
		var versions []MapVersion
		for i := range 8 {
			v := MapVersion{Version: i, Actor: "U1", At: now, Why: nasty}
			for range 100 {
				v.Changes = append(v.Changes, nasty)
			}
			versions = append(versions, v)
		}
		m := ProcessMap{Process: k.Process, Org: org, Stages: loads, Changed: versions[1], Name: longName, Now: now}
		for range 30 {
			m.Others = append(m.Others, k.Process)
		}
		limitstest.Message(t, "map", "text", ProcessBlocks(p, m))
		short := *k.Process
		short.Stages = short.Stages[:maxWhatRows]
		m.Process = &short
		limitstest.Message(t, "short map", "text", ProcessBlocks(p, m))
		limitstest.Message(t, "stage", "text", StageBlocks(p, m, short.Stages[3]))
		limitstest.Form(t, "stage", Modal(p, "notice", "", nasty, "", StageBlocks(p, m, short.Stages[3])))
		limitstest.Message(t, "history", "text", MapHistoryBlocks(p, MapHistory{Title: Name(nasty), Versions: versions, Older: "1:" + short.Key, Name: longName, Now: now}))
		o := Organisation{Org: org, Processes: []*sales.Process{k.Process}, Name: longName, Slash: "/pw-", MayChange: true}
		limitstest.Message(t, "teams", "text", TeamBlocks(p, o))
		limitstest.Message(t, "roles", "text", RoleBlocks(p, o))
		for what := range organiseTitles {
			limitstest.Form(t, what, OrganiseModal(p, OrganiseForm{What: what, Org: org}))
		}
	})
}
