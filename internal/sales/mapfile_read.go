package sales

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// mapReader fills Go values from YAML nodes by the values' yaml tags, as the
// library's decoder does, and beyond it keeps every position and reports every mistake.
type mapReader struct {
	at       map[string]place
	problems []Problem
	day      time.Duration // of the process being read: hours are a share of it
	nodes    int
}

func newMapReader() *mapReader {
	return &mapReader{at: map[string]place{}, day: Calendar{}.DayLength()}
}

func (r *mapReader) read(n *yaml.Node, into any) {
	r.value(n, reflect.ValueOf(into).Elem(), "")
}

// problem records a mistake at a node; facts are key, value, key, value …
func (r *mapReader) problem(n *yaml.Node, code string, facts ...any) {
	r.problems = append(r.problems, newProblem(place{n.Line, n.Column}, code, facts...))
}

// Types whose YAML is more than their Go kind.
var (
	textType     = reflect.TypeFor[Text]()
	daysType     = reflect.TypeFor[Days]()
	processType  = reflect.TypeFor[Process]()
	activityNeed = reflect.TypeFor[ActivityNeed]()
	approvalNeed = reflect.TypeFor[ApprovalNeed]()
)

func (r *mapReader) value(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if r.nodes++; r.nodes > maxMapNodes {
		if r.nodes == maxMapNodes+1 {
			r.problem(n, "map.too_large", "nodes", maxMapNodes)
		}
		return
	}
	r.at[path] = place{n.Line, n.Column}
	if n.ShortTag() == "!!null" {
		return
	}
	switch v.Type() {
	case textType:
		r.text(n, v, path)
		return
	case daysType:
		r.days(n, v)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		r.value(n, v.Elem(), path)
	case reflect.Struct:
		r.structure(n, v, path)
	case reflect.Slice:
		r.list(n, v, path)
	case reflect.Map:
		r.words(n, v, path)
	default:
		r.scalar(n, v)
	}
}

func (r *mapReader) structure(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind == yaml.ScalarNode && r.shorthand(n, v, path) {
		return
	}
	fields := yamlFields(v.Type())
	if v.Type() == processType {
		r.readDayLength(n)
	}
	if v.Type() == activityNeed {
		v.Set(reflect.ValueOf(ActivityNeed{N: 1, Since: SinceStage}))
	}
	r.pairs(n, func(key, value *yaml.Node) {
		i, ok := fields[key.Value]
		if !ok {
			names := fieldNames(v.Type())
			r.problem(key, "key.unknown", "key", key.Value, "nearest", nearest(key.Value, names), "known", names)
			return
		}
		r.value(value, v.Field(i), join(path, key.Value))
	})
}

// shorthand reads the short form of a need: "- call" for "- type: call".
func (r *mapReader) shorthand(n *yaml.Node, v reflect.Value, path string) bool {
	switch v.Type() {
	case activityNeed:
		v.Set(reflect.ValueOf(ActivityNeed{Type: n.Value, N: 1, Since: SinceStage}))
		r.at[join(path, "type")] = place{n.Line, n.Column}
	case approvalNeed:
		v.Set(reflect.ValueOf(ApprovalNeed{Kind: n.Value}))
		r.at[join(path, "kind")] = place{n.Line, n.Column}
	default:
		return false
	}
	return true
}

// readDayLength looks ahead at a process's hours, since its targets may be given
// in hours before its calendar is read.
func (r *mapReader) readDayLength(process *yaml.Node) {
	r.day = Calendar{Hours: lookup(lookup(process, "calendar"), "hours").Value}.DayLength()
}

// lookup returns the value of a key in a mapping, an empty node when there is none.
func lookup(n *yaml.Node, key string) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				return n.Content[i+1]
			}
		}
	}
	return &yaml.Node{}
}

// pairs calls f for each key of a mapping; a key that comes twice is a problem.
func (r *mapReader) pairs(n *yaml.Node, f func(key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		r.problem(n, "value.type", "want", "mapping", "got", kindOf(n), "value", n.Value)
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if first, ok := seen[key.Value]; ok {
			r.problem(key, "key.repeated", "key", key.Value, "line", first)
			continue
		}
		seen[key.Value] = key.Line
		f(key, value)
	}
}

