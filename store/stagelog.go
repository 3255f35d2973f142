package store

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/tidwall/gjson" // reads single values of JSON several times faster than encoding/json decodes them

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
	read := gjson.Parse(data)
	if !gjson.Valid(data) || !read.IsObject() {
		return e, fmt.Errorf("read event %d of D-%d: its data are no JSON object", e.Version, e.Deal)
	}
	read.ForEach(func(key, value gjson.Result) bool {
		stageField(&e.Data, key.Str, value)
		return true
	})
	return e, nil
}

// stageField reads what [sales.Fold] and [sales.Overrides] need for stages, and passes over the rest.
func stageField(d *sales.EventData, key string, v gjson.Result) {
	switch key {
	case "from":
		d.From = v.Str
	case "to":
		d.To = v.Str
	case "direction":
		d.Direction = sales.Exit(v.Str)
	case "skipped":
		for _, stage := range v.Array() {
			d.Skipped = append(d.Skipped, stage.Str)
		}
	case "reopens":
		d.Reopens = v.Bool()
	case "override":
		d.Override = v.Bool()
	case "ends":
		d.Ends = v.Bool()
	case "no_stay":
		d.NoStay = v.Bool()
	case "user":
		d.User = v.Str
	case "team":
		d.Team = v.Str
	case "reason":
		d.Reason = v.Str
	case "undoes":
		d.Undoes = int(v.Int())
	case "process":
		d.Process = v.Str
	case "source":
		d.Source = v.Str
	}
}
