package handlers

import (
	"github.com/slack-go/slack"

	"pipewright/internal/text"
)

// processRefusals words what is refused about the map, teams and roles.
var processRefusals = map[string]wording{
	"organisation.not_allowed": notAllowedToOrganise,
	"organisation.invalid":     invalidOrganisation,
	"map.changed_meanwhile":    says(text.Msg("Somebody else changed teams or roles at the same moment. Try it again.")),
	"stage.gone":               says(text.Msg("That stage is no longer there. `%sprocess` shows those that are."), "slash"),
	"process.ambiguous":        says(text.Msg("“%s” can be more than one process. Which one?"), "input"),
	"team.unknown":             says(text.Msg("There is no team “%s”. `%sprocess team new …` makes one."), "input", "slash"),
	"team.ambiguous":           says(text.Msg("“%s” can be more than one team. Which one?"), "input"),
	"team.missing":             says(text.Msg("Which team?")),
	"team.verb":                says(text.Msg("I don't know “%s” for teams. Say add, remove, manager, channel, new, private, open or delete."), "input"),
	"team.no_key":              says(text.Msg("What is the team called? `%sprocess team new north North`"), "slash"),
	"team.taken":               says(text.Msg("There is a team “%s” already."), "input"),
	"team.already":             says(text.Msg("Nothing to do: it is so already.")),
	"team.nobody":              says(text.Msg("Who? Add people with @.")),
	"user.one":                 says(text.Msg("Name one person, with @.")),
	"team.not_in":              says(text.Msg("%s is not in that team."), "user"),
	"channel.unreadable":       says(text.Msg("Pick the channel with #, or say none. I have to be in it: write `/invite` there.")),
	"role.unknown":             says(text.Msg("There is no role “%s”. These are the roles:"), "input"),
	"role.ambiguous":           says(text.Msg("“%s” can be more than one role. Which one?"), "input"),
	"role.missing":             says(text.Msg("Which role?")),
	"role.verb":                says(text.Msg("I don't know “%s” for roles. Say add, remove, new or delete."), "input"),
	"role.no_key":              says(text.Msg("What is the role called? `%sprocess role new security Security`"), "slash"),
	"role.taken":               says(text.Msg("There is a role “%s” already."), "input"),
	"role.built_in":            says(text.Msg("The role “%s” is always there: it can't be deleted."), "role"),
	"role.in_use":              says(text.Msg("The process “%[2]s” needs the role “%[1]s”. Take it out of the map's file first, with `pipewright process apply`."), "role", "process"),
	"role.held":                says(text.Msg("“%s” is still held by somebody. Take it from them first: `%sprocess role remove %s @…`"), "role", "slash", "key"),
	"team.private_stays":       says(text.Msg("“%s” is private, and without it everybody could read its deals. Open it first: `%sprocess team open %s`"), "team", "slash", "key"),
	"role.nobody":              says(text.Msg("Who? Add a person with @, or a user group.")),
	"role.by_team":             says(text.Msg("Nobody is given that role: people have it by their team. `%[1]sprocess team add …` adds a rep, `%[1]sprocess team manager …` names a manager."), "slash"),
	"role.only_admins":         says(text.Msg("Only admins name admins.")),
	"role.by_settings":         says(text.Msg("%s is an admin by the bot's settings (ADMINS), where only its operator can change that."), "user"),
	"role.not_held":            says(text.Msg("Nobody of those has that role.")),
	"group.unreadable":         says(text.Msg("I can't read who is in that user group. Give the app the permission usergroups:read, or name the people.")),
	"user.no_human":            says(text.Msg("%s is a bot, or has left the workspace."), "user"),
}

func notAllowedToOrganise(f facts) (string, []slack.Block) {
	if len(f.e.Who) == 0 {
		return f.T("Only managers and admins change teams and roles, and there are none yet. Whoever runs the bot names the first admin in ADMINS."), nil
	}
	return f.T("Only managers and admins change teams and roles."), nil
}

func invalidOrganisation(f facts) (string, []slack.Block) {
	problem, _ := f.e.Facts["problem"].(string)
	return f.T("That can't be: %s", text.Plain(problem)), nil
}
