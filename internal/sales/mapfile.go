package sales

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Map is what one YAML file says: the organisation, some processes, or both.
type Map struct {
	Organisation *Organisation
	Processes    []*Process

	at    map[string]place // where in the file each part stands, by its path
	roots []string         // the path of each process
}

// place is a position in a file, counted from 1.
type place struct{ line, column int }

// mapFile is the outermost level of the file.
type mapFile struct {
	Organisation *Organisation `yaml:"organisation,omitempty"`
	Process      *Process      `yaml:"process,omitempty"`
	Processes    []*Process    `yaml:"processes,omitempty"`
}

// Limits of a map file, far above any real one.
const (
	maxMapBytes = 1 << 20
	maxMapNodes = 50_000
)

// ParseMap reads a map file. It is strict: what it does not know is a problem, never
// ignored. The map is nil only when the file is not YAML; otherwise it holds what could
// be read, so that Check can report everything at once. It is of use
// only when neither function returns an error among its problems.
func ParseMap(file []byte) (*Map, []Problem) {
	if len(file) > maxMapBytes {
		return nil, []Problem{{Line: 1, Column: 1, Code: "map.too_large", Facts: map[string]any{"bytes": maxMapBytes}}}
	}
	root, problem := parseYAML(file)
	if problem != nil {
		return nil, []Problem{*problem}
	}
	var top mapFile
	r := newMapReader()
	r.read(root, &top)
	m := &Map{Organisation: top.Organisation, at: r.at}
	if top.Process != nil {
		m.add(top.Process, "process")
	}
	for i, p := range top.Processes {
		if p == nil {
			p = &Process{}
		}
		m.add(p, fmt.Sprintf("processes[%d]", i))
	}
	if len(r.problems) == 0 && m.Organisation == nil && len(m.Processes) == 0 {
		r.problems = append(r.problems, Problem{Line: 1, Column: 1, Code: "map.empty"})
	}
	return m, r.problems
}

func (m *Map) add(p *Process, root string) {
	m.Processes = append(m.Processes, p)
	m.roots = append(m.roots, root)
}

// parseYAML returns the file's one document.
func parseYAML(file []byte) (*yaml.Node, *Problem) {
	decoder := yaml.NewDecoder(bytes.NewReader(file))
	var doc, more yaml.Node
	switch err := decoder.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil, &Problem{Line: 1, Column: 1, Code: "map.empty"}
	case err != nil:
		return nil, syntaxProblem(err)
	}
	switch err := decoder.Decode(&more); {
	case err == nil:
		return nil, &Problem{Line: more.Line, Column: more.Column, Code: "yaml.documents"}
	case !errors.Is(err, io.EOF):
		return nil, syntaxProblem(err)
	}
	return doc.Content[0], nil
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)

// syntaxProblem takes the line out of a parser's message, which has it only there.
func syntaxProblem(err error) *Problem {
	p := &Problem{Line: 1, Column: 1, Code: "yaml.syntax", Facts: map[string]any{"reason": err.Error()}}
	if parts := yamlLine.FindStringSubmatch(strings.ReplaceAll(err.Error(), "\n", " ")); parts != nil {
		p.Facts["reason"] = parts[2]
		if line, err := strconv.Atoi(parts[1]); err == nil {
			p.Line = line
		}
	}
	return p
}

// where returns the position of the part at the path, or of the nearest part
// around it. A map that came from no file has no positions.
func (m *Map) where(path string) place {
	for {
		if p, ok := m.at[path]; ok {
			return p
		}
		i := strings.LastIndexAny(path, ".[")
		if i < 0 {
			return m.at[""]
		}
		path = path[:i]
	}
}

// root returns the path of the process with the index.
func (m *Map) root(i int) string {
	if i < len(m.roots) {
		return m.roots[i]
	}
	return fmt.Sprintf("processes[%d]", i)
}
