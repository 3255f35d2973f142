package playground

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/slack-go/slack"
)

// TestBadBlocks checks that each limit is refused with its place; %s stands for a text just too long.
func TestBadBlocks(t *testing.T) {
	const btn = `{"type":"button","text":{"type":"plain_text","text":"Go"}`
	row := func(cells int) string {
		return "[" + strings.TrimSuffix(strings.Repeat(`{"type":"raw_text","text":"c"},`, cells), ",") + "]"
	}
	for _, c := range []struct {
		block string
		long  int
		want  string
	}{
		{`{"type":"poem"}`, 0, "unsupported type: poem [json-pointer:/blocks/0/type]"},
		{`{"type":"divider","colour":"red"}`, 0, "invalid additional property: colour [json-pointer:/blocks/0]"},
		{`{"type":"header","text":{"type":"plain_text","text":"%s"}}`, 151, "must be less than 151 characters [json-pointer:/blocks/0/text/text]"},
		{`{"type":"header","text":{"type":"mrkdwn","text":"x"}}`, 0, "must be one of [plain_text] [json-pointer:/blocks/0/text/type]"},
		{`{"type":"section"}`, 0, "must define either `text` or `fields` [json-pointer:/blocks/0]"},
		{`{"type":"section","text":{"type":"mrkdwn","text":""}}`, 0, "must be more than 0 characters [json-pointer:/blocks/0/text/text]"},
		{`{"type":"section","text":{"type":"mrkdwn","text":"x","emoji":true}}`, 0, "invalid additional property: emoji [json-pointer:/blocks/0/text]"},
		{`{"type":"section","text":{"type":"mrkdwn","text":"%s"}}`, 3001, "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"},
		{`{"type":"section","fields":[{"type":"mrkdwn","text":"%s"}]}`, 2001, "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]"},
		{`{"type":"section","fields":[` + strings.Repeat(`{"type":"mrkdwn","text":"x"},`, 10) + `{"type":"mrkdwn","text":"x"}]}`, 0, "no more than 10 items allowed [json-pointer:/blocks/0/fields]"},
		{`{"type":"context","elements":[]}`, 0, "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"},
		{`{"type":"actions","elements":[` + btn + `,"value":"%s"}]}`, 2001, "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]"},
		{`{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"%s"}}]}`, 76, "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"},
		{`{"type":"actions","elements":[` + btn + `,"action_id":"%s"}]}`, 256, "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]"},
		{`{"type":"actions","elements":[` + btn + `,"action_id":"a"},` + btn + `,"action_id":"a"}]}`, 0, "duplicate action_id: a [json-pointer:/blocks/0]"},
		{`{"type":"actions","elements":[` + btn + `,"style":"loud"}]}`, 0, "must be one of [primary danger] [json-pointer:/blocks/0/elements/0/style]"},
		{`{"type":"actions","elements":[` + btn + `,"url":"javascript:alert(1)"}]}`, 0, "must be a valid URL [json-pointer:/blocks/0/elements/0/url]"},
		{`{"type":"actions","elements":[{"type":"plain_text_input"}]}`, 0, "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]"},
		{`{"type":"actions","elements":[{"type":"static_select"}]}`, 0, "must define either `options` or `option_groups` [json-pointer:/blocks/0/elements/0]"},
		{`{"type":"actions","elements":[{"type":"static_select","options":[{"text":{"type":"plain_text","text":"A"},"value":"%s"}]}]}`, 76, "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/value]"},
		{`{"type":"actions","elements":[{"type":"static_select","options":[{"text":{"type":"plain_text","text":"A"},"value":"a"}],"initial_option":{"text":{"type":"plain_text","text":"B"},"value":"b"}}]}`, 0, `initial option "b" is not one of the options [json-pointer:/blocks/0/elements/0]`},
		{`{"type":"actions","elements":[{"type":"overflow","options":[` + strings.TrimSuffix(strings.Repeat(`{"text":{"type":"plain_text","text":"A"},"value":"a"},`, 6), ",") + `]}]}`, 0, "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]"},
		{`{"type":"actions","elements":[{"type":"datepicker","initial_date":"31.12.2026"}]}`, 0, "must be a date in the form YYYY-MM-DD [json-pointer:/blocks/0/elements/0/initial_date]"},
		{`{"type":"actions","elements":[` + btn + `,"confirm":{"title":{"type":"plain_text","text":"%s"},"text":{"type":"plain_text","text":"x"},"confirm":{"type":"plain_text","text":"x"}}}]}`, 101, "must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]"},
		{`{"type":"alert","text":{"type":"plain_text","text":"x"}}`, 0, "unsupported type: alert [json-pointer:/blocks/0/type]"},
		{`{"type":"image","image_url":"https://x.example/a.png"}`, 0, "missing required field: alt_text [json-pointer:/blocks/0]"},
		{`{"type":"markdown","text":"%s"}`, 12001, "must be less than 12001 characters [json-pointer:/blocks/0/text]"},
		{`{"type":"table","rows":[[{"type":"raw_text","text":""}]]}`, 0, "must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/text]"},
		{`{"type":"table","rows":[` + row(1) + `],"column_settings":[{"align":""}]}`, 0, "must be one of [left center right] [json-pointer:/blocks/0/column_settings/0/align]"},
		{`{"type":"table","rows":[` + row(21) + `]}`, 0, "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"},
		{`{"type":"table","rows":[[{"type":"raw_text","text":"%s"},{"type":"raw_text","text":"x"}]]}`, 10000, "no more than 10000 characters of tables allowed [json-pointer:/blocks]"},
		{`{"type":"data_table","caption":"x","rows":[` + row(2) + `]}`, 0, "no fewer than 2 items allowed [json-pointer:/blocks/0/rows]"},
		{`{"type":"data_table","caption":"x","rows":[` + row(2) + `,` + row(1) + `]}`, 0, "must have as many cells as the header [json-pointer:/blocks/0/rows/1]"},
		{`{"type":"data_table","caption":"x","rows":[[{"type":"raw_number","value":1}],` + row(1) + `]}`, 0, "must be raw_text in the header [json-pointer:/blocks/0/rows/0/0/type]"},
		{`{"type":"data_table","caption":"x","page_size":0,"rows":[` + row(1) + `,` + row(1) + `]}`, 0, "must be a number between 1 and 100 [json-pointer:/blocks/0/page_size]"},
		{`{"type":"data_visualization","title":"%s","chart":{"type":"pie","segments":[{"label":"a","value":1}]}}`, 51, "must be less than 51 characters [json-pointer:/blocks/0/title]"},
		{`{"type":"data_visualization","title":"x","chart":{"type":"pie","segments":[{"label":"a","value":0}]}}`, 0, "must be a number between 1e-300 and 1e+300 [json-pointer:/blocks/0/chart/segments/0/value]"},
		{`{"type":"data_visualization","title":"x","chart":{"type":"bar","axis_config":{"categories":["a","b"]},"series":[{"name":"s","data":[{"label":"a","value":1}]}]}}`, 0, "must have one point for every category [json-pointer:/blocks/0/chart/series/0/data]"},
		{`{"type":"card","subtitle":{"type":"plain_text","text":"x"}}`, 0, "must define one of `hero_image`, `title`, `actions` or `body` [json-pointer:/blocks/0]"},
		{`{"type":"card","body":{"type":"mrkdwn","text":"%s"}}`, 201, "must be less than 201 characters [json-pointer:/blocks/0/body/text]"},
		{`{"type":"carousel","elements":[{"type":"divider"}]}`, 0, "must be one of [card] [json-pointer:/blocks/0/elements/0/type]"},
		{`{"type":"container","child_blocks":[{"type":"divider"}]}`, 0, "must define either `title` or `rich_text_title` [json-pointer:/blocks/0]"},
		{`{"type":"container","title":{"type":"plain_text","text":"x"},"child_blocks":[{"type":"markdown","text":"x"}]}`, 0, "unsupported type: markdown [json-pointer:/blocks/0/child_blocks/0/type]"},
		{`{"type":"container","title":{"type":"plain_text","text":"x"},"default_collapsed":true,"child_blocks":[{"type":"divider"}]}`, 0, "must not be set without is_collapsible [json-pointer:/blocks/0/default_collapsed]"},
		{`{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[]}]}`, 0, "no fewer than 1 items allowed [json-pointer:/blocks/0/elements/0/elements]"},
		{`{"type":"input","label":{"type":"plain_text","text":"x"},"element":{"type":"number_input"}}`, 0, "missing required field: is_decimal_allowed [json-pointer:/blocks/0/element]"},
	} {
		raw := c.block
		if c.long > 0 {
			raw = strings.Replace(raw, "%s", strings.Repeat("x", c.long), 1)
		}
		var b any
		if err := json.Unmarshal([]byte(raw), &b); err != nil {
			t.Fatalf("%s: %v", c.block, err)
		}
		s := &Server{features: features{NativeBlocks: true}}
		if got := s.checkBlocks(list{b}, onMessage, "/blocks"); len(got) != 1 || got[0] != c.want {
			t.Errorf("%s\n got %q\nwant %q", c.block, got, c.want)
		}
		if c.long > 0 && !strings.Contains(c.block, "table") { // one character less is good
			var good any
			_ = json.Unmarshal([]byte(strings.Replace(c.block, "%s", strings.Repeat("x", c.long-1), 1)), &good)
			if got := s.checkBlocks(list{good}, onMessage, "/blocks"); len(got) != 0 {
				t.Errorf("%s with %d characters: %q", c.block, c.long-1, got)
			}
		}
	}
}

