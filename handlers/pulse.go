package handlers

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// pulseBook holds the pulse: how hard a stage was, asked with one tap, of whoever
// moved a deal of their own out of it, once a week at most.
func pulseBook() book {
	return book{
		actions:     map[string]handler{"pulse.answer": (*App).clickPulse, "pulse.word": (*App).clickPulseWord, "pulse.off": (*App).clickPulseOff},
		submissions: map[string]handler{"pulse.word": (*App).submitPulse},
		refusals: map[string]wording{
			"pulse.range":    says(text.Msg("Choose a number from 1 to 5, or write a word.")),
			"pulse.answered": says(text.Msg("You have answered that already. Thank you.")),
		},
		changed: (*App).askPulse,
	}
}

// pulseEvery is how long nobody is asked again.
const pulseEvery = 7 * 24 * time.Hour

// The choice not to be asked stands in the store's facts.
func pulseKey(user string) string { return "pulse_off:" + user }

func pulseOff(ctx context.Context, r *store.Reader, user string) (bool, error) {
	v, err := r.Meta(ctx, pulseKey(user))
	return v != "", err
}

func setPulse(ctx context.Context, tx *store.Tx, user string, on bool) error {
	if on {
		return tx.SetMeta(ctx, pulseKey(user), "")
	}
	return tx.SetMeta(ctx, pulseKey(user), "off")
}

// askPulse asks the owner who moved the deal out of a stage, when it is time again.
func (a *App) askPulse(ctx context.Context, tx *store.Tx, c *Call, k *sales.Case, events []sales.Event) error {
	i := slices.IndexFunc(events, func(e sales.Event) bool { return leaves(e) && e.Actor == c.User && e.Actor == k.Deal.Owner })
	if i < 0 {
		return nil
	}
	s, err := tx.Settings(ctx, c.User)
	if err != nil || silent(s) || c.Now.Sub(s.PulseAsked) < pulseEvery {
		return err
	}
	if off, err := pulseOff(ctx, tx.Reader, c.User); off || err != nil {
		return err
	}
	asked, mine := s.PulseAsked, false
	_, err = tx.ChangeSettings(ctx, c.User, func(s *store.Settings) {
		if mine = s.PulseAsked.Equal(asked); mine {
			s.PulseAsked = c.Now
		}
	})
	if err != nil || !mine { // it was asked about another deal at the same moment
		return err
	}
	sentence, blocks := view.PulseMessage(c.Printer, pulseView(k, events[i]))
	key := fmt.Sprintf("pulse:%d:%d", k.Deal.ID, events[i].Version)
	return a.direct(ctx, tx, key, c.User, Reply{Text: sentence, Blocks: blocks})
}

// leaves reports whether the event moved a deal out of a stage that it had worked in.
func leaves(e sales.Event) bool {
	return e.Data.From != "" && (e.Type == sales.Moved || e.Type == sales.LostEvent || e.Type == sales.Completed)
}

func pulseView(k *sales.Case, left sales.Event) view.Pulse {
	return view.Pulse{Deal: k.Deal, Process: k.Process, Stage: left.Data.From, Event: left.Version}
}

// pulseOf finds what a button or form of the pulse is about, and what was answered so
// far. Only the one who was asked may answer.
func (a *App) pulseOf(ctx context.Context, r *store.Reader, c *Call, value string) (*sales.Case, view.Pulse, error) {
	id, version, _ := ids(value)
	k, err := a.load(ctx, r, c, id, true)
	if err != nil {
		return nil, view.Pulse{}, err
	}
	i := slices.IndexFunc(k.Log, func(e sales.Event) bool { return e.Version == version })
	if i < 0 || !leaves(k.Log[i]) || k.Log[i].Actor != c.User {
		return nil, view.Pulse{}, sales.Refuse(sales.NotFound, "button.old")
	}
	p := pulseView(k, k.Log[i])
	for _, e := range k.Log[i+1:] {
		if leaves(e) && e.Actor == c.User && e.Data.From == p.Stage {
			break // a later time, which is a question of its own
		}
		if e.Type == sales.Pulsed && e.Actor == c.User && e.Data.From == p.Stage {
			p.Staff, p.Customer, p.Word = max(p.Staff, e.Data.Staff), max(p.Customer, e.Data.Customer), p.Word || e.Data.Note != ""
		}
	}
	return k, p, nil
}

