package sales

import (
	"maps"
	"slices"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
)

// maxSamples bounds the points at which a condition is tried.
const maxSamples = 20_000

// bounds are the numbers between which a name lies whatever the deal.
var bounds = map[string]struct{ low, high float64 }{
	"amount":   {0, float64(maxMinor)},
	"discount": {0, 100},
	"margin":   {-1e6, 100},
}

// outcomes reports whether the condition holds for some deals, and whether it
// fails for some.
//
// When it only compares names with constants, its answer can change nowhere but at those
// constants. So it is tried at each of them, between them and beyond them, in all
// combinations, which decides the question. Of a condition that does more, nothing
// is known, and both are true. Domains hold the only values that a name can have.
func (c Condition) outcomes(types map[string]FieldType, domains map[string][]string) (holds, fails bool) {
	tree, err := parser.Parse(string(c))
	if err != nil {
		return true, true
	}
	r := &constantReader{of: map[string][]any{}, plain: true}
	r.read(tree.Node)
	if !r.plain {
		return true, true
	}
	all := ConditionNames()
	maps.Copy(all, types)
	samples, names, total := map[string][]any{}, slices.Sorted(maps.Keys(r.of)), 1
	for _, n := range names {
		samples[n] = samplesFor(n, all[n], r.of[n], domains)
		if total *= len(samples[n]); total > maxSamples {
			return true, true
		}
	}
	c.try(names, samples, map[string]any{}, &holds, &fails)
	return holds, fails
}

// try evaluates the condition at every combination until both outcomes were seen.
func (c Condition) try(names []string, samples map[string][]any, env map[string]any, holds, fails *bool) {
	if *holds && *fails {
		return
	}
	if len(names) == 0 {
		yes, err := c.Holds(env)
		*holds = *holds || yes || err != nil
		*fails = *fails || !yes || err != nil
		return
	}
	for _, v := range samples[names[0]] {
		env[names[0]] = v
		c.try(names[1:], samples, env, holds, fails)
	}
}

func samplesFor(name string, t FieldType, constants []any, domains map[string][]string) []any {
	if t.isNumber() {
		return numbersAround(name, constants)
	}
	var out []any
	if domain := domains[name]; domain != nil {
		for _, s := range domain {
			out = append(out, s)
		}
		return out
	}
	// Just after a text lies the text with a zero byte; before everything lies "".
	out = append(out, "")
	for _, c := range constants {
		if s, ok := c.(string); ok {
			out = append(out, s, s+"\x00")
		}
	}
	return out
}

// numbersAround returns the constants, a number between each two of them, and one on either side.
func numbersAround(name string, constants []any) []any {
	marks := []float64{0}
	for _, c := range constants {
		if f, ok := c.(float64); ok {
			marks = append(marks, f)
		}
	}
	b, bounded := bounds[name]
	if bounded {
		marks = append(marks, b.low, b.high)
	}
	slices.Sort(marks)
	marks = slices.Compact(marks)
	var out []any
	for i, f := range marks {
		if i == 0 {
			out = append(out, f-1)
		} else {
			out = append(out, marks[i-1]+(f-marks[i-1])/2)
		}
		out = append(out, f)
	}
	out = append(out, marks[len(marks)-1]+1)
	return slices.DeleteFunc(out, func(v any) bool {
		return bounded && (v.(float64) < b.low || v.(float64) > b.high)
	})
}

// constantReader collects which constants each name is compared with. plain turns
// false at anything but comparisons, and, or and not.
type constantReader struct {
	of    map[string][]any
	plain bool
}

func (r *constantReader) read(n ast.Node) {
	switch n := n.(type) {
	case *ast.UnaryNode:
		r.plain = r.plain && (n.Operator == "not" || n.Operator == "!")
		r.read(n.Node)
	case *ast.BinaryNode:
		switch n.Operator {
		case "and", "&&", "or", "||":
			r.read(n.Left)
			r.read(n.Right)
		case "==", "!=", "<", "<=", ">", ">=", "in":
			r.compare(n.Left, n.Right)
		default:
			r.plain = false
		}
	case *ast.BoolNode:
	default:
		r.plain = false
	}
}

func (r *constantReader) compare(a, b ast.Node) {
	if _, ok := a.(*ast.IdentifierNode); !ok {
		a, b = b, a
	}
	values, constant := constants(b)
	r.plain = r.plain && constant
	if name, ok := a.(*ast.IdentifierNode); ok {
		r.of[name.Value] = append(r.of[name.Value], values...)
	} else if _, constant = constants(a); !constant {
		r.plain = false
	}
}

// constants returns the values of a constant or of a list of constants.
func constants(n ast.Node) ([]any, bool) {
	switch n := n.(type) {
	case *ast.IntegerNode:
		return []any{float64(n.Value)}, true
	case *ast.FloatNode:
		return []any{n.Value}, true
	case *ast.StringNode:
		return []any{n.Value}, true
	case *ast.UnaryNode:
		v, ok := constants(n.Node)
		if !ok || len(v) != 1 || n.Operator != "-" {
			return nil, false
		}
		f, ok := v[0].(float64)
		return []any{-f}, ok
	case *ast.ArrayNode:
		var out []any
		for _, e := range n.Nodes {
			v, ok := constants(e)
			if !ok {
				return nil, false
			}
			out = append(out, v...)
		}
		return out, true
	}
	return nil, false
}
