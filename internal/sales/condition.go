package sales

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"
)

// Condition is a question about a deal and its approval, such as
// "discount > 15 || amount > 50000". An empty condition always holds.
//
// It knows the names of ConditionNames and the fields of the process and the
// approval's form. Numbers and money are numbers, money in units of its currency;
// everything else is text, a date being "2026-11-24", which compares in order of time.
type Condition string

// ConditionNames returns the names that every condition knows, with their types.
// discount is in percent, amount in units of its currency, margin a share.
func ConditionNames() map[string]FieldType {
	return map[string]FieldType{
		"amount": FieldMoney, "currency": FieldText, "margin": FieldNumber, "discount": FieldNumber,
		"account": FieldText, "name": FieldText, "source": FieldText, "owner": FieldUser,
		"team": FieldText, "stage": FieldText,
	}
}

// Limits that keep a condition cheap whatever it says.
const (
	maxConditionLength = 500 // bytes
	maxConditionNodes  = 100
	conditionMemory    = 10_000 // elements that a run may create
)

// Functions that a condition may call: pure, and no more than people need.
var conditionFunctions = []string{"abs", "ceil", "floor", "round", "max", "min", "len", "lower", "upper", "trim"}

// Check compiles the condition against the fields beside ConditionNames. A mistake
// is Invalid with the code "condition.invalid" and the facts column (from 1), reason and,
// where the expression library has something to say, detail (in English). The reasons:
// "too long", "syntax", "unknown name" (with name, nearest and known), "not allowed" (loops and
// the like), "types" (such as comparing a number with a text) and "not true or false".
func (c Condition) Check(fields map[string]FieldType) error {
	if c == "" {
		return nil
	}
	if len(c) > maxConditionLength {
		return refuse(Invalid, "condition.invalid", "reason", "too long", "column", maxConditionLength, "max", maxConditionLength)
	}
	env := zeroEnv(fields)
	if err := c.checkNames(env); err != nil {
		return err
	}
	if _, err := expr.Compile(string(c), conditionOptions(expr.Env(env))...); err != nil {
		return conditionError("types", err)
	}
	if _, err := expr.Compile(string(c), conditionOptions(expr.Env(env), expr.AsBool())...); err != nil {
		return conditionError("not true or false", err)
	}
	_, err := c.Holds(env) // what fails for a deal without values, such as dividing by a length, fails some day
	return err
}

// checkNames compiles without types, so that an unknown name can be told from other mistakes.
func (c Condition) checkNames(env map[string]any) error {
	p, err := c.program()
	if err != nil {
		return err
	}
	for _, n := range p.names {
		if _, ok := env[n.Value]; ok {
			continue
		}
		known := slices.Sorted(maps.Keys(env))
		return refuse(Invalid, "condition.invalid", "reason", "unknown name", "column", n.Location().From+1, "name", n.Value,
			"nearest", nearest(n.Value, known), "known", known)
	}
	return nil
}

func conditionOptions(more ...expr.Option) []expr.Option {
	options := []expr.Option{expr.MaxNodes(maxConditionNodes), expr.DisableAllBuiltins()}
	for _, f := range conditionFunctions {
		options = append(options, expr.EnableBuiltin(f))
	}
	return append(options, more...)
}

// conditionError keeps the place and the words of the library's error.
func conditionError(reason string, err error) *Error {
	column, detail := 1, err.Error()
	var at *file.Error
	if errors.As(err, &at) {
		column, detail = at.Column+1, at.Message
	}
	return refuse(Invalid, "condition.invalid", "reason", reason, "column", column, "detail", detail)
}

// zeroEnv holds the zero value of every name.
func zeroEnv(fields map[string]FieldType) map[string]any {
	env := map[string]any{}
	for k, t := range fields {
		env[k] = zeroOf(t)
	}
	for k, t := range ConditionNames() {
		env[k] = zeroOf(t)
	}
	return env
}

func zeroOf(t FieldType) any {
	if t.isNumber() {
		return 0.0
	}
	return ""
}

