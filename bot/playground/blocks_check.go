package playground

import (
	"fmt"
	"maps"
	"slices"
)

// surface is where blocks stand.
type surface int

const (
	onMessage surface = 1 << iota
	onModal
	onHome
	anywhere = onMessage | onModal | onHome
)

// checker walks JSON by the rules of blocks.go and collects what Slack would refuse.
type checker struct {
	on       surface
	native   bool
	problems []string
	counts   map[string]int  // how often a thing occurs that Slack counts
	blockIDs map[string]bool // to be unique
	mayShow  func(file string) bool
}

// rule checks one value; at is its JSON pointer.
type rule func(c *checker, at string, v any)

// fields are an object's rules by name; the names in required must be there. Anything else is refused.
type fields map[string]rule

func (c *checker) refuse(at, format string, values ...any) {
	if len(c.problems) < 20 {
		c.problems = append(c.problems, fmt.Sprintf(format, values...)+" [json-pointer:"+at+"]")
	}
}

func (c *checker) object(at string, v any, required []string, known fields) (obj, bool) {
	o, ok := v.(obj)
	if !ok {
		c.refuse(at, "must be an object")
		return nil, false
	}
	for _, name := range required {
		if o[name] == nil {
			c.refuse(at, "missing required field: %s", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o)) {
		check, ok := known[name]
		switch {
		case name == "type":
		case !ok:
			c.refuse(at, "invalid additional property: %s", name)
		case o[name] != nil:
			check(c, at+"/"+name, o[name])
		}
	}
	return o, true
}

func newChecker(on surface, native bool, mayShow func(file string) bool) *checker {
	return &checker{on: on, native: native, counts: map[string]int{}, blockIDs: map[string]bool{}, mayShow: mayShow}
}

// checkBlocks returns what Slack would refuse in the blocks of a message; none if they are good.
func (s *Server) checkBlocks(blocks list, on surface, at string) []string {
	return newChecker(on, s.features.NativeBlocks, s.mayShow).blocks(blocks, at)
}

func (c *checker) blocks(blocks list, at string) []string {
	most := 50
	if c.on != onMessage {
		most = 100
	}
	items(0, most, block)(c, at, blocks)
	c.checkCounts(at)
	return c.problems
}

// viewProblems returns what Slack would refuse in a view of that kind.
func (s *Server) viewProblems(body obj, kind string) []string {
	return newChecker(onHome, s.features.NativeBlocks, s.mayShow).view(body, kind)
}

func (c *checker) view(body obj, kind string) []string {
	if body["type"] != kind {
		c.refuse("/view/type", "must be %s", kind)
		return c.problems
	}
	known, required := homeFields, []string{"blocks"}
	if kind == "modal" {
		c.on, known, required = onModal, modalFields, []string{"title", "blocks"}
	}
	o, _ := c.object("/view", body, required, known)
	c.checkCounts("/view/blocks")
	if kind == "modal" && c.counts["input"] > 0 && o["submit"] == nil {
		c.refuse("/view", "missing required field: submit")
	}
	return c.problems
}

// mostOf is how often a thing may stand in one message or view.
var mostOf = map[string]int{
	"table": 1, "data_visualization": 2, "focus_on_load": 1, "characters of markdown": 12000, "characters of tables": 10000,
}

func (c *checker) checkCounts(at string) {
	for _, what := range slices.Sorted(maps.Keys(mostOf)) {
		if c.counts[what] > mostOf[what] {
			c.refuse(at, "no more than %d %s allowed", mostOf[what], what)
		}
	}
}

// The rules that rules are made of.

func text(least, most int) rule {
	return func(c *checker, at string, v any) {
		t, ok := v.(string)
		n := len([]rune(t))
		switch {
		case !ok:
			c.refuse(at, "must be a string")
		case n < least:
			c.refuse(at, "must be more than %d characters", least-1)
		case n > most:
			c.refuse(at, "must be less than %d characters", most+1)
		}
	}
}

func oneOf(values ...string) rule {
	return func(c *checker, at string, v any) {
		if t, ok := v.(string); !ok || !slices.Contains(values, t) {
			c.refuse(at, "must be one of %v", values)
		}
	}
}

func number(least, most float64) rule {
	return func(c *checker, at string, v any) {
		if n, ok := v.(float64); !ok || n < least || n > most {
			c.refuse(at, "must be a number between %v and %v", least, most)
		}
	}
}

func yesNo(c *checker, at string, v any) {
	if _, ok := v.(bool); !ok {
		c.refuse(at, "must be a boolean")
	}
}

func items(least, most int, each rule) rule {
	return func(c *checker, at string, v any) {
		l, ok := v.(list)
		switch {
		case !ok:
			c.refuse(at, "must be an array")
			return
		case len(l) < least:
			c.refuse(at, "no fewer than %d items allowed", least)
		case len(l) > most:
			c.refuse(at, "no more than %d items allowed", most)
			return
		}
		for i, item := range l {
			each(c, fmt.Sprintf("%s/%d", at, i), item)
		}
	}
}

// object checks a value's fields, and then what they say together.
func object(required []string, known fields, together ...func(c *checker, at string, o obj)) rule {
	return func(c *checker, at string, v any) {
		before := len(c.problems)
		if o, ok := c.object(at, v, required, known); ok && len(c.problems) == before {
			for _, check := range together {
				check(c, at, o)
			}
		}
	}
}

// byType checks an object by the rule of its type; only those listed may stand here.
func byType(rules map[string]rule, allowed ...string) rule {
	return func(c *checker, at string, v any) {
		o, _ := v.(obj)
		kind, _ := o["type"].(string)
		check, ok := rules[kind]
		if !ok || len(allowed) > 0 && !slices.Contains(allowed, kind) {
			c.refuse(at+"/type", "unsupported type: %s", kind)
			return
		}
		check(c, at, v)
	}
}

// either requires one of two fields.
func either(a, b string) func(*checker, string, obj) {
	return func(c *checker, at string, o obj) {
		if o[a] == nil && o[b] == nil {
			c.refuse(at, "must define either `%s` or `%s`", a, b)
		}
	}
}

// notBoth refuses two fields together.
func notBoth(a, b string) func(*checker, string, obj) {
	return func(c *checker, at string, o obj) {
		if o[a] != nil && o[b] != nil {
			c.refuse(at, "must not define both `%s` and `%s`", a, b)
		}
	}
}

// counted adds to what mostOf limits.
func counted(what string) func(*checker, string, obj) {
	return func(c *checker, _ string, _ obj) { c.counts[what]++ }
}

func plain(most int) rule { return textObject(most, "plain_text") }
func rich(most int) rule  { return textObject(most, "plain_text", "mrkdwn") }

func textObject(most int, kinds ...string) rule {
	return func(c *checker, at string, v any) {
		o, ok := v.(obj)
		kind, _ := o["type"].(string)
		if !ok || !slices.Contains(kinds, kind) {
			c.refuse(at+"/type", "must be one of %v", kinds)
			return
		}
		known := fields{"text": text(1, most), "emoji": yesNo, "verbatim": yesNo}
		if kind == "mrkdwn" {
			delete(known, "emoji")
		} else {
			delete(known, "verbatim")
		}
		if _, there := o["text"]; !there {
			c.refuse(at, "missing required field: text")
		}
		c.object(at, v, nil, known)
	}
}
