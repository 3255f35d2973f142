package sales

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Bounds of what a process may say.
const (
	maxTarget  = 1000 // working days
	maxMinutes = 24 * 60
)

func (c *checker) process(path string, p *Process) {
	c.identity(path, p)
	c.calendar(path+".calendar", p.Calendar)
	c.roles(path+".roles", p.Roles)
	c.number(path+".quiet_after", "quiet_after", float64(p.Quiet), maxTarget)
	c.fields(path, p)
	c.activities(path, p)
	c.keys("reason", "key", keyForm, items(path+".reasons", p.Reasons, func(r Reason) item { return item{key: r.Key, name: r.Name} }))
	c.policies(path, p)
	c.stages(path, p)
	c.gates(path, p)
	c.deals(path, p)
	c.texts(path, "process", p.Key, p)
}

func (c *checker) identity(path string, p *Process) {
	if p.Key == "" {
		c.add(path, "value.missing", "what", "process", "key", "", "part", "key")
	} else if len(p.Key) > maxKey || !keyForm.MatchString(p.Key) {
		c.add(path+".key", "key.form", "what", "process", "key", p.Key)
	}
	if len(p.Name) == 0 {
		c.add(path, "value.missing", "what", "process", "key", p.Key, "part", "name")
	}
	for _, list := range []struct {
		part string
		n    int
	}{{"stages", len(p.Stages)}, {"activities", len(p.Activities)}, {"reasons", len(p.Reasons)}} {
		if list.n == 0 {
			c.add(path+"."+list.part, "list.empty", "what", "process", "key", p.Key, "part", list.part)
		}
	}
	switch {
	case p.Currency == "":
		c.add(path, "value.missing", "what", "process", "key", p.Key, "part", "currency")
	case !knownCurrency(p.Currency):
		c.add(path+".currency", "currency.unknown", "currency", p.Currency, "nearest", nearestCurrency(p.Currency))
	}
}

// nearestCurrency finds what was meant by "usd", "RMB" or "€".
func nearestCurrency(s string) string {
	w := strings.ToUpper(s)
	if knownCurrency(w) {
		return w
	}
	if codes := currencyWords[w]; len(codes) > 0 {
		return codes[0]
	}
	return ""
}

func (c *checker) calendar(path string, cal Calendar) {
	if _, err := time.LoadLocation(cal.Zone); err != nil || cal.Zone == "Local" {
		c.add(path+".zone", "zone.unknown", "zone", cal.Zone)
	}
	if _, _, ok := parseHours(cal.Hours); !ok && cal.Hours != "" {
		c.add(path+".hours", "hours.form", "hours", cal.Hours)
	}
	for i, d := range cal.Days {
		if !slices.Contains(weekdays, d) {
			c.add(fmt.Sprintf("%s.days[%d]", path, i), "day.unknown", "day", d, "nearest", nearest(d, weekdays))
		}
	}
	seen := map[string]bool{}
	for _, list := range []struct {
		name  string
		dates []string
	}{{"holidays", cal.Holidays}, {"extra_days", cal.Extra}} {
		for i, d := range list.dates {
			at := fmt.Sprintf("%s.%s[%d]", path, list.name, i)
			if _, err := time.Parse(time.DateOnly, d); err != nil {
				c.add(at, "date.form", "date", d)
			} else if seen[d] {
				c.add(at, "date.twice", "date", d)
			}
			seen[d] = true
		}
	}
}

// wordsOfConditions cannot be names of fields, since they mean something in a condition.
var wordsOfConditions = []string{
	"and", "or", "not", "in", "matches", "contains", "let", "if", "else", "true", "false", "nil",
	"startswith", "endswith", "all", "any", "none", "one", "filter", "map", "count", "find", "sum", "reduce", "env",
}

func (c *checker) fields(path string, p *Process) {
	reserved := slices.Concat(wordsOfConditions, conditionFunctions, slices.Collect(maps.Keys(ConditionNames())), []string{"next"})
	for _, f := range slices.Concat(BuiltIn, Policy{}.FormFields()) {
		reserved = append(reserved, f.Key)
	}
	c.fieldList("field", path+".fields", p.Fields, reserved)
}

func (c *checker) fieldList(what, path string, fields []Field, reserved []string) {
	c.keys(what, "key", nameForm, items(path, fields, func(f Field) item { return item{key: f.Key, name: f.Name} }))
	for i, f := range fields {
		at := fmt.Sprintf("%s[%d]", path, i)
		if slices.Contains(reserved, f.Key) {
			c.add(at+".key", "key.reserved", "what", what, "key", f.Key)
		}
		switch {
		case f.Type == "":
			c.add(at, "value.missing", "what", what, "key", f.Key, "part", "type")
		case !slices.Contains(typesFor(path), string(f.Type)):
			c.unknown(at+".type", "field.type", string(f.Type), typesFor(path), "field", f.Key, "type", string(f.Type))
		case (f.Type == FieldChoice) != (len(f.Options) > 0):
			c.add(at+".options", "field.options", "field", f.Key)
		}
		c.keys("option", "key", keyForm, items(at+".options", f.Options, func(o Option) item { return item{key: o.Key, name: o.Name} }))
	}
}

var fieldTypes = []string{
	string(FieldText), string(FieldLong), string(FieldNumber), string(FieldPercent), string(FieldMoney), string(FieldDate),
	string(FieldChoice), string(FieldUser), string(FieldLink),
}

// typesFor are the types that fields in a part of the map may have: only a request holds a file.
func typesFor(path string) []string {
	if strings.HasSuffix(path, ".form") {
		return append(slices.Clone(fieldTypes), string(FieldFile))
	}
	return fieldTypes
}