// clickPulse takes one number: "ID:VERSION:us:3".
func (a *App) clickPulse(ctx context.Context, c *Call) (Reply, error) {
	_, _, rest := ids(c.Value)
	who, number, _ := strings.Cut(rest, ":")
	n, _ := strconv.Atoi(number)
	answer := view.Pulse{Staff: n}
	if who == view.PulseCustomer {
		answer = view.Pulse{Customer: n}
	}
	return a.pulse(ctx, c, c.Value, answer, "")
}

// pulse records an answer, and asks for what is left. What was answered is not
// answered again, so that a double tap counts once.
func (a *App) pulse(ctx context.Context, c *Call, value string, answer view.Pulse, word string) (Reply, error) {
	return a.decide(ctx, c, func(ctx context.Context, tx *store.Tx) (Reply, error) {
		k, p, err := a.pulseOf(ctx, tx.Reader, c, value)
		if err != nil {
			return Reply{}, err
		}
		if p.Staff > 0 {
			answer.Staff = 0
		}
		if p.Customer > 0 {
			answer.Customer = 0
		}
		if answer.Staff+answer.Customer == 0 && word == "" {
			return Reply{}, sales.Refuse(sales.Conflict, "pulse.answered")
		}
		events, err := k.Pulse(c.User, p.Stage, answer.Staff, answer.Customer, word, c.Now)
		if err != nil {
			return Reply{}, err
		}
		if err := tx.Apply(ctx, k, events); err != nil {
			return Reply{}, err
		}
		p.Staff, p.Customer, p.Word = max(p.Staff, answer.Staff), max(p.Customer, answer.Customer), p.Word || word != ""
		sentence, blocks := view.PulseMessage(c.Printer, p)
		return Reply{Text: sentence, Blocks: blocks, Replace: c.Kind == Action}, nil
	})
}

func (a *App) clickPulseWord(ctx context.Context, c *Call) (Reply, error) {
	var p view.Pulse
	err := a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		_, p, err = a.pulseOf(ctx, r, c, c.Value)
		return err
	})
	if err != nil {
		return Reply{}, err
	}
	return Reply{Modal: view.PulseForm(c.Printer, p)}, nil
}

func (a *App) submitPulse(ctx context.Context, c *Call) (Reply, error) {
	var answer view.Pulse
	answer.Staff, _ = strconv.Atoi(c.Input("pulse.us"))
	answer.Customer, _ = strconv.Atoi(c.Input("pulse.customer"))
	word := c.Input("pulse.word")
	if answer.Staff+answer.Customer == 0 && word == "" {
		return Reply{}, atInput("pulse.word", sales.Refuse(sales.Invalid, "pulse.range"))
	}
	r, err := a.pulse(ctx, c, c.View.Meta, answer, word)
	if err != nil {
		return r, err
	}
	return Reply{Modal: view.Notice(c.Printer, c.T("Done"), c.T("Thank you. It helps to see where the process is hard."))}, nil
}

// movedOn reports whether something happened to a deal since the version. Somebody's
// answer to the pulse is nothing that happened to the deal.
func movedOn(log []sales.Event, version int) bool {
	return slices.ContainsFunc(log, func(e sales.Event) bool { return e.Version > version && e.Type != sales.Pulsed })
}

// clickPulseOff ends the question for good.
func (a *App) clickPulseOff(ctx context.Context, c *Call) (Reply, error) {
	return a.decide(ctx, c, func(ctx context.Context, tx *store.Tx) (Reply, error) {
		sentence := c.T("I don't ask any more. You can switch it on again in the Home tab.")
		return Reply{Text: sentence, Replace: true}, setPulse(ctx, tx, c.User, false)
	})
}

// choosePulse switches the question on or off in Home.
func (a *App) choosePulse(ctx context.Context, c *Call) (Reply, error) {
	return a.decide(ctx, c, func(ctx context.Context, tx *store.Tx) (Reply, error) {
		return Reply{}, setPulse(ctx, tx, c.User, c.Value == "on")
	})
}
