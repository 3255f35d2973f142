package text

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

func TestTranslationsComplete(t *testing.T) {
	translations, err := load(files, "zh/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	same, err := loadFile(files, "zh/same.yaml")
	if err != nil {
		t.Fatal(err)
	}
	repository := os.DirFS("../..")
	if _, err := fs.Stat(repository, "go.mod"); err != nil {
		t.Fatal(err)
	}
	messages, err := findMessages(repository)
	if err != nil {
		t.Fatal(err)
	}
	if len(messages) < 20 {
		t.Fatalf("found only %d messages: the search is broken", len(messages))
	}
	for _, problem := range check(messages, translations, same) {
		t.Error(problem)
	}
	if lines := toFillIn(messages, translations); lines != "" {
		t.Errorf("fill in and put into the file of the area in internal/text/zh:\n%s", lines)
	}
}

// check compares what the program says with its translations, and returns a
// sentence for everything that is wrong.
func check(messages []sentence, translations, same map[string]string) []string {
	var problems []string
	used := map[string]bool{}
	for _, m := range messages {
		used[m.text], used[m.one] = true, true
		for _, wrong := range checkMessage(m, translations) {
			problems = append(problems, m.pos+": "+wrong)
		}
	}
	for english, chinese := range translations {
		if !used[english] {
			problems = append(problems, fmt.Sprintf("internal/text/zh: nothing says %q any more: delete its line", english))
		}
		if _, ok := same[english]; !ok && !strings.ContainsFunc(chinese, isCJK) {
			problems = append(problems, fmt.Sprintf("internal/text/zh: %q is not Chinese: %q. Move it to same.yaml if it should be so", english, chinese))
		}
		if mark := deadMark(chinese); mark != "" {
			problems = append(problems, fmt.Sprintf("internal/text/zh: Slack does not format %q in %q: put spaces around it", mark, chinese))
		}
		for _, wrong := range unidiomatic(chinese) {
			problems = append(problems, fmt.Sprintf("internal/text/zh: %q %s", chinese, wrong))
		}
	}
	for english, chinese := range same {
		if english != chinese {
			problems = append(problems, fmt.Sprintf("internal/text/zh/same.yaml: %q and %q are not the same", english, chinese))
		}
	}
	slices.Sort(problems)
	return problems
}

func checkMessage(m sentence, translations map[string]string) []string {
	if m.args == notConstant {
		return []string{"this text is put together and cannot be translated: use verbs"}
	}
	var wrong []string
	english := verbsOf(m.text)
	switch {
	case m.args == 0 && looksLikeVerb.MatchString(m.text):
		wrong = append(wrong, fmt.Sprintf("%q has verbs but no arguments", m.text))
	case m.args > 0 && len(english) != m.args:
		wrong = append(wrong, fmt.Sprintf("%q takes %d arguments and gets %d", m.text, len(english), m.args))
	}
	if m.one != "" && !maps.Equal(verbsOf(m.one), english) {
		wrong = append(wrong, fmt.Sprintf("%q and %q take different arguments", m.one, m.text))
	}
	chinese, ok := translations[m.text]
	if !ok {
		return append(wrong, fmt.Sprintf("no translation of %q", m.text))
	}
	if m.args != 0 && !maps.Equal(verbsOf(chinese), english) {
		wrong = append(wrong, fmt.Sprintf("%q and its translation %q take different arguments", m.text, chinese))
	}
	return wrong
}

var (
	verb          = regexp.MustCompile(`%(?:\[(\d+)\])?[-+# 0]*\d*(?:\.\d+)?(?:\[(\d+)\])?([a-zA-Z%])`)
	looksLikeVerb = regexp.MustCompile(`%(\[\d+\])?[sdvqf]`)
)

// verbsOf returns the verb for each argument that a format uses, by position.
func verbsOf(format string) map[int]string {
	verbs := map[int]string{}
	next := 1
	for _, m := range verb.FindAllStringSubmatch(format, -1) {
		if m[3] == "%" {
			continue
		}
		if n, err := strconv.Atoi(m[1] + m[2]); err == nil {
			next = n
		}
		verbs[next] = m[3]
		next++
	}
	return verbs
}

func isCJK(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303F || r >= 0xFF00 && r <= 0xFFEF
}

// deadMark returns formatting that Slack leaves alone because a Chinese
// character touches it from outside: 交易*%s*已进入.
func deadMark(s string) string {
	runes := []rune(s)
	for _, mark := range "*`_" {
		if strings.Count(s, string(mark))%2 != 0 {
			continue
		}
		opening := true
		for i, r := range runes {
			if r != mark {
				continue
			}
			before, after := neighbours(runes, i)
			if opening && unicode.Is(unicode.Han, before) {
				return string(before) + string(mark)
			}
			if !opening && unicode.Is(unicode.Han, after) {
				return string(mark) + string(after)
			}
			opening = !opening
		}
	}
	return ""
}

// instead has the word that is used for each thing, by the words that are not.
var instead = map[string]string{
	"私有": "私密 (private)", "私人": "私密 (private)", "经理": "主管 (manager)", "团队负责人": "团队主管 (manager)", "团队有负责人": "团队有主管 (manager)",
	"拥有者": "负责人 (owner)", "所有者": "负责人 (owner)", "跟进人": "负责人 (owner)",
}

// gap is a space that is seen beside punctuation which brings its own.
var gap = regexp.MustCompile(`[，。：；！？、（] | [，。：；！？、）]`)

// unidiomatic says what is wrong with a Chinese sentence as such.
func unidiomatic(chinese string) []string {
	var wrong []string
	for _, word := range slices.Sorted(maps.Keys(instead)) {
		if strings.Contains(chinese, word) {
			wrong = append(wrong, fmt.Sprintf("says %s: say %s", word, instead[word]))
		}
	}
	if m := gap.FindString(chinese); m != "" {
		wrong = append(wrong, fmt.Sprintf("has a space at %q, where the punctuation brings its own", m))
	}
	return wrong
}

// toFillIn returns the YAML lines of what has no translation, by directory.
func toFillIn(messages []sentence, translations map[string]string) string {
	missing := map[string]map[string]string{}
	for _, m := range messages {
		if _, ok := translations[m.text]; ok || m.args == notConstant {
			continue
		}
		dir := path.Dir(m.pos)
		if missing[dir] == nil {
			missing[dir] = map[string]string{}
		}
		missing[dir][m.text] = ""
	}
	var b strings.Builder
	for _, dir := range slices.Sorted(maps.Keys(missing)) {
		lines, err := yaml.Marshal(missing[dir])
		if err != nil {
			panic(err) // a map of strings can always be written
		}
		fmt.Fprintf(&b, "# %s\n%s", dir, lines)
	}
	return b.String()
}

func TestCheckFindsWhatIsWrong(t *testing.T) {
	const header = "package a\nimport \"pipewright/internal/text\"\n"
	tests := map[string]struct {
		code         string
		translations map[string]string
		want         []string
	}{
		"all well": {
			code: `const Hi = "Hello %s, " + rest; const rest = "it's %d"
				var t = []string{text.Msg("table")}
				func f(p text.Printer) { p.T(Hi, "a", 1); u.printer().N(2, "%d deal", "%d deals"); p.T(t[0]); p.T("50% off") }`,
			translations: map[string]string{"Hello %s, it's %d": "%[2]d 是 %[1]s", "table": "表", "%d deals": "%d 笔交易", "50% off": "优惠 50%"},
		},
		"missing": {
			code: `func f() { p.T("here"); p.N(1, "%d one", "%d more"); x.Msg("not ours") }
				var _ = text.Msg("there")`,
			want: []string{`a/a.go:3: no translation of "%d more"`, `a/a.go:3: no translation of "here"`, `a/a.go:4: no translation of "there"`},
		},
		"other arguments": {
			code:         `func f() { p.T("%s of %d", a, b); p.N(1, "a deal", "%d deals") }`,
			translations: map[string]string{"%s of %d": "%d 中的 %s", "%d deals": "交易"},
			want: []string{
				`a/a.go:3: "%d deals" and its translation "交易" take different arguments`,
				`a/a.go:3: "%s of %d" and its translation "%d 中的 %s" take different arguments`,
				`a/a.go:3: "a deal" and "%d deals" take different arguments`,
			},
		},
		"number of arguments": {
			code:         `func f() { p.T("%s is"); p.T("%s was", a, b); p.T("%s will", a...) }`,
			translations: map[string]string{"%s is": "%s 是", "%s was": "%s 曾是", "%s will": "%s 将"},
			want:         []string{`a/a.go:3: "%s is" has verbs but no arguments`, `a/a.go:3: "%s was" takes 1 arguments and gets 2`},
		},
		"put together": {
			code: `func f() { p.T("a " + name); p.T(fmt.Sprintf("b %s", name)); p.T(name) }`,
			want: []string{
				"a/a.go:3: this text is put together and cannot be translated: use verbs",
				"a/a.go:3: this text is put together and cannot be translated: use verbs",
			},
		},
		"unused, not Chinese, dead formatting": {
			code:         `func f() { p.T("yes"); p.T("bold *x*") }`,
			translations: map[string]string{"yes": "yes", "no": "不", "bold *x*": "粗体*x*"},
			want: []string{
				`internal/text/zh: "yes" is not Chinese: "yes". Move it to same.yaml if it should be so`,
				`internal/text/zh: Slack does not format "体*" in "粗体*x*": put spaces around it`,
				`internal/text/zh: nothing says "no" any more: delete its line`,
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			messages, err := findMessages(fstest.MapFS{
				"a/a.go":           {Data: []byte(header + test.code)},
				"a/a_test.go":      {Data: []byte(header + `func g() { p.T("in a test") }`)},
				"a/testdata/a.go":  {Data: []byte(header + `func g() { p.T("in test data") }`)},
				".hidden/other.go": {Data: []byte(`no Go at all`)},
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, check(messages, test.translations, nil)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFindMessagesFollowsConstantsOfOtherPackages(t *testing.T) {
	messages, err := findMessages(fstest.MapFS{
		"a/a.go": {Data: []byte("package a\nimport other \"pipewright/b\"\nfunc f() { p.T(other.Name + \"!\") }")},
		"b/b.go": {Data: []byte("package b\nconst Name = `said`")},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []sentence{{pos: "a/a.go:3", text: "said!"}}
	if diff := cmp.Diff(want, messages, cmp.AllowUnexported(sentence{})); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

func TestLoadNamesConflicts(t *testing.T) {
	translations, err := load(fstest.MapFS{
		"zh/a.yaml": {Data: []byte("Deal: 交易\nStage: 阶段")},
		"zh/b.yaml": {Data: []byte("Deal: 商机\nStage: 阶段")},
		"zh/c.yaml": {Data: []byte("- no map")},
		"zh/d.yaml": {Data: []byte("Gate: 一\nGate: 二")},
	}, "zh/*.yaml")
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{`zh/b.yaml: "Deal"`, "zh/c.yaml: ", "zh/d.yaml: "} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error does not name %s:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "Stage") {
		t.Errorf("the same translation twice is no conflict:\n%v", err)
	}
	if translations["Stage"] != "阶段" {
		t.Errorf("Stage = %q", translations["Stage"])
	}
}

func TestToFillIn(t *testing.T) {
	got := toFillIn([]sentence{
		{pos: "handlers/deal.go:3", text: "%d deals: ok"},
		{pos: "bot/main.go:1", text: "Bye"},
		{pos: "bot/main.go:2", text: "Known"},
	}, map[string]string{"Known": "已知"})
	want := "# bot\nBye: \"\"\n# handlers\n'%d deals: ok': \"\"\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