var symbolForm = regexp.MustCompile(`^:[a-z0-9_+'-]+:$`)

func (c *checker) activities(path string, p *Process) {
	list := items(path+".activities", p.Activities, func(a ActivityType) item {
		return item{key: a.Key, name: a.Name, also: a.Also}
	})
	c.keys("activity", "key", keyForm, list)
	c.reservedWords("activity", list, "undo", "help")
	for i, a := range p.Activities {
		at := fmt.Sprintf("%s.activities[%d]", path, i)
		if a.Minutes < 0 || a.Minutes > maxMinutes {
			c.add(at+".minutes", "number.range", "part", "minutes", "value", a.Minutes, "min", 0, "max", maxMinutes)
		}
		if a.Symbol != "" && !symbolForm.MatchString(a.Symbol) {
			c.add(at+".symbol", "symbol.form", "symbol", a.Symbol)
		}
		c.number(at+".cost", "cost", a.Cost, maxUnits)
	}
}

// reservedWords reports items that answer to a word of the commands.
func (c *checker) reservedWords(what string, list []item, reserved ...string) {
	for _, it := range list {
		if slices.Contains(reserved, it.key) {
			c.add(it.path+".key", "key.reserved", "what", what, "key", it.key)
			continue
		}
		words := slices.Clone(it.also)
		for _, lang := range slices.Sorted(maps.Keys(it.name)) {
			words = append(words, it.name[lang])
		}
		for _, w := range words {
			if slices.Contains(reserved, foldWord(w)) {
				c.add(it.path+".name", "name.reserved", "what", what, "key", it.key, "name", w)
				break
			}
		}
	}
}

func (c *checker) stages(path string, p *Process) {
	list := items(path+".stages", p.Stages, func(s Stage) item { return item{key: s.Key, name: s.Name} })
	c.keys("stage", "key", keyForm, list)
	c.reservedWords("stage", list, "lost", "mine", "team", "stale")
	won := ""
	for i, s := range p.Stages {
		at := fmt.Sprintf("%s.stages[%d]", path, i)
		if s.Key == "won" && !s.Won {
			c.add(at+".key", "key.reserved", "what", "stage", "key", s.Key)
		}
		c.stage(at, p, s)
		switch {
		case !s.Won:
		case won != "":
			c.add(at+".won", "won.several", "stage", s.Key, "other", won)
		case i == 0:
			c.add(at+".won", "won.first", "stage", s.Key)
			fallthrough
		default:
			won = s.Key
		}
	}
	if won == "" && len(p.Stages) > 0 {
		c.add(path+".stages", "won.missing")
	}
}

func (c *checker) stage(path string, p *Process, s Stage) {
	if len(s.What) == 0 {
		c.warn(path, "value.advised", "what", "stage", "key", s.Key, "part", "what")
	}
	if len(s.Who) == 0 {
		c.warn(path, "value.advised", "what", "stage", "key", s.Key, "part", "who")
	}
	c.roles(path+".who", s.Who)
	c.number(path+".target", "target", float64(s.Target), maxTarget)
	for i, a := range s.Affects {
		at := fmt.Sprintf("%s.affects[%d]", path, i)
		if a == s.Key {
			c.add(at, "stage.itself", "stage", a)
			continue
		}
		c.knownStage(at, p, a)
	}
	for i, l := range s.Links {
		at := fmt.Sprintf("%s.links[%d]", path, i)
		if len(l.Name) == 0 {
			c.add(at, "value.missing", "what", "link", "key", s.Key, "part", "name")
		}
		u, err := url.Parse(l.URL)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			c.add(at+".url", "url.form", "url", l.URL)
		}
	}
}

func (c *checker) knownStage(path string, p *Process, key string) {
	if p.StageIndex(key) >= 0 {
		return
	}
	var keys []string
	for _, s := range p.Stages {
		keys = append(keys, s.Key)
	}
	c.unknown(path, "stage.unknown", key, keys, "stage", key)
}

// deals checks what the change does to the deals that stand in the process now.
func (c *checker) deals(path string, p *Process) {
	for _, from := range slices.Sorted(maps.Keys(p.Moved)) {
		at := path + ".moved." + from
		if p.StageIndex(from) >= 0 {
			c.add(at, "moved.present", "stage", from)
		}
		c.knownStage(at, p, p.Moved[from])
	}
	old := c.known.Current[p.Key]
	if old == nil {
		return
	}
	for i, f := range p.Fields {
		if was, ok := old.Field(f.Key); ok && was.Type != f.Type {
			c.warn(fmt.Sprintf("%s.fields[%d].type", path, i), "field.retyped", "field", f.Key, "was", string(was.Type), "type", string(f.Type))
		}
	}
	for _, s := range old.Stages {
		n := c.known.DealsIn[p.Key][s.Key]
		to, at := s.Key, path+".stages"
		if p.StageIndex(to) < 0 {
			to = p.Moved[s.Key]
			at = path + ".moved." + s.Key
		}
		switch {
		case n == 0:
		case to == "":
			c.add(path+".stages", "stage.removed", "stage", s.Key, "name", s.Name, "deals", n)
		case p.StageIndex(to) >= 0 && pastWin(old, s.Key) != pastWin(p, to):
			if i := p.StageIndex(s.Key); i >= 0 {
				at = fmt.Sprintf("%s.stages[%d]", path, i)
			}
			c.add(at, "stage.crosses", "stage", s.Key, "deals", n, "won", pastWin(p, to))
		}
	}
}

// pastWin reports whether a deal in the stage is won.
func pastWin(p *Process, stage string) bool {
	won := p.WonIndex()
	return won >= 0 && p.StageIndex(stage) >= won
}
