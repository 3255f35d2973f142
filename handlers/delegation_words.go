package handlers

import (
	"fmt"

	"github.com/slack-go/slack"

	"pipewright/handlers/view"
	"pipewright/internal/text"
)

// delegationRefusals words what the rules about delegations refuse.
var delegationRefusals = map[string]wording{
	"delegation.not_allowed": says(text.Msg("They arrange that themselves, or a manager or an admin does.")),
	"delegation.only_admins": says(text.Msg("For an admin only an admin can do that.")),
	"delegation.self":        says(text.Msg("Name somebody else: nobody stands in for themselves.")),
	"delegation.past":        says(text.Msg("That day is over. Name the last day of the absence, today or later.")),
	"delegation.order":       says(text.Msg("It would end before it begins. Name a last day that comes after the first.")),
	"delegation.nothing":     delegationNothing,
	"delegation.overlap":     delegationOverlap,
	"delegation.none":        delegationNone,
	"delegation.over":        says(text.Msg("That is over already. `%sapprovals delegations` shows what there is."), "slash"),
	"delegation.not_yours":   says(text.Msg("Only those whom it concerns, a manager or an admin can end that.")),
}

// delegationNothing says that there is nothing to decide in whose place.
func delegationNothing(f facts) (string, []slack.Block) {
	if f.e.Facts["user"] == f.call.User {
		return f.T("You approve nothing, so nobody has to do it in your place. `%s` shows who approves what.", f.app.slash("process role")), nil
	}
	return f.T("%s approves nothing, so nobody has to do it in their place. `%s` shows who approves what.", f.fact("user"), f.app.slash("process role")), nil
}

// delegationOverlap offers to end what is in the way.
func delegationOverlap(f facts) (string, []slack.Block) {
	sentence := f.T("Somebody decides in the place of %s in that time already. End that first.", f.fact("user"))
	if f.e.Facts["user"] == f.call.User {
		sentence = f.T("Somebody decides in your place in that time already. End that first.")
	}
	return sentence, view.Actions(view.Button("delegation.end", fmt.Sprint(f.e.Facts["id"]), f.T("End it")), view.Run("approvals delegations", f.T("Show them")))
}

func delegationNone(f facts) (string, []slack.Block) {
	if f.e.Facts["user"] == f.call.User {
		return f.T("Nobody decides in your place, so there is nothing to end."), nil
	}
	return f.T("Nobody decides in the place of %s, so there is nothing to end.", f.fact("user")), nil
}
