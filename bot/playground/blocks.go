package playground

import (
	"net/url"
	"regexp"
	"slices"
	"time"
)

// The rules of Block Kit, one line per field: what Slack takes, where, and how much of it.

var modalFields = fields{
	"title": plain(24), "submit": plain(24), "close": plain(24), "blocks": items(0, 100, block),
	"private_metadata": text(0, 3000), "callback_id": text(0, 255), "external_id": text(0, 255),
	"clear_on_close": yesNo, "notify_on_close": yesNo, "submit_disabled": yesNo,
}

var homeFields = fields{
	"blocks": items(0, 100, block), "private_metadata": text(0, 3000), "callback_id": text(0, 255), "external_id": text(0, 255),
}

// surfaces say where a block may stand; those not listed may stand anywhere.
var surfaces = map[string]surface{
	"markdown": onMessage, "table": onMessage, "data_table": onMessage, "data_visualization": onMessage, "container": onMessage,
	"card": onMessage | onHome, "carousel": onMessage | onHome, "alert": onModal, "file": onMessage, "context_actions": onMessage,
}

// nativeBlocks are the ones that a workspace may not have yet.
var nativeBlocks = []string{"data_visualization", "data_table", "table", "card", "carousel", "container"}

// block checks any block.
func block(c *checker, at string, v any) {
	o, ok := v.(obj)
	kind, _ := o["type"].(string)
	check, known := blockRules[kind]
	where, limited := surfaces[kind]
	switch {
	case !ok:
		c.refuse(at, "must be an object")
		return
	case !known, limited && where&c.on == 0, !c.native && slices.Contains(nativeBlocks, kind):
		c.refuse(at+"/type", "unsupported type: %s", kind)
		return
	}
	id, _ := o["block_id"].(string)
	if id != "" && c.blockIDs[id] {
		c.refuse(at+"/block_id", "duplicate block_id: %s", id)
	}
	c.blockIDs[id] = true
	check(c, at, v)
	uniqueActions(c, at, o)
}

// uniqueActions refuses an action id that stands twice in one block.
func uniqueActions(c *checker, at string, o obj) {
	seen := map[string]bool{}
	for _, e := range inBlock(o) {
		body, _ := e.(obj)
		id, _ := body["action_id"].(string)
		if id != "" && seen[id] && o["type"] != "data_table" {
			c.refuse(at, "duplicate action_id: %s", id)
		}
		seen[id] = true
		if body["focus_on_load"] == true {
			c.counts["focus_on_load"]++
		}
	}
}

// blockRules refers to itself through containers, so it is filled at start.
var blockRules map[string]rule

func init() {
	id := text(0, 255)
	blockRules = map[string]rule{
		"divider": object(nil, fields{"block_id": id}),
		"header":  object([]string{"text"}, fields{"block_id": id, "text": plain(150), "level": number(1, 4)}),
		"section": object(nil, fields{
			"block_id": id, "text": rich(3000), "fields": items(1, 10, rich(2000)), "accessory": accessory, "expand": yesNo,
		}, either("text", "fields")),
		"context": object([]string{"elements"}, fields{"block_id": id, "elements": items(1, 10, contextElement)}),
		"actions": object([]string{"elements"}, fields{"block_id": id, "elements": items(1, 25, actionElement)}),
		"context_actions": object([]string{"elements"}, fields{
			"block_id": id, "elements": items(1, 5, byType(elementRules, "feedback_buttons", "icon_button")),
		}),
		"input": object([]string{"label", "element"}, fields{
			"block_id": id, "label": plain(2000), "element": inputElement, "hint": plain(2000), "optional": yesNo, "dispatch_action": yesNo,
		}, counted("input")),
		"image": object([]string{"alt_text"}, fields{
			"block_id": id, "image_url": webAddress, "alt_text": text(1, 2000), "title": plain(2000), "slack_file": slackFile,
		}, either("image_url", "slack_file"), notBoth("image_url", "slack_file")),
		"video": object([]string{"alt_text", "title", "thumbnail_url", "video_url"}, fields{
			"block_id": id, "alt_text": text(1, 2000), "title": plain(199), "thumbnail_url": webAddress, "video_url": webAddress, "title_url": webAddress,
			"author_name": text(0, 49), "description": plain(200), "provider_name": text(0, 50), "provider_icon_url": webAddress,
		}),
		"file":      object([]string{"external_id", "source"}, fields{"block_id": id, "external_id": text(1, 255), "source": oneOf("remote")}),
		"rich_text": object([]string{"elements"}, fields{"block_id": id, "elements": richElements}),
		"markdown": object([]string{"text"}, fields{"block_id": id, "text": text(1, 12000)}, func(c *checker, _ string, o obj) {
			c.counts["characters of markdown"] += len([]rune(args(o).text("text")))
		}),
		"alert": object([]string{"text"}, fields{
			"block_id": id, "text": rich(200), "level": oneOf("default", "info", "warning", "error", "success"),
		}),
		"table": object([]string{"rows"}, fields{
			"block_id": id, "rows": items(1, 100, items(1, 20, tableCell)), "column_settings": items(0, 20, columnSetting),
		}, counted("table"), sizeOfTable),
		"data_table": object([]string{"caption", "rows"}, fields{
			"block_id": id, "caption": text(1, 3000), "rows": items(2, 101, items(1, 20, dataCell)), "page_size": number(1, 100),
			"row_header_column_index": number(0, 19),
		}, evenRows, plainHeader, sizeOfTable),
		"data_visualization": object([]string{"title", "chart"}, fields{"block_id": id, "title": text(1, 50), "chart": byType(chartRules)}, counted("data_visualization")),
		"card":               cardRule,
		"carousel":           object([]string{"elements"}, fields{"block_id": id, "elements": items(1, 10, cardInCarousel)}),
		"container": object([]string{"child_blocks"}, fields{
			"block_id": id, "title": plain(150), "rich_text_title": byType(map[string]rule{"rich_text": object([]string{"elements"}, fields{"block_id": id, "elements": richElements})}),
			"subtitle": rich(150), "icon": image, "width": oneOf("narrow", "standard", "wide", "full"), "is_collapsible": yesNo,
			"default_collapsed": yesNo, "has_header_divider": yesNo, "child_blocks": items(1, 10, child),
		}, either("title", "rich_text_title"), collapsing),
	}
}

