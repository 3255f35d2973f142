package main

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pipewright/handlers"
	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/store"
)

// twins are pages that say the same in English and in Chinese.
var twins = []string{"../docs/operations", "../docs/process-map"}

var (
	generated = regexp.MustCompile(`(?s)<!-- (\w+): .*?<!-- end -->`)
	inline    = regexp.MustCompile("`([^`\n]+)`")
	numbered  = regexp.MustCompile(`^\d+\. `)
	cell      = regexp.MustCompile(`[^\\]\|`)
	beside    = regexp.MustCompile(`(?m)(\S)\s{4,}\S.*$`) // what stands beside a line of code explains it
	quoted    = regexp.MustCompile(`--why "[^"]*"`)
)

// shape is what a page consists of, in order: headings, tables, lists and code.
func shape(page string) []string {
	var out []string
	for _, line := range strings.Split(fenced.ReplaceAllStringFunc(page, func(s string) string { return strings.SplitN(s, "\n", 2)[0] }), "\n") {
		switch {
		case strings.HasPrefix(line, "#"):
			out = append(out, line[:strings.Index(line, " ")])
		case strings.HasPrefix(line, "|"):
			out = append(out, strings.Repeat("|", len(cell.FindAllString(line, -1))))
		case strings.HasPrefix(line, "- "), strings.HasPrefix(line, "```"):
			out = append(out, strings.TrimSpace(line[:min(len(line), 3)] + "  ")[:1])
		case numbered.MatchString(line):
			out = append(out, "1.")
		}
	}
	return out
}

// codeOf is what a page tells people to type or to write into a file, explanations aside.
func codeOf(page string) []string {
	var out []string
	for _, block := range fenced.FindAllString(generated.ReplaceAllString(page, ""), -1) {
		out = append(out, quoted.ReplaceAllString(beside.ReplaceAllString(block, "$1"), "--why …"))
	}
	return out
}

