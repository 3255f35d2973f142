package handlers

import (
	"maps"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/internal/text"
)

// documented returns the codes of the tables in the comments of internal/sales, with
// the names of their facts.
func documented(t *testing.T, files ...string) map[string]string {
	t.Helper()
	line := regexp.MustCompile(`^//\t([a-z]+\.[a-z_]+(?:, [a-z]+\.[a-z_]+)*)(?: \(w\))?\s+(.*)$`)
	out := map[string]string{}
	for _, f := range files {
		source, err := os.ReadFile("../internal/sales/" + f)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range strings.Split(string(source), "\n") {
			if m := line.FindStringSubmatch(l); m != nil {
				for _, code := range strings.Split(m[1], ", ") {
					out[code] = m[2]
				}
			} else if m := regexp.MustCompile(`^//\t([a-z]+\.[a-z_]+)(?: \(w\))?$`).FindStringSubmatch(l); m != nil {
				out[m[1]] = ""
			}
		}
	}
	return out
}

var languages = []string{"en-US", "zh-CN"}

// sample makes a fact of the kind that the code's table names.
func sample(name string) any {
	switch name {
	case "deals", "line", "column", "n", "max", "min", "bytes", "nodes":
		return 7
	case "known", "roles", "groups", "parts", "added", "removed":
		return []string{"pricing", "legal"}
	case "private", "won":
		return true
	case "target":
		return sales.Days(2.5)
	case "rate":
		return 80.5
	case "name":
		return sales.Text{"en": "Demo", "zh": "演示"}
	case "what":
		return "stage"
	case "want", "got":
		return "list"
	case "language":
		return "zh"
	}
	return "x-" + name
}

func samples(table string) map[string]any {
	facts := map[string]any{}
	for _, name := range regexp.MustCompile(`[a-z]+`).FindAllString(table, -1) {
		facts[name] = sample(name)
	}
	return facts
}

func TestEveryProblemHasWords(t *testing.T) {
	codes := documented(t, "problem.go")
	if len(codes) < 60 {
		t.Fatalf("only %d codes were found", len(codes))
	}
	for code, table := range codes {
		for _, lang := range languages {
			facts := samples(table)
			if code == "condition.invalid" {
				facts = map[string]any{"condition": "x-condition", "column": 3, "reason": "syntax", "detail": "odd"}
			}
			s := ProblemText(text.For(lang, time.UTC), sales.Problem{Code: code, Facts: facts})
			if s == code || strings.Contains(s, "%!") || strings.Contains(s, "“”") || strings.Contains(s, "<nil>") {
				t.Errorf("%s in %s: %q", code, lang, s)
			}
		}
	}
	for code := range problemWords {
		if _, ok := codes[code]; !ok {
			t.Errorf("%s is no code of sales.Problem", code)
		}
	}
}

// advice is how a sentence says what to do, in each language.
var advice = map[string]*regexp.Regexp{
	"en-US": regexp.MustCompile(`(?:[.:;,] |or )(?i:add|ask|begin|change|check|choose|compare|copy|correct|drop|escalate|give|keep|leave|look|make|move|name|put|say|split|take|use|write)\b`),
	"zh-CN": regexp.MustCompile(`请|应`),
}

