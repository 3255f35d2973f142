package handlers

import (
	"slices"

	"github.com/slack-go/slack"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
)

// gateNotMet says what a gate still asks for, with a button for each thing that can
// be done about it, and one to pass it for those who lead.
func gateNotMet(f facts) (string, []slack.Block) {
	to, _ := f.e.Facts["to"].(string)
	return view.GateAnswer(f.Printer, view.Gate{
		Case: f.k, To: to, Missing: f.e.Missing, Override: f.k.Org.Leads(f.call.User),
	})
}

// overtaken tells the loser of two who won: what somebody else did meanwhile, and how the deal stands now.
func overtaken(f facts) (string, []slack.Block) {
	if f.k == nil {
		return f.T("Somebody else changed it at the same moment. Have a look, and do it again if it is still right."), nil
	}
	d := view.Deal{Case: f.k, Now: f.call.Now}
	sentence := f.T("%s has changed meanwhile: it is now in *%s*.", view.DealName(f.k.Deal), d.Where(f.Printer))
	log := f.log()
	for _, e := range slices.Backward(log) {
		if e.Actor != f.call.User || e.Type == sales.Moved {
			h := view.History{Process: f.k.Process, Event: e, Name: f.name}
			sentence = view.Lines(sentence, h.Sentence(f.Printer))
			break
		}
	}
	return sentence, view.Actions(view.Run("deal "+f.k.Deal.Ref(), f.T("Show the deal")))
}