// Holds evaluates the condition. The environment holds float64 for numbers and
// money and string for the rest; of ConditionNames those that are left out, or nil,
// are zero. Any other name that is missing is refused as "condition.invalid".
func (c Condition) Holds(env map[string]any) (bool, error) {
	if c == "" {
		return true, nil
	}
	p, err := c.program()
	if err != nil {
		return false, err
	}
	builtin := ConditionNames()
	values := maps.Clone(env)
	if values == nil {
		values = map[string]any{}
	}
	for _, n := range p.names {
		if v, ok := values[n.Value]; ok && v != nil {
			continue
		}
		t, ok := builtin[n.Value]
		if !ok {
			return false, refuse(Invalid, "condition.invalid", "reason", "unknown name", "column", n.Location().From+1, "name", n.Value)
		}
		values[n.Value] = zeroOf(t)
	}
	run := vm.VM{MemoryBudget: conditionMemory}
	out, err := run.Run(p.code, values)
	if err != nil {
		return false, conditionError("types", err)
	}
	holds, ok := out.(bool)
	if !ok {
		return false, refuse(Invalid, "condition.invalid", "reason", "not true or false", "column", 1)
	}
	return holds, nil
}

// maxMixed is how many names may have two values in one condition; with more it counts as holding.
const maxMixed = 10

// HoldsForAny evaluates the condition for every mix of the environment and the other values that some of
// its names may have, and reports whether it holds for any of them.
func (c Condition) HoldsForAny(env, also map[string]any) (bool, error) {
	var names []string
	if p, err := c.program(); c != "" && err == nil {
		for _, n := range p.names {
			if _, ok := also[n.Value]; ok && !slices.Contains(names, n.Value) {
				names = append(names, n.Value)
			}
		}
	}
	if len(names) > maxMixed {
		return true, nil
	}
	for mix := range 1 << len(names) {
		values := maps.Clone(env)
		for i, n := range names {
			if mix>>i&1 == 1 {
				values[n] = also[n]
			}
		}
		if holds, err := c.Holds(values); holds || err != nil {
			return holds, err
		}
	}
	return false, nil
}

// conditionProgram is a compiled condition and the names that it reads.
type conditionProgram struct {
	code      *vm.Program
	names     []*ast.IdentifierNode
	forbidden ast.Node
	err       error
}

var conditionPrograms sync.Map // Condition → *conditionProgram

func (c Condition) program() (*conditionProgram, error) {
	if p, ok := conditionPrograms.Load(c); ok {
		return p.(*conditionProgram), p.(*conditionProgram).failure()
	}
	p := &conditionProgram{}
	var reader nameReader
	p.code, p.err = expr.Compile(string(c), conditionOptions(expr.Patch(&reader))...)
	p.names, p.forbidden = reader.names, reader.forbidden
	conditionPrograms.Store(c, p)
	return p, p.failure()
}

func (p *conditionProgram) failure() error {
	switch {
	case p.err != nil:
		return conditionError("syntax", p.err)
	case p.forbidden != nil:
		return refuse(Invalid, "condition.invalid", "reason", "not allowed", "column", p.forbidden.Location().From+1)
	}
	return nil
}

// nameReader collects the variables of an expression, and the first part that a
// condition may not have: only those are allowed that run once and in no time.
type nameReader struct {
	names     []*ast.IdentifierNode
	forbidden ast.Node
}

func (r *nameReader) Visit(node *ast.Node) {
	allowed := true
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		r.names = append(r.names, n)
	case *ast.BinaryNode:
		allowed = n.Operator != ".."
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.ConstantNode, *ast.ArrayNode,
		*ast.UnaryNode, *ast.ConditionalNode, *ast.BuiltinNode, *ast.CallNode:
	default:
		allowed = false
	}
	if !allowed && r.forbidden == nil {
		r.forbidden = *node
	}
}

// nearest returns the known word that a misspelt one most likely stands for, or "".
func nearest(word string, known []string) string {
	word = strings.ToLower(word)
	near, best := "", (utf8.RuneCountInString(word)+2)/3+1
	for _, k := range slices.Sorted(slices.Values(known)) {
		d := levenshtein.ComputeDistance(word, strings.ToLower(k))
		if len(k) >= 3 && strings.HasPrefix(word, k) {
			d = min(d, 1) // monday for mon
		}
		if d < best {
			near, best = k, d
		}
	}
	return near
}
