package playground

import (
	"slices"
	"strconv"
	"strings"
)

var confirmDialog = object([]string{"title", "text", "confirm"}, fields{
	"title": plain(100), "text": rich(300), "confirm": plain(30), "deny": plain(30), "style": oneOf("primary", "danger"),
})

// option and its kin are what a person chooses from.
var (
	option       = object([]string{"text", "value"}, fields{"text": plain(75), "value": text(1, 75), "description": plain(75)})
	boxOption    = object([]string{"text", "value"}, fields{"text": rich(75), "value": text(1, 75), "description": rich(75)})
	menuOption   = object([]string{"text", "value"}, fields{"text": plain(75), "value": text(1, 75), "description": plain(75), "url": webAddress})
	optionGroup  = object([]string{"label", "options"}, fields{"label": plain(75), "options": items(1, 100, option)})
	channelsOnly = object(nil, fields{
		"include": items(1, 4, oneOf("im", "mpim", "private", "public")), "exclude_external_shared_channels": yesNo, "exclude_bot_users": yesNo,
	})
	dispatchConfig = object(nil, fields{"trigger_actions_on": items(1, 2, oneOf("on_enter_pressed", "on_character_entered"))})
)

// withCommon adds the fields that most elements share.
func withCommon(own fields) fields {
	own["action_id"], own["confirm"], own["focus_on_load"] = text(0, 255), confirmDialog, yesNo
	return own
}

// typed adds the fields of inputs that a person types into.
func typed(own fields) fields {
	own["action_id"], own["placeholder"], own["dispatch_action_config"], own["focus_on_load"] = text(0, 255), plain(150), dispatchConfig, yesNo
	return own
}

// elementRules are the interactive elements.
var elementRules = map[string]rule{
	"button": object([]string{"text"}, fields{
		"action_id": text(0, 255), "text": plain(75), "url": webAddress, "value": text(0, 2000), "style": oneOf("primary", "danger"),
		"confirm": confirmDialog, "accessibility_label": text(0, 75), "visible_to_user_ids": items(0, 100, text(1, 255)),
	}),
	"icon_button": object([]string{"icon", "text"}, fields{
		"action_id": text(0, 255), "icon": text(1, 255), "text": plain(75), "value": text(0, 2000), "confirm": confirmDialog,
		"accessibility_label": text(0, 75), "visible_to_user_ids": items(0, 100, text(1, 255)),
	}),
	"feedback_buttons": object([]string{"positive_button", "negative_button"}, fields{
		"action_id": text(0, 255), "positive_button": feedbackButton, "negative_button": feedbackButton,
	}),
	"overflow":      object([]string{"options"}, fields{"action_id": text(0, 255), "options": items(1, 5, menuOption), "confirm": confirmDialog}, uniqueValues),
	"checkboxes":    object([]string{"options"}, withCommon(fields{"options": items(1, 10, boxOption), "initial_options": items(1, 10, boxOption)}), uniqueValues, knownInitial),
	"radio_buttons": object([]string{"options"}, withCommon(fields{"options": items(1, 10, boxOption), "initial_option": boxOption}), uniqueValues, knownInitial),
	"static_select": object(nil, withCommon(fields{
		"placeholder": plain(150), "options": items(1, 100, option), "option_groups": items(1, 100, optionGroup), "initial_option": option,
	}), either("options", "option_groups"), notBoth("options", "option_groups"), knownInitial),
	"multi_static_select": object(nil, withCommon(fields{
		"placeholder": plain(150), "options": items(1, 100, option), "option_groups": items(1, 100, optionGroup),
		"initial_options": items(1, 100, option), "max_selected_items": number(1, 100),
	}), either("options", "option_groups"), notBoth("options", "option_groups"), knownInitial),
	"external_select": object(nil, withCommon(fields{
		"placeholder": plain(150), "initial_option": option, "min_query_length": number(0, 100),
	})),
	"multi_external_select": object(nil, withCommon(fields{
		"placeholder": plain(150), "initial_options": items(1, 100, option), "min_query_length": number(0, 100), "max_selected_items": number(1, 100),
	})),
	"users_select":       object(nil, withCommon(fields{"placeholder": plain(150), "initial_user": text(1, 255)})),
	"multi_users_select": object(nil, withCommon(fields{"placeholder": plain(150), "initial_users": items(1, 100, text(1, 255)), "max_selected_items": number(1, 100)})),
	"channels_select":    object(nil, withCommon(fields{"placeholder": plain(150), "initial_channel": text(1, 255), "response_url_enabled": yesNo})),
	"multi_channels_select": object(nil, withCommon(fields{
		"placeholder": plain(150), "initial_channels": items(1, 100, text(1, 255)), "max_selected_items": number(1, 100),
	})),
	"conversations_select": object(nil, withCommon(fields{
		"placeholder": plain(150), "initial_conversation": text(1, 255), "default_to_current_conversation": yesNo, "response_url_enabled": yesNo, "filter": channelsOnly,
	})),
	"multi_conversations_select": object(nil, withCommon(fields{
		"placeholder": plain(150), "initial_conversations": items(1, 100, text(1, 255)), "default_to_current_conversation": yesNo,
		"filter": channelsOnly, "max_selected_items": number(1, 100),
	})),
	"datepicker":     object(nil, withCommon(fields{"placeholder": plain(150), "initial_date": date})),
	"timepicker":     object(nil, withCommon(fields{"placeholder": plain(150), "initial_time": clockTime, "timezone": timeZone})),
	"datetimepicker": object(nil, withCommon(fields{"initial_date_time": number(1e9, 9999999999)})),
	"plain_text_input": object(nil, typed(fields{
		"initial_value": text(0, 3000), "multiline": yesNo, "min_length": number(0, 3000), "max_length": number(1, 3000),
	}), lengthsInOrder),
	"email_text_input": object(nil, typed(fields{"initial_value": text(0, 3000)})),
	"url_text_input":   object(nil, typed(fields{"initial_value": text(0, 3000)})),
	"number_input": object([]string{"is_decimal_allowed"}, typed(fields{
		"is_decimal_allowed": yesNo, "initial_value": numeral, "min_value": numeral, "max_value": numeral,
	})),
	"rich_text_input": object(nil, typed(fields{
		"initial_value": byType(map[string]rule{"rich_text": object([]string{"elements"}, fields{"block_id": text(0, 255), "elements": richElements})}),
		"min_lines":     number(1, 100), "max_lines": number(1, 100),
	})),
	"file_input": object(nil, fields{"action_id": text(0, 255), "filetypes": items(0, 100, text(1, 20)), "max_files": number(1, 10)}),
}

