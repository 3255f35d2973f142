package reports

import (
	"strconv"
	"strings"

	"github.com/rivo/uniseg"
	"github.com/slack-go/slack"

	"pipewright/internal/text"
)

// Message is a rendered message. Plain shows the same without charts and data
// tables, for workspaces that refuse them. Text is complete in itself.
type Message struct {
	Text   string
	Blocks []slack.Block
	Plain  []slack.Block
}

// Slack's limits, in characters, and how much of them is used.
const (
	maxHeader     = 150
	maxSection    = 2900 // of 3,000
	maxChartTitle = 50
	maxLabel      = 20
	maxLabels     = 20
	maxSeries     = 6
	maxRows       = 99   // and a header
	maxTable      = 5500 // characters of a table
	maxText       = 3500 // of a message's fallback, which is best below 4,000
	maxCell       = 60
	maxNotes      = 1900
	barWidth      = 16
	maxButtons    = 25
	maxButton     = 75
	maxNumbers    = 300 // of all labels of numbers together
	fewNumbers    = 3   // are buttons
	maxOptions    = 100
	maxOption     = 75
	maxAction     = 255
)

// composer builds a message in both forms at once, with its text.
type composer struct {
	p      text.Printer
	text   []string
	blocks []slack.Block
	plain  []slack.Block
}

func (m *composer) both(b slack.Block) {
	m.blocks, m.plain = append(m.blocks, b), append(m.plain, b)
}

// say adds a line to the text of the whole message, as far as there is room.
func (m *composer) say(line string) {
	size := 0
	for _, s := range m.text {
		size += len([]rune(s)) + 1
	}
	if size+len([]rune(line)) <= maxText {
		m.text = append(m.text, line)
	}
}

func (m *composer) header(s string) {
	m.both(slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType, literal(s, maxHeader), false, false)))
	m.say("*" + text.Plain(text.Truncate(oneLine(s), maxHeader)) + "*")
}

// section is a paragraph in mrkdwn; its caller has escaped what people typed.
func (m *composer) section(s string) {
	m.both(paragraph(s))
	m.say(s)
}

func (m *composer) context(s string) {
	m.both(note(s))
	m.say(s)
}

func note(s string) slack.Block {
	return slack.NewContextBlock("", slack.NewTextBlockObject(slack.MarkdownType, cut(s, maxNotes), false, false))
}

// numbers open the deals behind them: buttons when they are few, a list to choose from otherwise.
func (m *composer) numbers(all []Number) {
	if choice := m.choice(all); choice != nil { // which says itself what it is for
		m.both(slack.NewActionBlock("", choice))
		return
	}
	m.both(note(m.p.T("The deals behind the numbers:")))
	var buttons []slack.BlockElement
	all = all[:min(len(all), maxButtons)]
	room := min(50, maxNumbers/len(all)) // many share the room that a message has
	for i, n := range all {
		action := DealsAction + ":" + strconv.Itoa(i) // ids differ within a block
		label := m.p.T("%s: %d", text.Truncate(n.Label, room), n.N)
		buttons = append(buttons, slack.NewButtonBlockElement(action, n.Value, slack.NewTextBlockObject(slack.PlainTextType, literal(label, maxButton), false, false)))
	}
	m.both(slack.NewActionBlock("", buttons...))
}

// choice is a list of numbers, nil when they are few or do not fit. Its action carries the query,
// and its options what each number is.
func (m *composer) choice(all []Number) slack.BlockElement {
	if len(all) <= fewNumbers {
		return nil
	}
	query, _, _ := splitNumber(all[0].Value)
	var options []*slack.OptionBlockObject
	for _, n := range all[:min(len(all), maxOptions)] {
		own, what, ok := splitNumber(n.Value)
		if !ok || own != query || len(what) > maxOption || len(DealsAction)+1+len(own) > maxAction {
			return nil
		}
		label := m.p.T("%s: %d", text.Truncate(n.Label, 60), n.N)
		options = append(options, slack.NewOptionBlockObject(what, slack.NewTextBlockObject(slack.PlainTextType, literal(label, maxOption), false, false), nil))
	}
	hint := slack.NewTextBlockObject(slack.PlainTextType, m.p.T("Show the deals of …"), false, false)
	return slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, hint, DealsAction+":"+query, options...)
}

// chart draws bars; without native blocks they are a picture.
func (m *composer) chart(c Chart) {
	labels := unique(c.Labels[:min(len(c.Labels), maxLabels)])
	var series []slack.DataVisualizationDataSeries
	names := make([]string, 0, maxSeries)
	for _, s := range c.Series[:min(len(c.Series), maxSeries)] {
		names = append(names, s.Name)
	}
	for i, name := range unique(names) {
		points := make([]slack.DataVisualizationDataPoint, len(labels))
		for j, l := range labels {
			points[j] = slack.NewDataVisualizationDataPoint(l, c.Series[i].Values[j])
		}
		series = append(series, slack.NewDataVisualizationDataSeries(name, points...))
	}
	axis := slack.NewDataVisualizationAxisConfig(labels...)
	if c.Unit != "" {
		axis = axis.WithYLabel(literal(c.Unit, maxChartTitle))
	}
	m.blocks = append(m.blocks, slack.DataVisualizationBlock{
		Type: slack.MBTDataVisualization, Title: literal(c.Title, maxChartTitle), Chart: slack.NewDataVisualizationBarChart(axis, series...),
	})
	m.plain = append(m.plain, Picture{Lang: m.p.Lang(), Title: c.Title, Chart: &c})
}

