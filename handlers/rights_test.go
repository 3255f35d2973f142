package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
)

// stranger is somebody whom nobody knows: of another workspace, or another app.
const stranger = "USTRANGER"

// right is something that people do, and who may. Everybody else is told so, and nothing changes.
type right struct {
	what  string
	given func(w *world) // what happened before, beside makeFirst; or nil
	do    func(w *world, user string) Reply
	may   []string
	told  string            // what who may not is told
	but   map[string]string // what some of them are told instead
	reads bool              // it changes nothing for those who may, either
}

var (
	everybody = []string{ana, ben, maxim, li, wei, raj, lin, ada, stranger}
	workers   = []string{ana, ben, maxim, wei, ada} // of Ana's deal: herself, her team, and all managers and admins
	leaders   = []string{maxim, wei, ada}
	insiders  = []string{li, maxim, wei, ada} // those who read the deals of the private team
	product   = []string{raj}                 // and Rosa, who is left out since she stands for nothing else
)

const (
	notYours   = "Acme pilot (D-1) is not yours to change. Ask Ana Silva or Max Power."
	ownRequest = "You asked for it, so somebody else has to decide."
	notAsked   = "The step Feasibility is not yours to decide."
	onlyAsker  = "Only who asked for it can change the request. Ask Ana Silva."
	noSuchDeal = "I can't find a deal “D-3”."
	noSuchTeam = "I don't know what “east” is."
	organisers = "Only managers and admins change teams and roles. Ask Ada Byte"
	onlyAdmins = "Only admins name admins. Ask Ada Byte."
	onlyLeads  = "Only people who lead can pass a gate that is not met."
	channels   = "Only people who lead can have reports posted to a channel."
)

