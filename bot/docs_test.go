package main

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"pipewright/handlers"
	"pipewright/internal/text"
)

// pages returns what the documentation says, by file as seen from here.
func pages(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, pattern := range []string{"../*.md", "../docs/*.md", "../docs/adr/*.md"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		for _, f := range files {
			raw, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			out[f] = string(raw)
		}
	}
	return out
}

var (
	fenced   = regexp.MustCompile("(?s)```.*?```")
	mdLink   = regexp.MustCompile(`(?:\]\(|<img src=")([^)"\s]+)[)"]`)
	headline = regexp.MustCompile(`(?m)^#+ (.*)$`)
	noAnchor = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// anchors returns the names that a page's headings can be linked by.
func anchors(page string) []string {
	var out []string
	for _, m := range headline.FindAllStringSubmatch(fenced.ReplaceAllString(page, ""), -1) {
		out = append(out, strings.ReplaceAll(noAnchor.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-"))
	}
	return out
}

// TestLinksOfDocs follows every link and picture that stays in the repository.
func TestLinksOfDocs(t *testing.T) {
	all, links := pages(t), 0
	for file, page := range all {
		for _, m := range mdLink.FindAllStringSubmatch(fenced.ReplaceAllString(page, ""), -1) {
			link, err := url.Parse(m[1])
			if err != nil || link.Scheme != "" {
				if err != nil || link.Scheme != "https" {
					t.Errorf("%s: %s is no https link", file, m[1])
				}
				continue
			}
			links++
			target := file
			if link.Path != "" {
				target = filepath.Join(filepath.Dir(file), link.Path)
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: there is no %s", file, m[1])
			}
			if link.Fragment != "" && !slices.Contains(anchors(all[target]), link.Fragment) {
				t.Errorf("%s: %s has no heading %s", file, target, link.Fragment)
			}
		}
	}
	if links < 20 {
		t.Errorf("only %d links were followed", links)
	}
}

// TestPicturesOfDocs keeps the pictures small, and none that no page shows.
func TestPicturesOfDocs(t *testing.T) {
	const most, mostOfAll = 150 << 10, 2500 << 10
	files, err := filepath.Glob("../docs/pictures/*.png")
	if err != nil || len(files) == 0 {
		t.Fatal("no pictures", err)
	}
	said, total := fmt.Sprint(pages(t)), int64(0)
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
		if info.Size() > most {
			t.Errorf("%s has %d bytes, more than %d", f, info.Size(), most)
		}
		if !strings.Contains(said, "pictures/"+filepath.Base(f)) {
			t.Errorf("no page shows %s", f)
		}
	}
	if total > mostOfAll {
		t.Errorf("the pictures have %d bytes, more than %d", total, mostOfAll)
	}
}

// slackTable lists what there is to type in Slack, in a language.
func slackTable(p text.Printer) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| %s | %s |\n| --- | --- |\n", map[string]string{"en": "in Slack", "zh": "在 Slack 里"}[p.Lang()], map[string]string{"en": "does", "zh": "作用"}[p.Lang()])
	for _, r := range handlers.Routes() {
		words := []string{"/" + r.Command}
		if r.Verb != "" {
			words = append(words, r.Verb)
		}
		if r.Args != "" {
			words = append(words, p.T(r.Args))
		}
		fmt.Fprintf(&b, "| `%s` | %s |\n", strings.ReplaceAll(strings.Join(words, " "), "|", `\|`), strings.ReplaceAll(p.T(r.About), "|", `\|`))
	}
	return b.String()
}

// programTable lists the commands of the program.
func programTable(t *testing.T) string {
	t.Helper()
	parser, err := kong.New(new(commands), kong.Name("pipewright"), kong.Vars{"address": defaultPlayAddress, "reports": ""})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("| `pipewright …` | does |\n| --- | --- |\n")
	for _, leaf := range parser.Model.Leaves(true) {
		usage := strings.TrimSuffix(leaf.Path(), " ")
		for _, a := range leaf.Positional {
			name := strings.ToUpper(a.Name)
			if !a.Required {
				name = "[" + name + "]"
			}
			usage += " " + name
		}
		for _, f := range leaf.Flags {
			if f.Required {
				usage += " --" + f.Name + " " + f.PlaceHolder
			}
		}
		fmt.Fprintf(&b, "| `%s` | %s |\n", usage, leaf.Help)
	}
	return b.String()
}

// TestTablesOfDocs keeps the lists of commands, and what the program prints, in step with
// the program; they are written anew with -update.
func TestTablesOfDocs(t *testing.T) {
	en, zh := text.For("en", time.UTC), text.For("zh", time.UTC)
	for _, table := range []struct{ file, name, want string }{
		{"../README.md", "slack", slackTable(en)},
		{"../README.md", "program", programTable(t)},
		{"../docs/README.zh.md", "slack", slackTable(zh)},
		{"../docs/process-map.md", "mistakes", printedMistakes(t, en, "../docs/process-map.md")},
		{"../docs/process-map.zh.md", "mistakes", printedMistakes(t, zh, "../docs/process-map.zh.md")},
		{"../docs/operations.md", "audit", printedAudit(en)},
		{"../docs/operations.zh.md", "audit", printedAudit(zh)},
	} {
		raw, err := os.ReadFile(table.file)
		if err != nil {
			t.Fatal(err)
		}
		part := regexp.MustCompile(`(?s)(<!-- ` + table.name + `: .*? -->\n)(.*?)(<!-- end -->)`)
		m := part.FindStringSubmatch(string(raw))
		if m == nil {
			t.Errorf("%s has no table %q", table.file, table.name)
			continue
		}
		if m[2] == table.want {
			continue
		}
		if !*update {
			t.Errorf("%s: the table %q is out of step: go test ./bot -run TestTablesOfDocs -update", table.file, table.name)
			continue
		}
		page := part.ReplaceAllStringFunc(string(raw), func(string) string { return m[1] + table.want + m[3] })
		if err := os.WriteFile(table.file, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCommandsOfDocs finds every command that a page tells people to type.
func TestCommandsOfDocs(t *testing.T) {
	var slack []string
	for _, r := range handlers.Routes() {
		slack = append(slack, r.Command)
	}
	parser, err := kong.New(new(commands), kong.Name("pipewright"), kong.Vars{"address": "", "reports": ""})
	if err != nil {
		t.Fatal(err)
	}
	others := []string{"invite", "data", "metrics", "healthz", "readyz"} // Slack's own, and paths
	var program []string
	for _, n := range parser.Model.Children {
		program = append(program, n.Name)
	}
	typed := regexp.MustCompile("(?m)(?:^|`)(?:/([a-z]+)|pipewright ([a-z]+))(?:[ `]|$)")
	for file, page := range pages(t) {
		for _, m := range typed.FindAllStringSubmatch(page, -1) {
			if m[1] != "" && !slices.Contains(slack, m[1]) && !slices.Contains(others, m[1]) {
				t.Errorf("%s: there is no /%s", file, m[1])
			}
			if m[2] != "" && !slices.Contains(program, m[2]) {
				t.Errorf("%s: there is no `pipewright %s`", file, m[2])
			}
		}
	}
}