var feedbackButton = object([]string{"text", "value"}, fields{"text": plain(75), "value": text(1, 2000), "accessibility_label": text(0, 75)})

var (
	singleSelects = []string{"static_select", "external_select", "users_select", "channels_select", "conversations_select"}
	multiSelects  = []string{"multi_static_select", "multi_external_select", "multi_users_select", "multi_channels_select", "multi_conversations_select"}
	pickers       = []string{"datepicker", "timepicker"}
	boxes         = []string{"checkboxes", "radio_buttons"}
	typedInputs   = []string{"plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input"}
)

// Where elements may stand.
var (
	accessoryElement = byType(elementRules, slices.Concat([]string{"button", "overflow"}, singleSelects, multiSelects, pickers, boxes)...)
	actionElement    = byType(elementRules, slices.Concat([]string{"button", "overflow", "datetimepicker"}, singleSelects, pickers, boxes)...)
	anyInput         = byType(elementRules, slices.Concat([]string{"datetimepicker", "file_input"}, singleSelects, multiSelects, pickers, boxes, typedInputs)...)
)

func accessory(c *checker, at string, v any) {
	if o, _ := v.(obj); o["type"] == "image" {
		image(c, at, v)
		return
	}
	accessoryElement(c, at, v)
}

func inputElement(c *checker, at string, v any) {
	o, _ := v.(obj)
	if o["type"] == "file_input" && c.on != onModal {
		c.refuse(at+"/type", "unsupported type: file_input")
		return
	}
	if on := o["response_url_enabled"] == true; on && c.on != onModal {
		c.refuse(at+"/response_url_enabled", "may be set in modals only")
	}
	anyInput(c, at, v)
}

func numeral(c *checker, at string, v any) {
	t, _ := v.(string)
	if _, err := strconv.ParseFloat(strings.TrimSpace(t), 64); err != nil {
		c.refuse(at, "must be a number in a string")
	}
}

func lengthsInOrder(c *checker, at string, o obj) {
	least, _ := o["min_length"].(float64)
	if most, ok := o["max_length"].(float64); ok && least > most {
		c.refuse(at+"/min_length", "must not be above max_length")
	}
}

func uniqueValues(c *checker, at string, o obj) {
	seen := map[string]bool{}
	for _, v := range optionsIn(o) {
		value := optionValue(v)
		if seen[value] {
			c.refuse(at+"/options", "duplicate value: %s", value)
		}
		seen[value] = true
	}
}

// knownInitial refuses first choices that are not among the options.
func knownInitial(c *checker, at string, o obj) {
	chosen, _ := o["initial_options"].(list)
	if one := o["initial_option"]; one != nil {
		chosen = list{one}
	}
	for _, v := range chosen {
		known := slices.ContainsFunc(optionsIn(o), func(other any) bool {
			return optionValue(other) == optionValue(v) && optionText(other) == optionText(v)
		})
		if !known {
			c.refuse(at, "initial option %q is not one of the options", optionValue(v))
		}
	}
}

func optionValue(v any) string { o, _ := v.(obj); return args(o).text("value") }

func optionText(v any) string { o, _ := v.(obj); return textIn(o["text"]) }