// rights are the rules of the documents: reps work their own deals and those of their team, managers and admins all
// of them; only people who lead pass a gate, change teams and roles or subscribe channels; whoever a step asks decides
// it, never who asked for it; a private team's deals are read by its people, managers and admins.
var rights = []right{
	{what: "log", do: typing("/log call D-1 25m"), may: workers, told: notYours},
	{what: "take the activity back", given: ofAna("/log call D-1 25m"), do: typing("/log undo"), may: []string{ana}, told: "You have logged nothing that could be taken back."},
	{what: "advance", given: ofAna("/deal back D-1 to lead", "/log call D-1 25m again"), do: typing("/deal advance D-1"), may: workers, told: notYours},
	{what: "advance by a button", given: ofAna("/deal back D-1 to lead", "/log call D-1 25m again"), do: clicking("deal.advance", "1:%d"), may: workers, told: notYours},
	{what: "override a gate", do: typing("/deal advance D-1 override because I know them"), may: leaders, told: notYours,
		but: map[string]string{ana: onlyLeads, ben: onlyLeads}},
	{what: "go back", do: typing("/deal back D-1 to lead"), may: workers, told: notYours},
	{what: "win", do: submitting("deal.override", "1:%d:signed", map[string]string{"deal.because": "signed"}), may: leaders, told: notYours,
		but: map[string]string{ana: onlyLeads, ben: onlyLeads}},
	{what: "lose", do: typing("/deal lost D-1 price"), may: workers, told: notYours},
	{what: "reopen", do: typing("/deal reopen D-2 because they called"), may: workers, told: "Old one (D-2) is not yours to change. Ask Ana Silva or Max Power."},
	{what: "set", do: typing("/deal set D-1 amount 13k"), may: workers, told: notYours},
	{what: "set by a form", do: submitting("deal.field", "1:amount", map[string]string{"deal.amount": "13k"}), may: workers, told: notYours},
	{what: "assign", do: typing("/deal assign D-1 @rosa"), may: workers, told: notYours},
	{what: "plan", do: typing("/deal next D-1 send the offer by friday"), may: workers, told: notYours},
	{what: "wait", do: typing("/deal wait D-1 customer"), may: workers, told: notYours},
	{what: "park", do: typing("/deal park D-1 until 1 Dec"), may: workers, told: notYours},
	{what: "resume", given: ofAna("/deal park D-1 until 1 Dec"), do: typing("/deal resume D-1"), may: workers, told: notYours},
	{what: "undo", do: typing("/deal undo D-1"), may: []string{ana, maxim, wei, ada}, told: notYours, but: map[string]string{ben: "Ana Silva made that step."}},

	{what: "ask for an approval", do: submitting("approval.request", "1:contract", map[string]string{"approval.amount": "12k"}), may: workers, told: notYours},
	{what: "approve", do: clicking("approval.approve", "1:1"), may: product, told: notAsked, but: map[string]string{ana: ownRequest}},
	{what: "approve by a command", do: typing("/approval approve D-1"), may: product, told: notAsked, but: map[string]string{ana: ownRequest, stranger: notAsked}},
	{what: "approve by a form", do: submitting("approval.decide", "1:1:approve:dm", map[string]string{"approval.comment": "fine"}), may: product, told: notAsked, but: map[string]string{ana: ownRequest}},
	{what: "reject", do: submitting("approval.decide", "1:1:reject:dm", map[string]string{"approval.comment": "no"}), may: product, told: notAsked, but: map[string]string{ana: ownRequest}},
	{what: "forward", do: submitting("approval.forward", "1:1", map[string]string{"approval.to": rosa}), may: product, told: notAsked, but: map[string]string{ana: ownRequest}},
	{what: "ask the rep", do: submitting("approval.question", "1:1", map[string]string{"approval.question": "Why?"}), may: product, told: notAsked,
		but: map[string]string{ana: "You asked for it: approvers ask you."}},
	{what: "answer", given: asked, do: submitting("approval.answer", "1:1:1", map[string]string{"approval.answer": "So."}), may: workers, told: notYours},
	{what: "change the request", do: submitting("approval.edit", "1:1", map[string]string{"approval.amount": "12k", "approval.discount": "9"}), may: []string{ana}, told: onlyAsker},
	{what: "withdraw", do: submitting("approval.withdraw", "1:1", nil), may: workers, told: notYours},
	{what: "delegate for another", do: typing("/approvals delegate @raj to @rosa until friday"), may: append([]string{raj}, leaders...), told: "They arrange that themselves, or a manager or an admin does."},
	{what: "end another's delegation", given: func(w *world) { w.types(raj, "/approvals delegate @rosa until friday") }, do: typing("/approvals delegate stop @raj"),
		may: append([]string{raj}, leaders...), told: "Only those whom it concerns, a manager or an admin can end that. Ask Raj Patel or Rosa Diaz."},
	{what: "see who waits for whom", do: typing("/approvals team"), may: leaders, told: "Who waits for whom is shown to managers and admins.", reads: true},

	{what: "change a team", do: typing("/process team add north @rosa"), may: leaders, told: organisers},
	{what: "change a team by a form", do: submitting("process.organise", "team add", map[string]string{"organise.key": "north", "organise.people": rosa}), may: leaders, told: organisers},
	{what: "open a private team", do: clicking("run.sure", "process team open east"), may: leaders, told: organisers},
	{what: "give a role", do: typing("/process role add pricing @rosa"), may: leaders, told: organisers},
	{what: "make an admin", do: typing("/process role add admin @rosa"), may: []string{ada}, told: organisers,
		but: map[string]string{maxim: onlyAdmins, wei: onlyAdmins}},
	{what: "make an admin by a form", do: submitting("process.organise", "role add", map[string]string{"organise.key": "admin", "organise.people": rosa}), may: []string{ada}, told: organisers,
		but: map[string]string{maxim: onlyAdmins, wei: onlyAdmins}},
	{what: "delete a team by a form that there is not", do: submitting("process.organise", "team delete", map[string]string{"organise.key": "north"}), told: "That button is from an older message and no longer works."},

	{what: "see a private team's deal", do: typing("/deal D-3"), may: insiders, told: noSuchDeal, reads: true},
	{what: "work a private team's deal", do: typing("/deal set D-3 amount 10k"), may: insiders, told: noSuchDeal},
	{what: "work a private team's deal by a form", do: submitting("deal.field", "3:amount", map[string]string{"deal.amount": "10k"}), may: insiders, told: noSuchDeal},
	{what: "ask for an approval of a private team's deal", do: submitting("approval.request", "3:contract", map[string]string{"approval.amount": "9k"}), may: insiders, told: noSuchDeal},
	{what: "report about a private team", do: typing("/report funnel east"), may: insiders, told: noSuchTeam, reads: true},
	{what: "subscribe to a private team's digest", do: typing("/report subscribe digest me weekly mon 09:00 for east"), may: insiders, told: noSuchTeam},
	{what: "subscribe oneself", do: typing("/report subscribe digest me weekly mon 09:00"), may: everybody},
	{what: "subscribe a channel", do: typing("/report subscribe digest <#CDEALS|deals> weekly mon 09:00"), may: leaders, told: channels},
	{what: "pause another's subscription", given: func(w *world) { w.types(raj, "/report subscribe digest me weekly mon 09:00") }, do: clicking("report.pause", "1"), may: []string{raj},
		told: "There is no such subscription."},
	{what: "pause a channel's subscription", given: func(w *world) { w.types(maxim, "/report subscribe digest <#CDEALS|deals> weekly mon 09:00") }, do: clicking("report.pause", "1"), may: leaders,
		told: "That subscription is somebody else's. Ask Max Power."},
}

