package playground

// element is something in a message or a view that a person can use.
type element struct {
	blockID, actionID string
	body              obj
	input             obj // the input block around it, nil elsewhere
}

// holding says where an element's value stands in a state and where its first value comes from.
type holding struct {
	key, initial string
	many         bool
}

// holdings are the elements that hold a value, by type. Buttons and overflow menus hold none.
var holdings = map[string]holding{
	"plain_text_input":           {"value", "initial_value", false},
	"email_text_input":           {"value", "initial_value", false},
	"url_text_input":             {"value", "initial_value", false},
	"number_input":               {"value", "initial_value", false},
	"rich_text_input":            {"rich_text_value", "initial_value", false},
	"static_select":              {"selected_option", "initial_option", false},
	"external_select":            {"selected_option", "initial_option", false},
	"radio_buttons":              {"selected_option", "initial_option", false},
	"users_select":               {"selected_user", "initial_user", false},
	"channels_select":            {"selected_channel", "initial_channel", false},
	"conversations_select":       {"selected_conversation", "initial_conversation", false},
	"datepicker":                 {"selected_date", "initial_date", false},
	"timepicker":                 {"selected_time", "initial_time", false},
	"datetimepicker":             {"selected_date_time", "initial_date_time", false},
	"checkboxes":                 {"selected_options", "initial_options", true},
	"multi_static_select":        {"selected_options", "initial_options", true},
	"multi_external_select":      {"selected_options", "initial_options", true},
	"multi_users_select":         {"selected_users", "initial_users", true},
	"multi_channels_select":      {"selected_channels", "initial_channels", true},
	"multi_conversations_select": {"selected_conversations", "initial_conversations", true},
	"file_input":                 {"files", "", true},
}

func (e element) kind() string { return args(e.body).text("type") }

func (e element) isStateful() bool { _, ok := holdings[e.kind()]; return ok }

// initialValue is the element's entry in a state before anybody touches it.
func (e element) initialValue() obj {
	h := holdings[e.kind()]
	value := e.body[h.initial]
	if value == nil && h.many {
		value = list{}
	}
	out := obj{"type": e.kind(), h.key: value}
	if zone := e.body["timezone"]; e.kind() == "timepicker" && zone != nil {
		out["timezone"] = zone
	}
	return out
}

// label is what a person calls the element: its input's label, or what stands on a button.
func (e element) label() string {
	if e.input != nil {
		return textIn(e.input["label"])
	}
	return textIn(e.body["text"])
}

func (e element) required() bool {
	return e.input != nil && !args(e.input).yes("optional")
}

// options are the choices that the element itself lists, its groups' included.
func (e element) options() list { return optionsIn(e.body) }

func optionsIn(o obj) list {
	options, _ := o["options"].(list)
	groups, _ := o["option_groups"].(list)
	for _, g := range groups {
		if group, ok := g.(obj); ok {
			inner, _ := group["options"].(list)
			options = append(options[:len(options):len(options)], inner...)
		}
	}
	return options
}

// textIn is the text of a text object.
func textIn(v any) string {
	o, _ := v.(obj)
	return args(o).text("text")
}

// walkBlocks visits every block, those inside carousels and containers too.
func walkBlocks(blocks list, visit func(obj)) {
	for _, b := range blocks {
		block, ok := b.(obj)
		if !ok {
			continue
		}
		visit(block)
		switch block["type"] {
		case "carousel":
			inner, _ := block["elements"].(list)
			walkBlocks(inner, visit)
		case "container":
			inner, _ := block["child_blocks"].(list)
			walkBlocks(inner, visit)
		}
	}
}

// inBlock are the interactive elements that stand in the block itself.
func inBlock(block obj) list {
	switch block["type"] {
	case "section":
		if block["accessory"] != nil {
			return list{block["accessory"]}
		}
	case "actions", "context_actions":
		inner, _ := block["elements"].(list)
		return inner
	case "input":
		return list{block["element"]}
	case "card":
		inner, _ := block["actions"].(list)
		return inner
	case "data_table":
		return inTable(block)
	}
	return nil
}

func inTable(block obj) list {
	var out list
	rows, _ := block["rows"].(list)
	for _, r := range rows {
		row, _ := r.(list)
		for _, c := range row {
			if cell, _ := c.(obj); cell["type"] == "action_cell" {
				out = append(out, cell["element"])
			}
		}
	}
	return out
}

// elementsOf are the elements of a message or a view, from top to bottom.
func elementsOf(blocks list) []element {
	var out []element
	walkBlocks(blocks, func(block obj) {
		for _, e := range inBlock(block) {
			body, ok := e.(obj)
			if !ok || body["type"] == "image" {
				continue
			}
			found := element{blockID: args(block).text("block_id"), actionID: args(body).text("action_id"), body: body}
			if block["type"] == "input" {
				found.input = block
			}
			out = append(out, found)
		}
	})
	return out
}

// fillIDs gives the blocks and elements that have none an id, as Slack does.
func (s *Server) fillIDs(blocks list) {
	walkBlocks(blocks, func(block obj) {
		if args(block).text("block_id") == "" {
			block["block_id"] = s.ws.nextID("b")
		}
		for _, e := range inBlock(block) {
			if body, ok := e.(obj); ok && body["type"] != "image" && args(body).text("action_id") == "" {
				body["action_id"] = s.ws.nextID("a")
			}
		}
	})
}

// textOf counts the characters of all text objects, and of markdown, in the blocks; tables have a limit
// of their own.
func textOf(v any) int {
	switch v := v.(type) {
	case list:
		n := 0
		for _, inner := range v {
			n += textOf(inner)
		}
		return n
	case obj:
		if v["type"] == "table" || v["type"] == "data_table" {
			return 0
		}
		n := len([]rune(args(v).text("text")))
		for key, inner := range v {
			if _, isText := inner.(string); !isText && key != "metadata" {
				n += textOf(inner)
			}
		}
		return n
	}
	return 0
}

// setState writes one value into a state.
func setState(state obj, blockID, actionID string, value obj) {
	block, ok := state[blockID].(obj)
	if !ok {
		block = obj{}
		state[blockID] = block
	}
	block[actionID] = value
}

func stateValue(state obj, blockID, actionID string) (obj, bool) {
	block, _ := state[blockID].(obj)
	value, ok := block[actionID].(obj)
	return value, ok
}

// copyState copies a state, so that a payload on its way does not change with it.
func copyState(state obj) obj {
	out := obj{}
	for blockID, b := range state {
		inner := obj{}
		block, _ := b.(obj)
		for actionID, value := range block {
			inner[actionID] = value
		}
		out[blockID] = inner
	}
	return out
}
