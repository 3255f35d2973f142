package playground

import "fmt"

// Rules of rich text, tables and charts.

var style = object(nil, fields{
	"bold": yesNo, "italic": yesNo, "strike": yesNo, "code": yesNo, "underline": yesNo, "highlight": yesNo, "client_highlight": yesNo, "unlink": yesNo,
})

// richRules are the smallest parts of rich text.
var richRules = map[string]rule{
	"text":      object([]string{"text"}, fields{"text": text(1, 40000), "style": style}),
	"link":      object([]string{"url"}, fields{"url": text(1, 3000), "text": text(0, 3000), "unsafe": yesNo, "style": style}),
	"emoji":     object([]string{"name"}, fields{"name": text(1, 255), "unicode": text(0, 255), "skin_tone": number(1, 6), "url": text(0, 3000), "style": style}),
	"user":      object([]string{"user_id"}, fields{"user_id": text(1, 255), "style": style}),
	"usergroup": object([]string{"usergroup_id"}, fields{"usergroup_id": text(1, 255), "style": style}),
	"channel":   object([]string{"channel_id"}, fields{"channel_id": text(1, 255), "style": style}),
	"broadcast": object([]string{"range"}, fields{"range": oneOf("here", "channel", "everyone"), "style": style}),
	"color":     object([]string{"value"}, fields{"value": text(1, 20), "style": style}),
	"date": object([]string{"timestamp", "format"}, fields{
		"timestamp": number(0, 1e12), "format": text(1, 255), "url": text(0, 3000), "fallback": text(0, 3000), "style": style,
	}),
}

var (
	richParts   = items(1, 1000, byType(richRules))
	richSection = object([]string{"elements"}, fields{"elements": richParts})
	richBlocks  = map[string]rule{
		"rich_text_section":      richSection,
		"rich_text_quote":        object([]string{"elements"}, fields{"elements": richParts, "border": number(0, 1)}),
		"rich_text_preformatted": object([]string{"elements"}, fields{"elements": richParts, "border": number(0, 1), "language": text(0, 50)}),
		"rich_text_list": object([]string{"elements", "style"}, fields{
			"elements": items(1, 1000, byType(map[string]rule{"rich_text_section": richSection})), "style": oneOf("bullet", "ordered"),
			"indent": number(0, 8), "offset": number(0, 1e6), "border": number(0, 1),
		}),
	}
	richElements = items(1, 1000, byType(richBlocks))
)

var (
	rawText   = object([]string{"text"}, fields{"text": text(1, 10000)})
	rawNumber = object([]string{"value"}, fields{"value": number(-1e300, 1e300), "text": text(1, 10000)})
	richCell  = object([]string{"elements"}, fields{"elements": richElements})
	tableCell = byType(map[string]rule{"raw_text": rawText, "raw_number": rawNumber, "rich_text": richCell})
	dataCell  = byType(map[string]rule{"raw_text": rawText, "raw_number": rawNumber, "rich_text": richCell, "action_cell": object(
		[]string{"element"}, fields{
			"element": byType(elementRules, "button"), "fallback": byType(map[string]rule{"raw_text": rawText, "raw_number": rawNumber}),
		})})
)

func columnSetting(c *checker, at string, v any) {
	if v != nil { // null keeps the default of that column
		object(nil, fields{"align": oneOf("left", "center", "right"), "is_wrapped": yesNo})(c, at, v)
	}
}

func evenRows(c *checker, at string, o obj) {
	rows, _ := o["rows"].(list)
	width := 0
	for i, r := range rows {
		row, _ := r.(list)
		if i == 0 {
			width = len(row)
		} else if len(row) != width {
			c.refuse(fmt.Sprintf("%s/rows/%d", at, i), "must have as many cells as the header")
		}
	}
}

func plainHeader(c *checker, at string, o obj) {
	rows, _ := o["rows"].(list)
	header, _ := rows[0].(list)
	for i, v := range header {
		if cell, _ := v.(obj); cell["type"] != "raw_text" {
			c.refuse(fmt.Sprintf("%s/rows/0/%d/type", at, i), "must be raw_text in the header")
		}
	}
}

func sizeOfTable(c *checker, _ string, o obj) { c.counts["characters of tables"] += textOf(o["rows"]) }

// chartRules are the charts of a data_visualization.
var chartRules = map[string]rule{
	"pie": object([]string{"segments"}, fields{"segments": items(1, 6, object([]string{"label", "value"}, fields{
		"label": text(1, 20), "value": number(1e-300, 1e300),
	}))}),
	"bar": seriesChart, "line": seriesChart, "area": seriesChart,
}

var seriesChart = object([]string{"series", "axis_config"}, fields{
	"series": items(1, 6, object([]string{"name", "data"}, fields{
		"name": text(1, 20), "data": items(1, 20, object([]string{"label", "value"}, fields{"label": text(1, 20), "value": number(-1e300, 1e300)})),
	})),
	"axis_config": object([]string{"categories"}, fields{"categories": items(1, 20, text(1, 20)), "x_label": text(0, 50), "y_label": text(0, 50)}),
}, pointPerCategory)

// pointPerCategory refuses categories or series of one name, and series without exactly one point for
// each category.
func pointPerCategory(c *checker, at string, o obj) {
	axis, _ := o["axis_config"].(obj)
	categories := map[any]bool{}
	for i, name := range asList(axis["categories"]) {
		if categories[name] {
			c.refuse(fmt.Sprintf("%s/axis_config/categories/%d", at, i), "must be unique")
		}
		categories[name] = true
	}
	names := map[any]bool{}
	for i, v := range asList(o["series"]) {
		series, _ := v.(obj)
		where := fmt.Sprintf("%s/series/%d", at, i)
		if names[series["name"]] {
			c.refuse(where+"/name", "must be unique")
		}
		names[series["name"]] = true
		seen := map[any]bool{}
		for _, p := range asList(series["data"]) {
			point, _ := p.(obj)
			if !categories[point["label"]] || seen[point["label"]] {
				c.refuse(where+"/data", "must have one point for every category")
				break
			}
			seen[point["label"]] = true
		}
		if len(seen) != len(categories) {
			c.refuse(where+"/data", "must have one point for every category")
		}
	}
}

func asList(v any) list { l, _ := v.(list); return l }