// TestRights tries everything as everybody.
func TestRights(t *testing.T) {
	first := makeFirst(t)
	for _, x := range rights {
		t.Run(x.what, func(t *testing.T) {
			t.Parallel()
			refusing := first.copy(t, x.given)
			for _, user := range everybody {
				if !slices.Contains(x.may, user) {
					x.refuses(refusing, user)
					continue
				}
				w := first.copy(t, x.given)
				before := w.state()
				r := x.do(w, user)
				if changed := w.state() != before; changed == x.reads || x.told != "" && strings.Contains(shown(t, r), x.told) {
					t.Errorf("%s may: changed %t, told %s", user, changed, shown(t, r))
				}
			}
		})
	}
}

func (x right) refuses(w *world, user string) {
	w.t.Helper()
	told, before := x.told, w.state()
	if said, ok := x.but[user]; ok {
		told = said
	}
	said := strings.NewReplacer("*", "", "`", "").Replace(shown(w.t, x.do(w, user)))
	if !strings.Contains(said, told) {
		w.t.Errorf("%s is told %s\nwant %s", user, said, told)
	}
	if w.state() != before {
		w.t.Errorf("%s was refused, and something has changed", user)
	}
}

// first is the world that the others are copies of.
type first struct {
	world *world
	file  []byte // its database
}

func (f first) copy(t *testing.T, given func(w *world)) *world {
	t.Helper()
	file := filepath.Join(t.TempDir(), "copy.db")
	if err := os.WriteFile(file, f.file, 0o600); err != nil {
		t.Fatal(err)
	}
	w, app := *f.world, *f.world.app
	w.t, w.app = t, &app
	w.app.Store, w.app.Clock = openStore(t, "sqlite:"+file), func() time.Time { return w.now }
	if given != nil {
		given(&w)
	}
	return &w
}

// makeFirst has a deal of Ana's with a quote that waits for the product, a lost one, and one of a private team.
func makeFirst(t *testing.T) first {
	t.Helper()
	w := withApprovers(t)
	w.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.SavePeople(ctx, []store.Person{person(li, "li", "Li Lei", "en-US"), person(wei, "wei", "Han Mei", "en-US"), person(lin, "lin", "Lin Yue", "en-US")}, monday)
	})
	w.types(ana, "/deal new Acme pilot 12k EUR for Acme Corp")
	w.types(ana, "/log call D-1 25m")
	w.now = w.now.Add(sales.UndoWithin) // the call is not taken back any more
	w.types(ana, "/deal advance D-1")
	w.types(ana, "/deal new Old one 5k EUR for Beta")
	w.types(ana, "/deal lost D-2 price")
	w.types(li, "/deal new Secret 9k EUR for Gamma")
	w.submits(ana, w.types(ana, "/quote D-1"), map[string]string{"approval.discount": "5"})
	w.now = w.now.Add(2 * time.Minute) // the same again is not asked back
	file := filepath.Join(t.TempDir(), "made.db")
	if err := w.app.Store.Backup(context.Background(), file); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return first{w, raw}
}

// state is all that anybody could have changed.
func (w *world) state() string {
	w.t.Helper()
	var all []any
	w.read(func(ctx context.Context, r *store.Reader) error {
		found, err := r.Deals(ctx, store.DealFilter{})
		if err != nil {
			return err
		}
		for _, d := range found {
			log, err := r.Events(ctx, d.ID)
			if err != nil {
				return err
			}
			all = append(all, d, log)
		}
		requests, err := r.Approvals(ctx, store.ApprovalFilter{})
		if err != nil {
			return err
		}
		org, err := r.Organisation(ctx)
		if err != nil {
			return err
		}
		subscriptions, err := r.Subscriptions(ctx)
		all = append(all, requests, org, org.Delegations, subscriptions)
		return err
	})
	raw, err := json.Marshal(all)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(raw)
}

func ofAna(lines ...string) func(w *world) {
	return func(w *world) {
		for _, line := range lines {
			w.types(ana, line)
		}
	}
}

func asked(w *world) { w.types(raj, "/approval ask D-1 why?") }

func typing(line string) func(w *world, user string) Reply {
	return func(w *world, user string) Reply { return w.types(user, line) }
}

// clicking is a button with a value that anybody could send; %d is how often the first deal has moved.
func clicking(action, value string) func(w *world, user string) Reply {
	return func(w *world, user string) Reply {
		return w.do(Intent{Kind: Action, Name: action, Value: w.versioned(value), User: user, Channel: "CSALES", Message: "1.2"})
	}
}

// submitting is a form that anybody could send, whether it was opened for them or not.
func submitting(callback, meta string, values map[string]string) func(w *world, user string) Reply {
	return func(w *world, user string) Reply {
		in := Intent{Kind: Submission, Name: callback, User: user, Values: map[string][]string{}}
		in.View = View{ID: "V1", Callback: callback, Meta: w.versioned(meta)}
		for k, v := range values {
			in.Values[k] = []string{v}
		}
		return w.do(in)
	}
}

func (w *world) versioned(value string) string {
	if strings.Contains(value, "%d") {
		return fmt.Sprintf(value, w.deal(1).Moves)
	}
	return value
}