func TestBlocksAreUniqueAndCounted(t *testing.T) {
	s := &Server{features: features{NativeBlocks: true}}
	same := list{obj{"type": "divider", "block_id": "a"}, obj{"type": "divider", "block_id": "a"}}
	if got := s.checkBlocks(same, onMessage, "/blocks"); len(got) != 1 || got[0] != "duplicate block_id: a [json-pointer:/blocks/1/block_id]" {
		t.Errorf("two blocks of one id: %q", got)
	}
	var many list
	for range 51 {
		many = append(many, obj{"type": "divider"})
	}
	if got := s.checkBlocks(many, onMessage, "/blocks"); len(got) != 1 || got[0] != "no more than 50 items allowed [json-pointer:/blocks]" {
		t.Errorf("51 blocks in a message: %q", got)
	}
	if got := s.checkBlocks(many, onModal, "/blocks"); len(got) != 0 {
		t.Errorf("51 blocks in a modal: %q", got)
	}
	var charts list
	for range 3 {
		charts = append(charts, obj{"type": "data_visualization", "title": "x", "chart": obj{"type": "pie", "segments": list{obj{"label": "a", "value": 1.0}}}})
	}
	if got := s.checkBlocks(charts, onMessage, "/blocks"); len(got) != 1 || got[0] != "no more than 2 data_visualization allowed [json-pointer:/blocks]" {
		t.Errorf("three charts: %q", got)
	}
}