// bars draws each value as a row of blocks.
func bars(c Chart, labels []string, p text.Printer) string {
	most, width := 0.0, 0
	for _, s := range c.Series {
		for _, v := range s.Values {
			most = max(most, v)
		}
	}
	for _, l := range labels {
		width = max(width, uniseg.StringWidth(l))
	}
	var b strings.Builder
	for i, l := range labels {
		for j, s := range c.Series {
			name := l
			if j > 0 {
				name = ""
			}
			n := 0
			if most > 0 {
				n = int(s.Values[i]/most*barWidth + 0.5)
			}
			number := barNumber(p, s.Values[i])
			if len(c.Series) > 1 {
				number += " " + s.Name
			}
			b.WriteString(text.Escape(strings.ReplaceAll(name, "`", "'")))
			b.WriteString(strings.Repeat(" ", width-uniseg.StringWidth(name)+1))
			b.WriteString(strings.Repeat("█", n))
			b.WriteString(" " + text.Escape(number) + "\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// table adds a data table; without native blocks, a paragraph for each row, which reads well on a phone.
func (m *composer) table(t Table) {
	rows := t.fitting(m.p)
	block := slack.NewDataTableBlock(literal(t.Caption, maxHeader)).WithPageSize(min(len(rows), 20))
	var header []slack.DataTableCell
	for _, c := range t.Columns {
		header = append(header, slack.NewDataTableRawTextCell(literal(c.Title, maxCell)))
	}
	block.AddRow(header...)
	for _, row := range rows {
		var cells []slack.DataTableCell
		for _, c := range row {
			cells = append(cells, c.native())
		}
		block.AddRow(cells...)
	}
	m.blocks = append(m.blocks, block)
	lines := t.lines(m.p)[:len(rows)]
	for _, l := range lines {
		m.say(l)
	}
	for _, chunk := range paragraphs(lines) {
		m.plain = append(m.plain, paragraph(chunk))
	}
	if s := (Table{Rows: rows}).confidence(m.p); s != "" {
		m.context(s)
	}
	if left := len(t.Rows) - len(rows); left > 0 {
		m.context(m.p.N(left, "%d more row is not shown.", "%d more rows are not shown."))
	}
}

func (c Cell) native() slack.DataTableCell {
	s := literal(c.Text, maxCell)
	if c.Number {
		return slack.NewDataTableRawNumberCell(c.Value).WithText(s)
	}
	return slack.NewDataTableRawTextCell(s)
}

// fitting returns the rows that fit into a message, as a table and as lines.
func (t Table) fitting(p text.Printer) [][]Cell {
	cells, lines := 0, 0
	for i, line := range t.lines(p) {
		for _, c := range t.Rows[i] {
			cells += min(maxCell, len([]rune(c.Text)))
		}
		lines += len([]rune(line)) + 1
		if i == maxRows || max(cells, lines) > maxTable {
			return t.Rows[:i]
		}
	}
	return t.Rows
}

// lines writes each row as a line: its first cell, and the others with their titles.
func (t Table) lines(p text.Printer) []string {
	var out []string
	for _, row := range t.Rows {
		var parts []string
		for i, c := range row[1:] {
			if c.Text == dash || c.Text == "" || c.Text == "0" {
				continue
			}
			s := text.Plain(text.Truncate(c.Text, maxCell))
			if len(row) > 2 {
				s = text.Plain(t.Columns[i+1].Title) + " " + s
			}
			parts = append(parts, s)
		}
		line := "*" + text.Plain(text.Truncate(row[0].Text, maxCell)) + "*"
		if len(parts) > 0 {
			line = p.T("%s: %s", line, strings.Join(parts, " · "))
		}
		out = append(out, line)
	}
	return out
}

// paragraphs joins lines into as few texts as a section holds.
func paragraphs(lines []string) []string {
	var out []string
	for _, l := range lines {
		l = cut(l, maxSection)
		if n := len(out); n > 0 && len([]rune(out[n-1]))+1+len([]rune(l)) <= maxSection {
			out[n-1] += "\n" + l
			continue
		}
		out = append(out, l)
	}
	return out
}

func paragraph(s string) slack.Block {
	return slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, cut(s, maxSection), false, false), nil, nil)
}

// cut shortens an escaped text, and not inside an escaped character.
func cut(s string, most int) string {
	short := text.Truncate(s, most)
	if i := strings.LastIndexByte(short, '&'); short != s && i >= 0 && !strings.Contains(short[i:], ";") {
		short = short[:i] + "…"
	}
	return short
}

// literal makes a text fit for where Slack formats nothing: one line, short, and with no
// markup even if it were read as such.
func literal(s string, most int) string {
	s = oneLine(s)
	if s == "" {
		return dash
	}
	room := most - strings.Count(s, "<")
	if room < 1 {
		s, room = strings.ReplaceAll(s, "<", "‹"), most
	}
	return strings.ReplaceAll(text.Truncate(s, room), "<", "<\u200b")
}

// unique shortens labels to what a chart allows and keeps them apart.
func unique(labels []string) []string {
	out := make([]string, len(labels))
	seen := map[string]bool{}
	for i, l := range labels {
		s := literal(l, maxLabel)
		for n := 2; seen[s]; n++ {
			number := " " + strconv.Itoa(n)
			s = literal(l, maxLabel-len(number)) + number
		}
		seen[s] = true
		out[i] = s
	}
	return out
}
