package reports

import (
	"encoding/json"
	"fmt"
	"strings"

	"pipewright/internal/text"
)

// Page is what a message shows, before it is known whether the workspace takes
// native blocks: data and language are frozen in it. It is stored as JSON.
type Page struct {
	Lang  string `json:"lang"`
	Title string `json:"title"`
	Parts []Part `json:"parts"`
}

// Part is one piece of a page: a text in mrkdwn in which what people typed is
// escaped, the same in small print, a chart, a map, a table, or buttons that open the
// deals behind its numbers.
type Part struct {
	Text    string   `json:"text,omitempty"`
	Small   string   `json:"small,omitempty"`
	Chart   *Chart   `json:"chart,omitempty"`
	Map     *Map     `json:"map,omitempty"`
	Table   *Table   `json:"table,omitempty"`
	Numbers []Number `json:"numbers,omitempty"`
}

// Number is a number with the deals behind it.
type Number struct {
	Label string `json:"label"`
	N     int    `json:"n"`
	Value string `json:"value"` // see Query.Value
}

// Render writes the report for Slack, in the reader's language.
func Render(res Result, p text.Printer) Message { return res.page(p).message() }

// RenderDigest writes a digest that was frozen when it was enqueued.
func RenderDigest(body []byte) (Message, error) {
	var page Page
	if err := json.Unmarshal(body, &page); err != nil {
		return Message{}, fmt.Errorf("read a digest: %w", err)
	}
	return page.message(), nil
}

func (res Result) page(p text.Printer) Page {
	page := Page{Lang: p.Lang(), Title: res.title(p)}
	page.text("*" + text.Plain(res.lead(p)) + "*")
	page.small(text.Plain(res.About(p)))
	if !res.Empty() {
		res.figures(&page, p)
	}
	page.small(text.Plain(res.context(p)))
	var notes []string
	for _, n := range res.notes(p) {
		notes = append(notes, text.Plain(n))
	}
	page.small(strings.Join(notes, "\n"))
	return page
}

// figures adds the breakdown, which was asked for, the chart or the map, the table, and the deals behind its numbers.
func (res Result) figures(page *Page, p text.Printer) {
	if b := res.Breakdown; b != nil {
		page.table(b.table(res.Report, res.names, p))
		page.small(text.Plain(b.verdict(p)))
	}
	page.chart(res.Body.Chart(p))
	if m, ok := res.drawnMap(p); ok && len(m.Moves) > 0 {
		page.Parts = append(page.Parts, Part{Map: &m})
	}
	page.table(res.Body.Table(p))
	page.numbers(res.Numbers(p))
}

func (g *Page) text(s string) {
	if s != "" {
		g.Parts = append(g.Parts, Part{Text: s})
	}
}

func (g *Page) small(s string) {
	if s != "" {
		g.Parts = append(g.Parts, Part{Small: s})
	}
}

func (g *Page) chart(c *Chart) {
	if c != nil && len(c.Labels) > 0 && len(c.Series) > 0 {
		g.Parts = append(g.Parts, Part{Chart: c})
	}
}

func (g *Page) table(t Table) {
	if len(t.Rows) > 0 {
		g.Parts = append(g.Parts, Part{Table: &t})
	}
}

func (g *Page) numbers(all []Number) {
	if len(all) > 0 {
		g.Parts = append(g.Parts, Part{Numbers: all})
	}
}

// message builds the page in both forms.
func (g Page) message() Message {
	m := composer{p: text.For(g.Lang, nil)}
	m.header(g.Title)
	for _, part := range g.Parts {
		switch {
		case part.Chart != nil:
			m.chart(*part.Chart)
		case part.Map != nil:
			m.both(Picture{Lang: g.Lang, Title: g.Title, Map: part.Map})
		case part.Table != nil:
			m.table(*part.Table)
		case len(part.Numbers) > 0:
			m.numbers(part.Numbers)
		case part.Small != "":
			m.context(part.Small)
		default:
			m.section(part.Text)
		}
	}
	return Message{Text: strings.Join(m.text, "\n"), Blocks: m.blocks, Plain: m.plain}
}
