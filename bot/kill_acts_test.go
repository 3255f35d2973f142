package main

import (
	"strings"

	"pipewright/internal/sales"
)

// killAct changes a request that waits for somebody of the product. Its messages go where no other act's go, so that
// all can be held in the same moment.
type killAct struct {
	deal      string // name of its deals
	requester string
	event     sales.EventType // by which it is known in the log
	actor     string
	before    func(k *killer, deal string)                         // leads to it, or is nil
	do        func(k *killer, deal string) (door string, body obj) // calls the control door
	post      sight                                                // a message that it posts
	update    sight                                                // what a card says then
	after     func(k *killer, deal string)                         // takes the request to its end, or is nil
	state     sales.ApprovalState                                  // in the end
	told      []sight                                              // stand once in the end, as post does
}

// sight is a text in the thread of the deal, or in a direct message that names it.
type sight struct{ user, text string }

const inThread = "" // everybody's

var killActs = []killAct{
	{
		deal: "Agate", requester: "ana", event: sales.Decided, actor: userRaj,
		do: func(k *killer, deal string) (string, obj) {
			at := k.clickable("raj", "Approve", "dm", deal)
			return "click", obj{"user": "raj", "channel": "dm", "ts": at.ts, "action_id": at.action, "block_id": at.block, "value": at.value}
		},
		post:   sight{"lin", "可行性"}, // her card
		update: sight{inThread, "Feasibility: approved by Raj Patel"},
		after:  func(k *killer, deal string) { k.clicks("lin", "批准", "dm", deal) },
		state:  sales.Approved,
		told:   []sight{{inThread, "Raj Patel approved the quote (Feasibility)."}, {"ana", "Lin Yue approved your quote"}},
	},
	{
		deal: "Basalt", requester: "ana", event: sales.Decided, actor: userTom,
		before: func(k *killer, deal string) { k.clicks("tom", "Reject…", "dm", deal) },
		do:     submission("tom", obj{"Why?": "too cheap"}),
		post:   sight{"ana", "rejected your quote"},
		update: sight{inThread, "rejected by Tom Ellis"},
		state:  sales.Rejected,
		told:   []sight{{inThread, "Tom Ellis rejected the quote (Feasibility). “too cheap”"}},
	},
	{
		deal: "Chalk", requester: "ana", event: sales.Edited, actor: userAna,
		before: func(k *killer, deal string) {
			k.clicks("leo", "Approve", "dm", deal)
			k.clicks("ana", "Change the request…", "deals", deal)
		},
		do:     submission("ana", obj{"Discount": "15"}),
		post:   sight{"leo", "Your answer no longer counts"},
		update: sight{inThread, "the answer of Leo Costa no longer counts"},
		after:  approvals,
		state:  sales.Approved,
		told:   []sight{{inThread, "Ana Silva changed the request for the quote approval. Everybody is asked again."}, {"ana", "Lin Yue approved your quote"}},
	},
	{
		deal: "Dolomite", requester: "noor", event: sales.Withdrawn, actor: userNoor,
		before: func(k *killer, deal string) { k.clicks("noor", "Withdraw…", "deals", deal) },
		do:     submission("noor", nil),
		post:   sight{inThread, "Noor Haddad withdrew the request"},
		update: sight{inThread, "Withdrawn by Noor Haddad"},
		state:  sales.Retracted,
	},
	{
		deal: "Emerald", requester: "ana", event: sales.Forwarded, actor: userEva,
		before: func(k *killer, deal string) { k.clicks("eva", "Forward…", "dm", deal) },
		do:     submission("eva", obj{"To whom?": "Raj Patel", "Because": "he knows the plant"}),
		post:   sight{"raj", "Eva Novak forwarded the quote approval"},
		update: sight{inThread, "Feasibility: Eva Novak forwarded it to Raj Patel"},
		after:  approvals,
		state:  sales.Approved,
		told:   []sight{{inThread, "Eva Novak forwarded the quote (Feasibility) to Raj Patel."}, {"ana", "Lin Yue approved your quote"}},
	},
	{
		deal: "Flint", requester: "noor", event: sales.Asked, actor: userLeo,
		before: func(k *killer, deal string) { k.clicks("leo", "Ask the rep…", "dm", deal) },
		do:     submission("leo", obj{"Your question": "Why 12k?"}),
		post:   sight{"noor", "Leo Costa has a question"},
		update: sight{inThread, "Waiting for the rep: Noor Haddad"},
		after: func(k *killer, deal string) {
			k.types("noor", "deals", "/approval answer "+deal+" they sign today")
			approvals(k, deal)
		},
		state: sales.Approved,
		told:  []sight{{inThread, "Leo Costa asks about the quote (Feasibility)"}, {"leo", "Noor Haddad answers your question"}, {"noor", "Lin Yue approved your quote"}},
	},
}

// submission sends the form that the person has open.
func submission(user string, values obj) func(k *killer, deal string) (string, obj) {
	return func(k *killer, _ string) (string, obj) {
		k.eventually(func() bool { return k.view(user) != nil }, func() { k.failf("%s has no form", user) })
		return "submit", obj{"user": user, "values": values}
	}
}

// approvals are the two that a quote needs.
func approvals(k *killer, deal string) {
	k.clicks("raj", "Approve", "dm", deal)
	k.clicks("lin", "批准", "dm", deal)
}

// sights counts the messages of the act's deal that say it.
func (k *killer) sights(a killAct, at sight) int {
	k.t.Helper()
	n := 0
	for _, m := range k.about(at.user, k.deal(a)) {
		if strings.Contains(words(m), at.text) {
			n++
		}
	}
	return n
}

// about are the messages about a deal: in its thread, or in one person's direct messages.
func (k *killer) about(user, deal string) []obj {
	k.t.Helper()
	if user == inThread {
		return k.messages("sam", "deals", str(k.message("sam", "deals", deal)["ts"]))
	}
	var out []obj
	for _, m := range k.messages(user, "dm", "") {
		if m["is_ephemeral"] != true && strings.Contains(words(m), deal) {
			out = append(out, m)
		}
	}
	return out
}

// copies counts the copies of the card of the request for the deal among them.
func (k *killer) copies(user, deal string) int {
	k.t.Helper()
	n := 0
	for _, m := range k.about(user, deal) {
		if text := words(m); strings.Contains(text, "Feasibility:") || strings.Contains(text, "可行性：") {
			n++
		}
	}
	return n
}
