package view

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
)

// Whatever builds something for Slack is called by a test that holds it against Slack's limits.
func TestEverythingForSlackIsHeldAgainstItsLimits(t *testing.T) {
	builders, checked := map[string]bool{}, map[string]bool{}
	for _, file := range parsed(t) {
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			switch {
			case !ok:
			case strings.HasPrefix(f.Name.Name, "Test"):
				if strings.HasSuffix(f.Name.Name, "KeepSlacksLimits") || strings.HasSuffix(f.Name.Name, "KeepsSlacksLimits") {
					maps.Copy(checked, callsIn(f))
				}
			case f.Name.IsExported() && buildsForSlack(f):
				builders[nameOf(f)] = true
			}
		}
	}
	if len(builders) < 60 || !builders["DealCard"] || !builders["Delegation.Told"] || !builders["Section"] || builders["Name"] {
		t.Fatalf("the search is broken: %v", slices.Sorted(maps.Keys(builders)))
	}
	for _, name := range slices.Sorted(maps.Keys(builders)) {
		if !checked[name[strings.LastIndexByte(name, '.')+1:]] {
			t.Errorf("%s builds something for Slack and no test …KeepSlacksLimits calls it: add its longest case", name)
		}
	}
}

// parsed are the files of this package, tests included.
func parsed(t *testing.T) map[string]*ast.File {
	t.Helper()
	//nolint:staticcheck // this package has one package clause and no build tags
	packages, err := parser.ParseDir(token.NewFileSet(), ".", func(fs.FileInfo) bool { return true }, 0)
	if err != nil {
		t.Fatal(err)
	}
	return packages["view"].Files
}

// buildsForSlack reports whether the function returns a message, blocks, elements of them or a view.
func buildsForSlack(f *ast.FuncDecl) bool {
	if f.Type.Results == nil {
		return false
	}
	found := false
	for _, r := range f.Type.Results.List {
		ast.Inspect(r.Type, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				x, ok := n.X.(*ast.Ident)
				found = found || ok && x.Name == "slack"
			case *ast.Ident:
				found = found || n.Name == "Message"
			}
			return true
		})
	}
	return found
}

// nameOf is "DealCard", or "Delegation.Told" of a method.
func nameOf(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	recv := f.Recv.List[0].Type
	if star, ok := recv.(*ast.StarExpr); ok {
		recv = star.X
	}
	if id, ok := recv.(*ast.Ident); ok {
		return id.Name + "." + f.Name.Name
	}
	return f.Name.Name
}

// callsIn are the functions and methods that a function calls.
func callsIn(f *ast.FuncDecl) map[string]bool {
	out := map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			switch fun := call.Fun.(type) {
			case *ast.Ident:
				out[fun.Name] = true
			case *ast.SelectorExpr:
				out[fun.Sel.Name] = true
			}
		}
		return true
	})
	return out
}