// Every sentence about a map says what to do, even where nothing known is near the mistake.
func TestEveryProblemSaysWhatToDo(t *testing.T) {
	var problems []sales.Problem
	for code, table := range documented(t, "problem.go") {
		facts := samples(table)
		delete(facts, "nearest")
		delete(facts, "known")
		problems = append(problems, sales.Problem{Code: code, Facts: facts})
		for _, fact := range []string{"key", "value", "nodes", "won", "groups", "roles"} { // those that have another sentence without it
			if _, ok := facts[fact]; ok {
				less := maps.Clone(facts)
				delete(less, fact)
				problems = append(problems, sales.Problem{Code: code, Facts: less})
			}
		}
	}
	for _, reason := range []string{"too long", "syntax", "unknown name", "not allowed", "types", "not true or false"} {
		problems = append(problems, sales.Problem{Code: "condition.invalid", Facts: map[string]any{"condition": "x", "reason": reason, "column": 3, "detail": "odd", "max": 500, "name": "y"}})
	}
	for _, role := range []string{sales.RoleRep, sales.RoleManager, "pricing"} {
		for _, named := range []string{"", "Pricing"} {
			problems = append(problems, sales.Problem{Code: "role.empty", Facts: map[string]any{"role": role, "named": named}})
		}
	}
	for _, x := range problems {
		for _, lang := range languages {
			if s := ProblemText(text.For(lang, time.UTC), x); !advice[lang].MatchString(s) {
				t.Errorf("%s in %s says not what to do: %q", x.Code, lang, s)
			}
		}
	}
}

func TestEveryReasonOfAConditionHasWords(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range []sales.Condition{"discuont > 1", "discount >", "discount + 1", "discount > 'a'", "map([1], # > 1)", sales.Condition(strings.Repeat("amount > 1 || ", 60) + "true")} {
		err := c.Check(nil)
		e, ok := err.(*sales.Error) //nolint:errorlint // Check returns it bare
		if !ok {
			t.Fatalf("%s: %v", c, err)
		}
		e.Facts["condition"] = string(c)
		s := ProblemText(text.For("en", time.UTC), sales.Problem{Code: e.Code, Facts: e.Facts})
		if strings.Contains(s, "%!") || seen[s] {
			t.Errorf("%s: %q", c, s)
		}
		seen[s] = true
	}
}

func TestEveryChangeHasWords(t *testing.T) {
	codes := documented(t, "change.go", "change_organisation.go")
	if len(codes) < 30 {
		t.Fatalf("only %d codes were found", len(codes))
	}
	shipped := sales.Shipped().Processes[0]
	for code, table := range codes {
		for _, lang := range languages {
			w := MapWords{Printer: text.For(lang, time.UTC), Process: shipped, Name: func(u string) string { return u }}
			facts := samples(table)
			if strings.HasPrefix(code, "team.") || strings.HasPrefix(code, "role.") {
				w.Process = nil
			}
			if strings.HasSuffix(code, ".renamed") {
				facts["was"] = sales.Text{"en": "Old"}
			}
			s := w.Change(sales.MapChange{Code: code, Facts: facts})
			if s == code || strings.Contains(s, "%!") || strings.Contains(s, "“”") || strings.Contains(s, "<nil>") {
				t.Errorf("%s in %s: %q", code, lang, s)
			}
		}
	}
	for code := range changeWords {
		if _, ok := codes[code]; !ok {
			t.Errorf("%s is no code of a change", code)
		}
	}
}

// Every part of a map that Diff can name has a word.
func TestEveryPartHasAWord(t *testing.T) {
	old, new := sales.Shipped().Processes[0], *sales.Shipped().Processes[1]
	new.Name, new.Currency, new.Calendar, new.Roles, new.Default, new.Quiet = sales.Text{"en": "x"}, "CNY", sales.Calendar{Zone: "UTC"}, nil, !old.Default, 1
	w := MapWords{Printer: text.For("zh", time.UTC), Process: &new, Name: func(u string) string { return u }}
	for _, x := range sales.Diff(old, &new) {
		parts, _ := x.Facts["parts"].([]string)
		for _, part := range parts {
			if _, ok := partWords[part]; !ok && part != "key" {
				t.Errorf("the part %q has no word", part)
			}
		}
		if s := w.Change(x); strings.Contains(s, "%!") {
			t.Error(s)
		}
	}
	for f := range reflect.TypeFor[sales.Policy]().Fields() { // whatever a policy may say
		part, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if _, ok := partWords[part]; !ok && part != "kind" {
			t.Errorf("the part %q of a policy has no word", part)
		}
	}
}