// goodBlocks are one of each kind, as slack-go writes them.
func goodBlocks() []slack.Block {
	plain := func(t string) *slack.TextBlockObject { return slack.NewTextBlockObject("plain_text", t, true, false) }
	button := slack.NewButtonBlockElement("go", "v", plain("Go")).WithStyle(slack.StylePrimary)
	option := slack.NewOptionBlockObject("a", plain("A"), plain("first"))
	url := "https://x.example/a.png"
	card := slack.NewCardBlock().WithTitle(plain("Acme")).WithBody(plain("big")).WithActions(button)
	table := slack.NewTableBlock("t").WithColumnSettings(slack.ColumnSetting{Align: slack.ColumnAlignmentRight})
	table.AddRow(slack.NewTableRawTextCell("a"), slack.NewTableRawNumberCell(2))
	data := slack.NewDataTableBlock("Deals").WithPageSize(10)
	data.AddRow(slack.NewDataTableRawTextCell("Name"), slack.NewDataTableRawTextCell("Amount"), slack.NewDataTableRawTextCell("Open"))
	data.AddRow(slack.NewDataTableRawTextCell("Acme"), slack.NewDataTableRawNumberCell(12).WithText("12 k"), slack.NewDataTableActionCell(button).WithFallback(slack.NewDataTableRawTextCell("open")))
	axis := slack.NewDataVisualizationAxisConfig("May", "June").WithXLabel("month")
	series := slack.NewDataVisualizationDataSeries("won", slack.NewDataVisualizationDataPoint("May", 1), slack.NewDataVisualizationDataPoint("June", -2))
	return []slack.Block{
		slack.NewHeaderBlock(plain("Deals")), section("*hello*"), slack.NewDividerBlock(), slack.NewContextBlock("c", plain("x"), slack.NewImageBlockElement(url, "logo")),
		slack.NewSectionBlock(nil, []*slack.TextBlockObject{plain("f")}, slack.NewAccessory(slack.NewOverflowBlockElement("more", option))),
		slack.NewActionBlock("a", button, slack.NewOptionsSelectBlockElement("static_select", plain("pick"), "sel", option), slack.NewDatePickerBlockElement("day"), slack.NewDateTimePickerBlockElement("moment"), slack.NewRadioButtonsBlockElement("radio", option)),
		slack.NewInputBlock("i", plain("Note"), plain("hint"), slack.NewPlainTextInputBlockElement(plain("…"), "note")),
		slack.NewImageBlock(url, "logo", "img", plain("Logo")), slack.NewMarkdownBlock("m", "# hi"), table, data,
		slack.NewDataVisualizationBlock("Won", slack.NewDataVisualizationLineChart(axis, series)),
		slack.NewDataVisualizationBlock("Share", slack.NewDataVisualizationPieChart(slack.NewDataVisualizationSegment("a", 1))),
		card, slack.NewCarouselBlock(card), slack.NewContainerBlock(section("inside")).WithTitle(plain("More")).WithCollapsible(true, true),
		slack.NewRichTextBlock("r", slack.NewRichTextSection(slack.NewRichTextSectionTextElement("hi", &slack.RichTextSectionTextStyle{Bold: true}), slack.NewRichTextSectionUserElement("U0ANA", nil))),
	}
}

