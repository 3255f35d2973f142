package store

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"pipewright/internal/sales"
)

// The reports read whole logs, millions of events. So what they need of them is read here
// without reflection, and of an event's data without decoding what is not of stages.

const (
	eachBriefSQL = `SELECT id, version, owner, team, source, amount, currency FROM deal WHERE process = ? AND ` + visible + ` ORDER BY id`
	sizesSQL     = `SELECT (SELECT COUNT(*) FROM deal) AS deals, (SELECT COUNT(*) FROM stay) AS stays`
)

// EachStageEvent calls fn as [Reader.EachEvent] does, with events of whose data only that is read which
// tells where a deal was and when: no fields, no notes.
func (r *Reader) EachStageEvent(ctx context.Context, process string, upTo time.Time, fn func(sales.Event) error) error {
	until := int64(math.MaxInt64)
	if !upTo.IsZero() {
		until = upTo.UnixMilli()
	}
	return r.eachRow(ctx, 6, func(row []any) error {
		e, err := stageEvent(row)
		if err != nil {
			return err
		}
		return fn(e)
	}, eachEventSQL, process, until)
}

// EachBrief calls fn with every deal of the process, of which number, version, owner, team, source and amount are read.
func (r *Reader) EachBrief(ctx context.Context, process string, fn func(sales.Deal) error) error {
	return r.eachRow(ctx, 7, func(row []any) error {
		d := sales.Deal{ID: integer(row[0]), Version: int(integer(row[1])), Owner: text(row[2]), Team: text(row[3]), Source: text(row[4])}
		d.Amount = sales.Money{Minor: integer(row[5]), Currency: text(row[6])}
		return fn(d)
	}, eachBriefSQL, process)
}

// Sizes returns how many deals and stays there are, of all processes.
func (r *Reader) Sizes(ctx context.Context) (deals, stays int, err error) {
	var row struct{ Deals, Stays int }
	_, err = r.get(ctx, &row, sizesSQL)
	return row.Deals, row.Stays, wrap("count deals", err)
}

// eachRow calls fn with the columns of row after row, in a slice that is used again.
func (s *session) eachRow(ctx context.Context, columns int, fn func([]any) error, query string, args ...any) error {
	rows, err := s.query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	row, into := make([]any, columns), make([]any, columns)
	for i := range row {
		into[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return s.note(err)
		}
		if err := fn(row); err != nil {
			return err
		}
	}
	return s.note(rows.Err())
}

func integer(v any) int64 {
	switch v := v.(type) {
	case int64:
		return v
	case int32: // of PostgreSQL
		return int64(v)
	}
	return 0
}

func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	}
	return ""
}

// stageEvent reads a row of deal, version, at, actor, type and data.
func stageEvent(row []any) (sales.Event, error) {
	e := sales.Event{Deal: integer(row[0]), Version: int(integer(row[1])), Actor: text(row[3]), Type: sales.EventType(text(row[4]))}
	if row[2] != nil {
		e.At = time.UnixMilli(integer(row[2])).UTC()
	}
	data := text(row[5])
	s := scanner{rest: data}
	if s.object(func(key string) { s.stageField(&e.Data, key) }); s.odd || s.rest != "" {
		e.Data = sales.EventData{} // escaped characters, or another program's spaces
		if err := json.Unmarshal([]byte(data), &e.Data); err != nil {
			return e, fmt.Errorf("read event %d of D-%d: %w", e.Version, e.Deal, err)
		}
		e.Data.Initial = nil
	}
	return e, nil
}

// stageField reads what [sales.Fold] needs for stages, and passes over the rest.
func (s *scanner) stageField(d *sales.EventData, key string) {
	switch key {
	case "from":
		d.From = s.text()
	case "to":
		d.To = s.text()
	case "direction":
		d.Direction = sales.Exit(s.text())
	case "skipped":
		s.list(func() { d.Skipped = append(d.Skipped, s.text()) })
	case "reopens":
		d.Reopens = s.yes()
	case "ends":
		d.Ends = s.yes()
	case "no_stay":
		d.NoStay = s.yes()
	case "user":
		d.User = s.text()
	case "team":
		d.Team = s.text()
	case "reason":
		d.Reason = s.text()
	case "undoes":
		d.Undoes = s.number()
	case "process":
		d.Process = s.text()
	case "source":
		d.Source = s.text()
	default:
		s.skip()
	}
}

// scanner goes through compact JSON as this program writes it. What it cannot read is odd.
type scanner struct {
	rest string
	odd  bool
}

func (s *scanner) take(prefix string) bool {
	rest, ok := strings.CutPrefix(s.rest, prefix)
	if ok {
		s.rest = rest
	}
	return ok
}

func (s *scanner) expect(prefix string) {
	if !s.take(prefix) {
		s.odd, s.rest = true, ""
	}
}

// text reads a string without escaped characters.
func (s *scanner) text() string {
	s.expect(`"`)
	i := strings.IndexByte(s.rest, '"')
	if i < 0 || strings.IndexByte(s.rest[:i], '\\') >= 0 {
		s.odd, s.rest = true, ""
		return ""
	}
	out := s.rest[:i]
	s.rest = s.rest[i+1:]
	return out
}

func (s *scanner) yes() bool {
	s.expect("true") // what is false is not written
	return true
}

func (s *scanner) number() int {
	i := 0
	for i < len(s.rest) && strings.IndexByte("+-.0123456789eE", s.rest[i]) >= 0 {
		i++
	}
	n, err := strconv.Atoi(s.rest[:i])
	if err != nil {
		s.odd, s.rest = true, ""
		return 0
	}
	s.rest = s.rest[i:]
	return n
}

// object calls field at the value of each key.
func (s *scanner) object(field func(key string)) {
	s.expect("{")
	if s.take("}") {
		return
	}
	for !s.odd {
		key := s.text()
		s.expect(":")
		field(key)
		if !s.take(",") {
			break
		}
	}
	s.expect("}")
}

func (s *scanner) list(item func()) {
	s.expect("[")
	if s.take("]") {
		return
	}
	for !s.odd {
		item()
		if !s.take(",") {
			break
		}
	}
	s.expect("]")
}

// skip passes over a value.
func (s *scanner) skip() {
	switch {
	case s.odd:
	case strings.HasPrefix(s.rest, `"`):
		s.text()
	case strings.HasPrefix(s.rest, "{"):
		s.object(func(string) { s.skip() })
	case strings.HasPrefix(s.rest, "["):
		s.list(s.skip)
	case s.take("true"), s.take("false"), s.take("null"):
	default:
		s.number()
	}
}