var cardRule = object(nil, fields{
	"block_id": text(0, 255), "hero_image": image, "icon": image, "slack_icon": object([]string{"name"}, fields{"name": text(1, 255)}),
	"title": rich(150), "subtitle": rich(150), "body": rich(200), "subtext": rich(200),
	"actions": items(1, 2, byType(elementRules, "button")),
}, notBoth("icon", "slack_icon"), func(c *checker, at string, o obj) {
	if o["hero_image"] == nil && o["title"] == nil && o["actions"] == nil && o["body"] == nil {
		c.refuse(at, "must define one of `hero_image`, `title`, `actions` or `body`")
	}
})

func cardInCarousel(c *checker, at string, v any) {
	if o, _ := v.(obj); o["type"] != "card" {
		c.refuse(at+"/type", "must be one of [card]")
		return
	}
	block(c, at, v)
}

// childBlocks may stand in a container.
var childBlocks = []string{"actions", "context", "divider", "file", "header", "image", "input", "rich_text", "section", "table", "video", "card", "carousel"}

func child(c *checker, at string, v any) {
	o, _ := v.(obj)
	if kind, _ := o["type"].(string); !slices.Contains(childBlocks, kind) {
		c.refuse(at+"/type", "unsupported type: %s", kind)
		return
	}
	block(c, at, v)
}

func collapsing(c *checker, at string, o obj) {
	collapsible := o["is_collapsible"] == true
	if o["has_header_divider"] == true && collapsible {
		c.refuse(at+"/has_header_divider", "must not be set on a collapsible container")
	}
	if o["default_collapsed"] == true && !collapsible {
		c.refuse(at+"/default_collapsed", "must not be set without is_collapsible")
	}
}

var slackFile = object(nil, fields{"id": fileID, "url": text(1, 3000)}, either("id", "url"), notBoth("id", "url"), func(c *checker, at string, o obj) {
	if id, _ := o["id"].(string); id != "" && !c.mayShow(id) {
		c.refuse(at, "invalid slack file")
	}
})

var fileIDs = regexp.MustCompile(`^[F][A-Z0-9]{8,}$`)

func fileID(c *checker, at string, v any) {
	if id, _ := v.(string); !fileIDs.MatchString(id) {
		c.refuse(at, "input must match regex pattern: %s", fileIDs)
	}
}

// image is an image element.
var image = byType(map[string]rule{"image": object([]string{"alt_text"}, fields{
	"image_url": webAddress, "alt_text": text(1, 2000), "slack_file": slackFile,
}, either("image_url", "slack_file"))})

func contextElement(c *checker, at string, v any) {
	if o, _ := v.(obj); o["type"] == "image" {
		image(c, at, v)
		return
	}
	rich(2000)(c, at, v)
}

func webAddress(c *checker, at string, v any) {
	t, _ := v.(string)
	u, err := url.Parse(t)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		c.refuse(at, "must be a valid URL")
	} else if len(t) > 3000 {
		c.refuse(at, "must be less than 3001 characters")
	}
}

var (
	dayForm  = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	timeForm = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$`)
)

func date(c *checker, at string, v any) {
	t, _ := v.(string)
	if _, err := time.Parse(time.DateOnly, t); err != nil || !dayForm.MatchString(t) {
		c.refuse(at, "must be a date in the form YYYY-MM-DD")
	}
}

func clockTime(c *checker, at string, v any) {
	if t, _ := v.(string); !timeForm.MatchString(t) {
		c.refuse(at, "must be a time in the form HH:mm")
	}
}

func timeZone(c *checker, at string, v any) {
	t, _ := v.(string)
	if _, err := time.LoadLocation(t); err != nil || t == "" {
		c.refuse(at, "must be a valid time zone")
	}
}
