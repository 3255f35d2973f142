package sales

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Known is what a map is checked against: what is in force now. Each part may be left out.
type Known struct {
	Organisation *Organisation
	Current      map[string]*Process
	DealsIn      map[string]map[string]int // process → stage → open deals
}

// Check returns every mistake of a map that ParseMap could read, in the order of
// the file; see Problem for the codes. A map whose problems are all warnings may be applied.
func Check(m *Map, known Known) []Problem {
	c := &checker{m: m, known: known, org: organisationAfter(m, known)}
	c.organisation()
	for i, p := range m.Processes {
		c.process(m.root(i), p)
	}
	c.together()
	sortProblems(c.problems)
	return c.problems
}

// checker collects the problems of one map.
type checker struct {
	m        *Map
	known    Known
	org      *Organisation // after the map is applied; nil when none is known
	homeless bool          // organisation.missing was reported
	empty    []string      // roles of which role.empty was reported
	problems []Problem
}

func (c *checker) add(path, code string, facts ...any) {
	c.problems = append(c.problems, newProblem(c.m.where(path), code, facts...))
}

func (c *checker) warn(path, code string, facts ...any) {
	c.add(path, code, facts...)
	c.problems[len(c.problems)-1].Warning = true
}

// unknown adds a problem with a word that is none of the known ones.
func (c *checker) unknown(path, code, word string, known []string, facts ...any) {
	c.add(path, code, append(facts, "nearest", nearest(word, known), "known", known)...)
}

// organisationAfter is the organisation once the map is applied. Admins and user
// groups come from outside of the file.
func organisationAfter(m *Map, known Known) *Organisation {
	if m.Organisation == nil {
		return known.Organisation
	}
	o := *m.Organisation
	if known.Organisation != nil {
		o.Admins, o.Gone = known.Organisation.Admins, known.Organisation.Gone
		o.Groups, o.Handles = known.Organisation.Groups, known.Organisation.Handles
	}
	return &o
}

// together checks what concerns all processes at once.
func (c *checker) together() {
	first := map[string]string{}
	byDefault := ""
	all := maps.Clone(c.known.Current)
	if all == nil {
		all = map[string]*Process{}
	}
	for i, p := range c.m.Processes {
		path := c.m.root(i)
		all[p.Key] = p
		if other, ok := first[p.Key]; ok {
			c.add(path+".key", "key.taken", "what", "process", "key", p.Key, "line", c.m.where(other).line)
			continue
		}
		first[p.Key] = path + ".key"
		if !p.Default {
			continue
		}
		if byDefault != "" {
			c.add(path+".default", "default.several", "process", p.Key, "other", byDefault)
		}
		byDefault = p.Key
	}
	c.defaults(all, byDefault)
}

// defaults finds a second default among the processes outside of the file, or none at all.
func (c *checker) defaults(all map[string]*Process, byDefault string) {
	other := ""
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if all[key].Default && key != byDefault && !c.inFile(key) {
			other = key
		}
	}
	switch {
	case byDefault != "" && other != "":
		for i, p := range c.m.Processes {
			if p.Key == byDefault {
				c.add(c.m.root(i)+".default", "default.several", "process", byDefault, "other", other)
			}
		}
	case byDefault == "" && other == "" && len(all) > 1 && len(c.m.Processes) > 0:
		c.warn(c.m.root(0), "default.none")
	}
}

func (c *checker) inFile(process string) bool {
	return slices.ContainsFunc(c.m.Processes, func(p *Process) bool { return p.Key == process })
}

// item is something with a key and a name in a list of the map.
type item struct {
	path string
	key  string
	name Text
	also []string
}

func items[T any](path string, list []T, f func(T) item) []item {
	var out []item
	for i, t := range list {
		it := f(t)
		it.path = fmt.Sprintf("%s[%d]", path, i)
		out = append(out, it)
	}
	return out
}

const maxKey = 40

var (
	keyForm  = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)
	nameForm = regexp.MustCompile(`^[a-z][a-z0-9_]*$`) // of fields: conditions name them
)

// keys checks the keys of a list and that nobody can mean two of its items by one word.
func (c *checker) keys(what, keyName string, form *regexp.Regexp, list []item) {
	first := map[string]string{}
	answers := map[string]string{} // folded word → key
	for _, it := range list {
		path := it.path + "." + keyName
		switch other, taken := first[it.key]; {
		case it.key == "":
			c.add(it.path, "value.missing", "what", what, "key", "", "part", keyName)
			continue
		case taken:
			c.add(path, "key.taken", "what", what, "key", it.key, "line", c.m.where(other).line)
			continue
		case len(it.key) > maxKey || !form.MatchString(it.key):
			c.add(path, "key.form", "what", what, "key", it.key)
		}
		first[it.key] = path
		if len(it.name) == 0 {
			c.add(it.path, "value.missing", "what", what, "key", it.key, "part", "name")
		}
		c.words(what, it, answers)
	}
}

// words reports a name or other word of an item that stands for an earlier one already.
func (c *checker) words(what string, it item, answers map[string]string) {
	type word struct{ text, path string }
	words := []word{{it.key, it.path}}
	for _, lang := range slices.Sorted(maps.Keys(it.name)) {
		words = append(words, word{it.name[lang], strings.TrimSuffix(it.path+".name."+lang, ".")})
	}
	for i, a := range it.also {
		words = append(words, word{a, fmt.Sprintf("%s.also[%d]", it.path, i)})
	}
	for _, w := range words {
		folded := foldWord(w.text)
		if other, ok := answers[folded]; ok && other != it.key {
			c.add(w.path, "name.ambiguous", "what", what, "key", it.key, "name", w.text, "other", other)
			return
		}
		answers[folded] = it.key
	}
}

// foldWord makes words equal that people would take for the same.
func foldWord(s string) string {
	s = strings.ToLower(norm.NFKC.String(s))
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\n_-", r) }), " ")
}

// texts warns of texts that lack a language which the part is given in elsewhere.
func (c *checker) texts(path, what, key string, part any) {
	used := map[string]bool{}
	var all []located
	eachText(reflect.ValueOf(part), path, func(t located) {
		all = append(all, t)
		for lang := range t.text {
			used[lang] = true
		}
	})
	for _, t := range all {
		if len(t.text) == 0 || t.text[""] != "" {
			continue
		}
		for _, lang := range Languages {
			if used[lang] && t.text[lang] == "" {
				c.warn(t.path, "text.missing", "what", what, "key", key, "part", strings.TrimPrefix(t.path, path+"."), "language", lang)
			}
		}
	}
}

// located is a text and where it stands.
type located struct {
	path string
	text Text
}

// eachText calls f for every text within a value.
func eachText(v reflect.Value, path string, f func(located)) {
	switch {
	case v.Type() == textType:
		f(located{path, v.Interface().(Text)})
	case v.Kind() == reflect.Pointer && !v.IsNil():
		eachText(v.Elem(), path, f)
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			eachText(v.Index(i), fmt.Sprintf("%s[%d]", path, i), f)
		}
	case v.Kind() == reflect.Struct:
		indices := yamlFields(v.Type())
		for _, name := range fieldNames(v.Type()) {
			eachText(v.Field(indices[name]), join(path, name), f)
		}
	}
}
