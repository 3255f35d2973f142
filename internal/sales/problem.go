package sales

// Problem is a mistake in a map file, or with Warning set something that deserves
// a look. It says where and, by code and facts, what; the handlers hold the words.
type Problem struct {
	Line, Column int // from 1; 0 when the map came from no file
	Code         string
	Facts        map[string]any
	Warning      bool // the map works as it is
}

func newProblem(at place, code string, facts ...any) Problem {
	e := Refuse(Invalid, code, facts...)
	return Problem{Line: at.line, Column: at.column, Code: code, Facts: e.Facts}
}

// Errors returns the problems that are more than warnings.
func Errors(problems []Problem) []Problem {
	var out []Problem
	for _, p := range problems {
		if !p.Warning {
			out = append(out, p)
		}
	}
	return out
}
