package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport says which packages of the project a package may import; what is not
// listed may import nothing of it. A prefix ending in /... stands for a tree.
var mayImport = []struct {
	of   string
	from []string
}{
	{"internal/sales", nil},
	{"internal/text", nil},
	{"store/pgtest", nil},
	{"store", []string{"internal/sales"}},
	{"reports/stat", nil},
	{"reports/draw", nil},
	{"reports/bench", []string{"reports", "store", "internal/sales"}}, // a module of its own, for DuckDB
	{"reports", []string{"reports/stat", "reports/draw", "store", "internal/sales", "internal/text"}},
	{"handlers/view/limitstest", []string{"bot/playground", "reports"}}, // the playground knows what Slack refuses
	{"handlers/view", []string{"reports", "store", "internal/sales", "internal/text"}},
	{"handlers", []string{"handlers/view", "reports", "store", "internal/sales", "internal/text"}},
	{"bot/playground", nil}, // it meets the bot over HTTP and WebSocket only, so it cannot cheat
	{"bot", []string{"bot/...", "handlers/...", "reports/...", "store/...", "internal/..."}},
}

// TestDirectionOfImports keeps the layers apart. Tests may also import playground and its browsertest,
// store/pgtest and, where messages are built, handlers/view/limitstest.
func TestDirectionOfImports(t *testing.T) {
	root := ".."
	seen := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != root || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		seen++
		dir, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, i := range file.Imports {
			name, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			target, ours := strings.CutPrefix(name, "pipewright/")
			if ours && !allowed(filepath.ToSlash(dir), target, strings.HasSuffix(path, "_test.go")) {
				t.Errorf("%s imports %s, against the direction of the layers", path, target)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 50 {
		t.Errorf("only %d files were looked at", seen)
	}
}

func allowed(dir, target string, test bool) bool {
	if dir == target || test && testMayImport(dir, target) {
		return true
	}
	if !test && strings.HasSuffix(target, "test") {
		return false // it must not come into the program
	}
	for _, rule := range mayImport {
		if dir != rule.of && !strings.HasPrefix(dir, rule.of+"/") {
			continue
		}
		return slices.ContainsFunc(rule.from, func(p string) bool {
			tree, isTree := strings.CutSuffix(p, "/...")
			return target == p || isTree && (target == tree || strings.HasPrefix(target, tree+"/"))
		})
	}
	return false
}

func testMayImport(dir, target string) bool {
	switch target {
	case "store/pgtest":
		return true
	case "bot/playground", "bot/playground/browsertest":
		return strings.HasPrefix(dir, "bot")
	case "handlers/view/limitstest":
		return strings.HasPrefix(dir, "handlers")
	}
	return false
}

// TestDirectionIsChecked shows that the test above can fail.
func TestDirectionIsChecked(t *testing.T) {
	for _, test := range []struct {
		dir, target string
		want        bool
	}{
		{"internal/sales", "store", false}, {"internal/sales", "internal/text", false}, {"store", "internal/sales", true}, {"store", "internal/text", false},
		{"handlers", "bot/outbox", false}, {"handlers/view", "handlers", false}, {"reports", "handlers", false},
		{"bot/playground", "internal/text", false}, {"bot/outbox", "handlers/view", true}, {"bot", "bot/playground", true},
		{"bot", "bot/playground/browsertest", false}, {"bot", "store/pgtest", false},
		{"store/pgtest", "store", false}, {"somewhere/new", "store", false}, {"handlers", "handlers/view/limitstest", false},
	} {
		if got := allowed(test.dir, test.target, false); got != test.want {
			t.Errorf("%s → %s: %t, want %t", test.dir, test.target, got, test.want)
		}
	}
}
