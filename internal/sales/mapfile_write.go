package sales

import (
	"bytes"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// WriteMap returns the map as a file that ParseMap reads back to an equal one. It
// keeps the order of the vocabulary (key, name, what, who, …) and writes no comments.
func WriteMap(m *Map) ([]byte, error) {
	file := mapFile{Organisation: m.Organisation}
	if len(m.Processes) == 1 {
		file.Process = m.Processes[0]
	} else {
		file.Processes = m.Processes
	}
	var root yaml.Node
	if err := root.Encode(file); err != nil {
		return nil, err
	}
	tidy(&root)
	inHours(lookup(&root, "process"))
	for _, p := range lookup(&root, "processes").Content {
		inHours(p)
	}
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := e.Encode(&root); err != nil {
		return nil, err
	}
	return out.Bytes(), e.Close()
}

// tidy puts short lists and names on one line and leaves out what says nothing.
func tidy(n *yaml.Node) {
	for _, c := range n.Content {
		tidy(c)
	}
	switch n.Kind {
	case yaml.MappingNode:
		var kept []*yaml.Node
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !says(n.Content[i+1]) {
				continue
			}
			kept = append(kept, n.Content[i], n.Content[i+1])
		}
		n.Content = kept
		if shortText(n) {
			n.Style = yaml.FlowStyle
		}
	case yaml.SequenceNode:
		if len(n.Content) <= maxFlow && !slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return c.Kind != yaml.ScalarNode }) {
			n.Style = yaml.FlowStyle
		}
	}
}

// inHours writes spans of a process that are whole quarters of an hour and no short
// number of days as people would: 4h.
func inHours(process *yaml.Node) {
	hours := Calendar{Hours: lookup(lookup(process, "calendar"), "hours").Value}.DayLength().Hours()
	var visit func(n *yaml.Node)
	visit = func(n *yaml.Node) {
		for i, c := range n.Content {
			if n.Kind == yaml.MappingNode && i%2 == 1 && slices.Contains([]string{"target", "quiet_after", "remind", "after", "expire"}, n.Content[i-1].Value) {
				d, _ := strconv.ParseFloat(c.Value, 64)
				if h := math.Round(d*hours*4) / 4; len(c.Value) > 4 && h/hours == d {
					c.SetString(strconv.FormatFloat(h, 'f', -1, 64) + "h")
				}
			}
			visit(c)
		}
	}
	visit(process)
}

const (
	maxFlow  = 8  // words on a line
	maxShort = 60 // characters of a text on one line
)

// shortText reports whether the mapping is a name in several languages.
func shortText(n *yaml.Node) bool {
	length := 0
	for i := 0; i+1 < len(n.Content); i += 2 {
		if !slices.Contains(Languages, n.Content[i].Value) || strings.Contains(n.Content[i+1].Value, "\n") {
			return false
		}
		length += utf8.RuneCountInString(n.Content[i+1].Value)
	}
	return length <= maxShort
}

func says(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value != "" && n.ShortTag() != "!!null" || len(n.Content) > 0
}

// MarshalYAML writes a text without a language as the plain text that it is.
func (t Text) MarshalYAML() (any, error) {
	if s, ok := t[""]; ok && len(t) == 1 {
		return s, nil
	}
	return map[string]string(t), nil
}