func (r *mapReader) list(n *yaml.Node, v reflect.Value, path string) {
	items := n.Content
	if n.Kind == yaml.ScalarNode && v.Type().Elem().Kind() == reflect.String {
		items = []*yaml.Node{n} // one word may stand for a list of one
	} else if n.Kind != yaml.SequenceNode {
		r.problem(n, "value.type", "want", "list", "got", kindOf(n), "value", n.Value)
		return
	}
	for i, item := range items {
		e := reflect.New(v.Type().Elem()).Elem()
		r.value(item, e, fmt.Sprintf("%s[%d]", path, i))
		v.Set(reflect.Append(v, e))
	}
}

// words reads a mapping of words to words.
func (r *mapReader) words(n *yaml.Node, v reflect.Value, path string) {
	v.Set(reflect.MakeMap(v.Type()))
	r.pairs(n, func(key, value *yaml.Node) {
		e := reflect.New(v.Type().Elem()).Elem()
		r.value(value, e, join(path, key.Value))
		r.at[join(path, key.Value)] = place{key.Line, key.Column}
		v.SetMapIndex(reflect.ValueOf(key.Value), e)
	})
}

// Languages are those that texts of a map may be given in.
var Languages = []string{"en", "zh"}

// text reads a text in one language or several.
func (r *mapReader) text(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind == yaml.ScalarNode {
		v.Set(reflect.ValueOf(Text{"": strings.TrimSpace(n.Value)}))
		return
	}
	t := Text{}
	r.pairs(n, func(key, value *yaml.Node) {
		if !slices.Contains(Languages, key.Value) {
			r.problem(key, "text.language", "language", key.Value, "known", Languages)
			return
		}
		var s string
		r.value(value, reflect.ValueOf(&s).Elem(), join(path, key.Value))
		if s = strings.TrimSpace(s); s != "" {
			t[key.Value] = s
		}
	})
	v.Set(reflect.ValueOf(t))
}

var daysForm = regexp.MustCompile(`^([0-9.]+(?:e[+-]?\d+)?)\s*(d|days?|天|h|hours?|小时)?$`)

// days reads "3", "3d", "2 days" and, as a share of the working day, "4h".
func (r *mapReader) days(n *yaml.Node, v reflect.Value) {
	if n.Kind == yaml.ScalarNode {
		if parts := daysForm.FindStringSubmatch(strings.ToLower(strings.TrimSpace(n.Value))); parts != nil {
			f, err := strconv.ParseFloat(parts[1], 64)
			if strings.HasPrefix(parts[2], "h") || parts[2] == "小时" {
				f /= r.day.Hours()
			}
			if err == nil {
				v.SetFloat(f)
				return
			}
		}
		if f, err := strconv.ParseFloat(n.Value, 64); err == nil && f < 0 {
			r.problem(n, "number.negative", "value", n.Value)
			return
		}
	}
	r.problem(n, "value.type", "want", "days", "got", kindOf(n), "value", n.Value)
}

func (r *mapReader) scalar(n *yaml.Node, v reflect.Value) {
	wrong := func(want string) {
		r.problem(n, "value.type", "want", want, "got", kindOf(n), "value", n.Value)
	}
	if n.Kind != yaml.ScalarNode {
		wrong("text")
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(strings.TrimSpace(n.Value))
	case reflect.Bool:
		b, ok := map[string]bool{"true": true, "yes": true, "on": true, "false": false, "no": false, "off": false}[strings.ToLower(n.Value)]
		if !ok {
			wrong("true or false")
			return
		}
		v.SetBool(b)
	case reflect.Int:
		i, err := strconv.Atoi(n.Value)
		if err != nil {
			wrong("whole number")
			return
		}
		v.SetInt(int64(i))
	case reflect.Float64:
		f, err := strconv.ParseFloat(n.Value, 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			wrong("number")
			return
		}
		v.SetFloat(f)
	default:
		panic(fmt.Sprintf("sales: no way to read a %s from a map", v.Type()))
	}
}

func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "mapping"
	case yaml.SequenceNode:
		return "list"
	}
	return "text"
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// yamlFields maps the yaml names of a struct's fields to their indices.
func yamlFields(t reflect.Type) map[string]int {
	fields := map[string]int{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if name != "" && name != "-" {
			fields[name] = i
		}
	}
	return fields
}

// fieldNames returns the yaml names of a struct's fields in their order.
func fieldNames(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}
