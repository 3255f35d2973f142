package sales

import (
	"slices"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
)

// Clause is a comparison in a condition: of a field with a value, or with op "in" with any of several.
type Clause struct {
	Field  string
	Op     string // == != < <= > >= in
	Values []any  // float64 or string
}

// Clauses returns the comparisons that a condition consists of, and whether all of them have to hold or any one of
// them. It reports false for a condition that is more than comparisons of fields with values, joined all by
// "and" or all by "or".
func (c Condition) Clauses() (clauses []Clause, all, ok bool) {
	tree, err := parser.Parse(string(c))
	if err != nil {
		return nil, false, false
	}
	join := ""
	if clauses, ok = readClauses(tree.Node, &join); !ok {
		return nil, false, false
	}
	return clauses, join != "or", true
}

// sameOperator maps the operators that have two spellings to one.
var sameOperator = map[string]string{"&&": "and", "||": "or"}

// readClauses reads comparisons in order. join is how they are joined so far.
func readClauses(n ast.Node, join *string) ([]Clause, bool) {
	b, ok := n.(*ast.BinaryNode)
	if !ok {
		return nil, false
	}
	op := b.Operator
	if same := sameOperator[op]; same != "" {
		op = same
	}
	if op != "and" && op != "or" {
		c, ok := readClause(b)
		return []Clause{c}, ok
	}
	if *join != "" && *join != op {
		return nil, false
	}
	*join = op
	left, ok := readClauses(b.Left, join)
	if !ok {
		return nil, false
	}
	right, ok := readClauses(b.Right, join)
	return slices.Concat(left, right), ok
}

// mirroredOperator is what a comparison becomes when its sides are swapped.
var mirroredOperator = map[string]string{"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

func readClause(b *ast.BinaryNode) (Clause, bool) {
	field, value, op := b.Left, b.Right, b.Operator
	if _, ok := field.(*ast.IdentifierNode); !ok {
		field, value, op = b.Right, b.Left, mirroredOperator[op]
	}
	name, isField := field.(*ast.IdentifierNode)
	values, constant := constants(value)
	if _, comparison := mirroredOperator[op]; !isField || !constant || len(values) == 0 || !comparison && op != "in" {
		return Clause{}, false
	}
	return Clause{name.Value, op, values}, true
}