func TestGoodBlocksPassAndNativeOnesCanBeOff(t *testing.T) {
	w := newWorld(t)
	channel, ts, err := w.api.PostMessage("C0DEALS", slack.MsgOptionText("all", false), slack.MsgOptionBlocks(goodBlocks()...))
	if err != nil {
		t.Fatal(describe(err))
	}
	for _, e := range elementsOf(w.ws.channel(channel, "").find(ts).blocks) {
		if e.blockID == "" || e.actionID == "" {
			t.Errorf("an element without ids: %+v", e)
		}
	}
	w.do("features", obj{"native_blocks": false})
	_, _, err = w.api.PostMessage("C0DEALS", slack.MsgOptionText("all", false), slack.MsgOptionBlocks(goodBlocks()...))
	var refused slack.SlackErrorResponse
	if !errors.As(err, &refused) || refused.Err != "invalid_blocks" || len(refused.ResponseMetadata.Messages) != 7 ||
		refused.ResponseMetadata.Messages[0] != "[ERROR] unsupported type: table [json-pointer:/blocks/9/type]" {
		t.Errorf("without native blocks: %s", describe(err))
	}
}

func describe(err error) string {
	var refused slack.SlackErrorResponse
	if errors.As(err, &refused) {
		return fmt.Sprint(refused.Err, refused.ResponseMetadata.Messages)
	}
	return fmt.Sprint(err)
}
