package text

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

const (
	module  = "pipewright"
	thisDir = "internal/text"
)

// sentence is one that the program says, as found in its source.
type sentence struct {
	pos  string // file:line
	text string // what is translated
	one  string // the form for one, of N
	args int    // how many it is called with, or one of these
}

const (
	argsUnknown = -1 // marked with Msg, or called with args...
	notConstant = -2 // no constant, so it cannot be found or translated
)

// source is one parsed directory.
type source struct {
	files  []*ast.File
	consts map[string]ast.Expr
}

// finder collects sentences from the Go files of a repository, without building it.
type finder struct {
	fset *token.FileSet
	dirs map[string]*source
}

// findMessages returns every sentence of the repository: the arguments of X.T,
// X.N and text.Msg that are string constants.
func findMessages(repository fs.FS) ([]sentence, error) {
	f := finder{token.NewFileSet(), map[string]*source{}}
	if err := fs.WalkDir(repository, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := path.Base(name); name != "." && (base[0] == '.' || base == "testdata" || base == "vendor") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		return f.parse(repository, name)
	}); err != nil {
		return nil, err
	}
	var found []sentence
	for dir, src := range f.dirs {
		for _, file := range src.files {
			scope := scope{f, dir, importsOf(file)}
			ast.Inspect(file, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					if m, ok := scope.sentence(call); ok {
						found = append(found, m)
					}
				}
				return true
			})
		}
	}
	return found, nil
}

func (f finder) parse(repository fs.FS, name string) error {
	data, err := fs.ReadFile(repository, name)
	if err != nil {
		return err
	}
	file, err := parser.ParseFile(f.fset, name, data, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	dir := path.Dir(name)
	if f.dirs[dir] == nil {
		f.dirs[dir] = &source{consts: map[string]ast.Expr{}}
	}
	src := f.dirs[dir]
	src.files = append(src.files, file)
	ast.Inspect(file, func(n ast.Node) bool {
		if decl, ok := n.(*ast.GenDecl); ok && decl.Tok == token.CONST {
			for _, spec := range decl.Specs {
				values := spec.(*ast.ValueSpec)
				for i, v := range values.Values {
					src.consts[values.Names[i].Name] = v
				}
			}
		}
		return true
	})
	return nil
}

// importsOf returns the directories of the project that a file imports, by
// their name in the file.
func importsOf(file *ast.File) map[string]string {
	dirs := map[string]string{}
	for _, spec := range file.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		dir, ok := strings.CutPrefix(imported, module+"/")
		if !ok {
			continue
		}
		name := path.Base(dir)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		dirs[name] = dir
	}
	return dirs
}

// scope is where an expression stands: what names mean there.
type scope struct {
	finder
	dir     string
	imports map[string]string
}

func (s scope) sentence(call *ast.CallExpr) (sentence, bool) {
	method, ok := s.method(call)
	if !ok {
		return sentence{}, false
	}
	first := map[string]int{"T": 0, "N": 1, "Msg": 0}[method]
	position := s.fset.Position(call.Args[first].Pos())
	m := sentence{pos: fmt.Sprintf("%s:%d", position.Filename, position.Line)}
	if m.text, ok = s.constant(call.Args[first]); !ok {
		m.args = notConstant
		return m, method != "N" && isComposed(call.Args[first])
	}
	switch {
	case method == "Msg" || call.Ellipsis.IsValid():
		m.args = argsUnknown
	case method == "T":
		m.args = len(call.Args) - 1
	default:
		m.args = len(call.Args) - 2 // n and what follows the two texts
	}
	if method == "N" {
		m.one = m.text
		m.text, ok = s.constant(call.Args[2])
	}
	return m, ok
}

// method tells which of T, N and Msg is called, with enough arguments.
func (s scope) method(call *ast.CallExpr) (string, bool) {
	switch fun := call.Fun.(type) {
	case *ast.Ident:
		return "Msg", fun.Name == "Msg" && s.dir == thisDir && len(call.Args) == 1
	case *ast.SelectorExpr:
		switch name := fun.Sel.Name; name {
		case "T":
			return name, len(call.Args) >= 1
		case "N":
			return name, len(call.Args) >= 3
		case "Msg":
			pkg, ok := fun.X.(*ast.Ident)
			return name, ok && s.imports[pkg.Name] == thisDir && len(call.Args) == 1
		}
	}
	return "", false
}

// constant evaluates a string literal, a constant or a sum of such.
func (s scope) constant(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		v, err := strconv.Unquote(e.Value)
		return v, err == nil && e.Kind == token.STRING
	case *ast.ParenExpr:
		return s.constant(e.X)
	case *ast.BinaryExpr:
		left, leftOK := s.constant(e.X)
		right, rightOK := s.constant(e.Y)
		return left + right, leftOK && rightOK && e.Op == token.ADD
	case *ast.Ident:
		return s.named(s.dir, e.Name)
	case *ast.SelectorExpr:
		if pkg, ok := e.X.(*ast.Ident); ok {
			return s.named(s.imports[pkg.Name], e.Sel.Name)
		}
	}
	return "", false
}

func (s scope) named(dir, name string) (string, bool) {
	src := s.dirs[dir]
	if src == nil || src.consts[name] == nil {
		return "", false
	}
	if self, ok := src.consts[name].(*ast.Ident); ok && self.Name == name {
		return "", false
	}
	return scope{s.finder, dir, nil}.constant(src.consts[name])
}

// isComposed reports a text put together from parts, which no translation can
// have: "a " + name, fmt.Sprintf("a %s", name).
func isComposed(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		return e.Op == token.ADD
	case *ast.CallExpr:
		fun, ok := e.Fun.(*ast.SelectorExpr)
		return ok && fun.Sel.Name == "Sprintf"
	}
	return false
}