// namesOf are the names that a page writes as code, each once.
func namesOf(page string) []string {
	var out []string
	for _, m := range inline.FindAllStringSubmatch(fenced.ReplaceAllString(page, ""), -1) {
		out = append(out, m[1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestTwinsOfDocs: the Chinese page has the parts of the English one, its code and its names, and
// leads to other Chinese pages.
func TestTwinsOfDocs(t *testing.T) {
	all := pages(t)
	for _, twin := range twins {
		en, zh := all[twin+".md"], all[twin+".zh.md"]
		if en == "" || zh == "" {
			t.Fatalf("%s: one of the two is missing", twin)
		}
		for _, same := range []struct {
			what string
			of   func(page string) []string
		}{{"parts", shape}, {"code", codeOf}, {"names", namesOf}} {
			if diff := cmp.Diff(same.of(en), same.of(zh)); diff != "" || len(same.of(en)) < 5 {
				t.Errorf("%s has other %s in Chinese (-en +zh):\n%s", twin, same.what, diff)
			}
		}
		if a, b := len(mdLink.FindAllString(en, -1)), len(mdLink.FindAllString(zh, -1)); a != b {
			t.Errorf("%s has %d links in English and %d in Chinese", twin, a, b)
		}
	}
	for file, page := range all {
		chinese := strings.HasSuffix(file, ".zh.md")
		for _, m := range mdLink.FindAllStringSubmatch(page, -1) {
			name, _, _ := strings.Cut(m[1], "#")
			other := strings.TrimSuffix(name, ".md") + ".zh.md"
			_, has := all["../docs/"+other]
			if own := strings.HasSuffix(file, "/"+other); chinese && has && !own {
				t.Errorf("%s leads to %s; there is %s", file, name, other)
			}
		}
	}
	for _, twin := range twins {
		for from, to := range map[string]string{twin + ".md": twin + ".zh.md", twin + ".zh.md": twin + ".md", "../docs/README.zh.md": twin + ".zh.md"} {
			if link := "](" + strings.TrimPrefix(to, "../docs/"); !strings.Contains(all[from], link) {
				t.Errorf("%s does not lead to %s", from, to)
			}
		}
	}
}

// TestOperationsNameWhatThereIs: every metric, and every variable with its default, and no other.
func TestOperationsNameWhatThereIs(t *testing.T) {
	source, err := os.ReadFile("metrics.go")
	if err != nil {
		t.Fatal(err)
	}
	metrics := regexp.MustCompile(`"(pipewright_[a-z_]+)"`).FindAllStringSubmatch(string(source), -1)
	if len(metrics) == 0 {
		t.Fatal("no metrics")
	}
	example, err := os.ReadFile("../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	var known []string
	kind := reflect.TypeFor[Config]()
	all := pages(t)
	for _, file := range []string{"../docs/operations.md", "../docs/operations.zh.md"} {
		for _, m := range metrics {
			if !strings.Contains(all[file], "`"+m[1]) {
				t.Errorf("%s does not name the metric %s", file, m[1])
			}
		}
		for i := range kind.NumField() {
			name, preset := kind.Field(i).Tag.Get("env"), kind.Field(i).Tag.Get("envDefault")
			if name == "" {
				continue
			}
			known = append(known, name)
			row := "\n| `" + name + "` | "
			if preset != "" {
				row += "`" + preset + "` | "
			}
			if !strings.Contains(all[file], row) {
				t.Errorf("%s has no row that begins with %q", file, row)
			}
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^#?([A-Z_]+)=`).FindAllStringSubmatch(string(example), -1) {
		if !slices.Contains(known, m[1]) {
			t.Errorf(".env.example explains %s, which nothing reads", m[1])
		}
	}
	for _, name := range known {
		if !strings.Contains(string(example), name+"=") {
			t.Errorf(".env.example does not explain %s", name)
		}
	}
}

// TestTroubleshootingQuotesTheProgram: people look for the words that they saw.
func TestTroubleshootingQuotesTheProgram(t *testing.T) {
	var said strings.Builder
	files, err := filepath.Glob("../internal/text/zh/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		said.Write(raw)
	}
	for file, head := range map[string]string{"../docs/operations.md": "## Troubleshooting\n", "../docs/operations.zh.md": "## 常见问题\n"} {
		_, table, _ := strings.Cut(pages(t)[file], head)
		quotes := regexp.MustCompile(`(?m)^\| [^|]*?“([^”]*)”`).FindAllStringSubmatch(table, -1)
		if len(quotes) < 6 {
			t.Errorf("%s quotes only %d sentences", file, len(quotes))
		}
		for _, q := range quotes {
			if strings.Contains(q[1], "dispatch_failed") || q[1] == "operation_timeout" {
				continue // Slack's own
			}
			for _, part := range strings.FieldsFunc(q[1], func(r rune) bool { return r == '…' }) {
				if part = strings.TrimSpace(part); !strings.Contains(said.String(), part) {
					t.Errorf("%s quotes “%s”, which nothing says", file, part)
				}
			}
		}
	}
}

// mapWords gathers the words that may stand in a map file.
func mapWords(kind reflect.Type, seen map[reflect.Type]bool) []string {
	for kind.Kind() == reflect.Slice || kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	if kind.Kind() != reflect.Struct || seen[kind] {
		return nil
	}
	seen[kind] = true
	var out []string
	for i := range kind.NumField() {
		if word, _, _ := strings.Cut(kind.Field(i).Tag.Get("yaml"), ","); word != "" && word != "-" {
			out = append(append(out, word), mapWords(kind.Field(i).Type, seen)...)
		}
	}
	return out
}

// TestMapPageNamesEveryWord: whatever may stand in a map file is explained or shown.
func TestMapPageNamesEveryWord(t *testing.T) {
	page := pages(t)["../docs/process-map.md"] // the Chinese one names the same
	known := append(mapWords(reflect.TypeFor[sales.Organisation](), map[reflect.Type]bool{}), mapWords(reflect.TypeFor[sales.Process](), map[reflect.Type]bool{})...)
	if len(known) < 50 {
		t.Fatal(known)
	}
	for _, word := range known {
		if !regexp.MustCompile(`(?m)(^|[\s{` + "`" + `])` + word + `(: |:$|` + "`)").MatchString(page) {
			t.Errorf("docs/process-map.md does not name %s", word)
		}
	}
}

var example = regexp.MustCompile("(?s)```yaml\n(organisation:.*?)```")

// exampleOf returns the map that the page shows.
func exampleOf(t *testing.T, file string) string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m := example.FindSubmatch(raw)
	if m == nil {
		t.Fatalf("%s has no example", file)
	}
	return string(m[1])
}

// TestExampleMap shows that the map in docs/process-map.md can be applied as it stands.
func TestExampleMap(t *testing.T) {
	for _, file := range []string{"../docs/process-map.md", "../docs/process-map.zh.md"} {
		parsed, problems := sales.ParseMap([]byte(exampleOf(t, file)))
		if parsed != nil {
			problems = append(problems, sales.Check(parsed, sales.Known{})...)
		}
		for _, p := range sales.Errors(problems) {
			t.Errorf("%s: line %d: %s", file, p.Line, handlers.ProblemText(text.For("en", time.UTC), p))
		}
	}
}

// printedMistakes is what `process check` says of the page's example with some mistakes in it.
func printedMistakes(t *testing.T, p text.Printer, file string) string {
	t.Helper()
	wrong := exampleOf(t, file)
	for _, m := range [][2]string{
		{"hours: 09:00-17:30", "hours: 9 to 5"},
		{"target: 5d", "target: soon"},
		{"- call\n", "- cal\n"},
		{"who: [rep, pricing]", "who: [rep, prising]"},
		{"when: amount > 5000\n", "when: amuont > 5000\n"},
		{`when: discount > 15 || amount > 50000 && region == "apac"`, "when: discount > 150"},
	} {
		if strings.Count(wrong, m[0]) != 1 {
			t.Fatalf("%s: %q is not in the example once", file, m[0])
		}
		wrong = strings.Replace(wrong, m[0], m[1], 1)
	}
	f := mapFile{name: "ours.yaml", p: p}
	f.m, f.found = sales.ParseMap([]byte(wrong))
	f.find(sales.Check(f.m, sales.Known{}))
	var out bytes.Buffer
	f.report(terminal{out: &out})
	return "```\n" + out.String() + "```\n"
}

// printedAudit is what `audit verify` says of a trail that holds.
func printedAudit(p text.Printer) string {
	var out bytes.Buffer
	sayItHolds(&out, p, store.AuditReport{Events: 2959, Head: "f6d76dfa083c22c817c956b2c0af4f4a5f486e46f36106ee21481ae678c37e42"})
	return "```\n" + out.String() + "```\n"
}
