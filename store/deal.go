package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"pipewright/internal/sales"
)

// visible leaves out the deals of imports that are not published.
const visible = `batch NOT IN (SELECT id FROM import_batch WHERE published IS NULL)`

const dealColumns = `id, process, version, moves, episode, name, account, owner, team, amount, currency, source, stage,
	entered, status, created, closed, done, reason, next_step, next_by, close_on, margin, waiting, wait_from, parked,
	park_from, park_why, last_activity, fields, external, batch, approvals`

type dealRow struct {
	ID           int64
	Process      string
	Version      int
	Moves        int
	Episode      int
	Name         string
	Account      string
	Owner        string
	Team         string
	Amount       int64
	Currency     string
	Source       string
	Stage        string
	Entered      sql.NullInt64
	Status       string
	Created      sql.NullInt64
	Closed       sql.NullInt64
	Done         sql.NullInt64
	Reason       string
	NextStep     string        `db:"next_step"`
	NextBy       sql.NullInt64 `db:"next_by"`
	CloseOn      sql.NullInt64 `db:"close_on"`
	Margin       sql.NullFloat64
	Waiting      string
	WaitFrom     sql.NullInt64 `db:"wait_from"`
	Parked       sql.NullInt64
	ParkFrom     sql.NullInt64 `db:"park_from"`
	ParkWhy      string        `db:"park_why"`
	LastActivity sql.NullInt64 `db:"last_activity"`
	Fields       string
	External     string
	Batch        int64
	Approvals    int // how many requests there are: most deals have none, and the look-up is saved
}

func (r *dealRow) deal() (sales.Deal, error) {
	fields, err := fromJSON[map[string]string](r.Fields)
	if err != nil {
		return sales.Deal{}, fmt.Errorf("read the fields of D-%d: %w", r.ID, err)
	}
	d := sales.Deal{
		ID: r.ID, Process: r.Process, Version: r.Version, Moves: r.Moves, Episode: r.Episode, Name: r.Name,
		Account: r.Account, Owner: r.Owner, Team: r.Team, Amount: sales.Money{Minor: r.Amount, Currency: r.Currency},
		Source: r.Source, Stage: r.Stage, Entered: fromMillis(r.Entered), Status: sales.Status(r.Status),
		Created: fromMillis(r.Created), Closed: fromMillis(r.Closed), Done: fromMillis(r.Done), Reason: r.Reason,
		NextStep: r.NextStep, NextBy: fromMillis(r.NextBy), Close: fromMillis(r.CloseOn), Waiting: sales.Party(r.Waiting),
		WaitFrom: fromMillis(r.WaitFrom), Parked: fromMillis(r.Parked), ParkFrom: fromMillis(r.ParkFrom),
		ParkWhy: r.ParkWhy, Last: fromMillis(r.LastActivity), Fields: fields, External: r.External,
	}
	if r.Margin.Valid {
		d.Margin = &r.Margin.Float64
	}
	return d, nil
}

// dealSets are the columns that dealValues fills: those that indexes hold, the others, and what is kept for searching.
const (
	dealSets   = `process, stage, owner, external, alive, search, ` + dealFields
	dealFields = `version, moves, episode, name, account, team, amount, currency, source, entered, status, created, closed,
		done, reason, next_step, next_by, close_on, margin, waiting, wait_from, parked, park_from, park_why, last_activity,
		fields, touched`
	dealKeys   = 6
	dealOthers = 27
)

// dealValues are a deal's columns in the order of dealSets; touched is the time of its last event.
func dealValues(d sales.Deal, touched int64) ([]any, error) {
	fields, err := toJSON(d.Fields, len(d.Fields) == 0)
	if err != nil {
		return nil, err
	}
	var margin sql.NullFloat64
	if d.Margin != nil {
		margin = sql.NullFloat64{Float64: *d.Margin, Valid: true}
	}
	return []any{
		d.Process, d.Stage, d.Owner, d.External, isAlive(d), searchable(d.Name) + "\n" + searchable(d.Account),
		d.Version, d.Moves, d.Episode, d.Name, d.Account, d.Team, d.Amount.Minor, d.Amount.Currency, d.Source,
		millis(d.Entered), string(d.Status), millis(d.Created), millis(d.Closed), millis(d.Done), d.Reason, d.NextStep,
		millis(d.NextBy), millis(d.Close), margin, string(d.Waiting), millis(d.WaitFrom), millis(d.Parked),
		millis(d.ParkFrom), d.ParkWhy, millis(d.Last), fields, touched,
	}, nil
}

func isAlive(d sales.Deal) bool {
	return d.Status == sales.Open || d.Status == sales.Won && d.Done.IsZero()
}

const (
	dealSQL      = `SELECT ` + dealColumns + ` FROM deal WHERE id = ?`
	publishedSQL = `SELECT COUNT(*) FROM import_batch WHERE id = ? AND published IS NOT NULL`
)

// Deal returns the deal. NotFound "deal.unknown".
func (r *Reader) Deal(ctx context.Context, id int64) (sales.Deal, error) {
	row, err := r.dealRow(ctx, id, dealSQL)
	if err != nil {
		return sales.Deal{}, err
	}
	return row.deal()
}

// anyDeal also finds a deal of an import that is not published, and locks it.
func (tx *Tx) anyDeal(ctx context.Context, id int64) (sales.Deal, error) {
	var row dealRow
	found, err := tx.get(ctx, &row, dealSQL+tx.dialect.forUpdate(), id)
	if err == nil && !found {
		err = unknownDeal(id)
	}
	if err != nil {
		return sales.Deal{}, wrap("read a deal", err)
	}
	return row.deal()
}

func unknownDeal(id int64) error {
	return sales.Refuse(sales.NotFound, "deal.unknown", "ref", sales.Deal{ID: id}.Ref())
}

// dealRow finds a deal that may be seen.
func (r *Reader) dealRow(ctx context.Context, id int64, query string) (*dealRow, error) {
	var row dealRow
	found, err := r.get(ctx, &row, query, id)
	if err != nil {
		return nil, wrap("read a deal", err)
	}
	if found && row.Batch != 0 {
		published := 0
		if _, err := r.get(ctx, &published, publishedSQL, row.Batch); err != nil {
			return nil, wrap("read a deal", err)
		}
		found = published == 1
	}
	if !found {
		return nil, unknownDeal(id)
	}
	return &row, nil
}

// Case returns all that a decision about the deal may look at, without its log.
// Inside a transaction nobody else changes the deal until it ends. NotFound "deal.unknown".
func (r *Reader) Case(ctx context.Context, id int64) (*sales.Case, error) {
	query := dealSQL
	if r.writing {
		query += r.dialect.forUpdate()
	}
	row, err := r.dealRow(ctx, id, query)
	if err != nil {
		return nil, err
	}
	c := &sales.Case{}
	if c.Deal, err = row.deal(); err != nil {
		return nil, err
	}
	if c.Org, err = r.Organisation(ctx); err != nil {
		return nil, err
	}
	if c.Process, err = r.Process(ctx, c.Deal.Process); err != nil {
		return nil, err
	}
	if c.Activities, err = r.counted(ctx, id); err != nil {
		return nil, err
	}
	if row.Approvals > 0 {
		c.Approvals, err = r.approvals(ctx, approvalsOfSQL, id)
	}
	return c, err
}

// CaseWithLog returns the case and the deal's log, which undoing looks at.
func (r *Reader) CaseWithLog(ctx context.Context, id int64) (*sales.Case, error) {
	c, err := r.Case(ctx, id)
	if err != nil {
		return nil, err
	}
	c.Log, err = r.Events(ctx, id)
	return c, err
}

// DealFilter selects deals; its zero values select everything.
type DealFilter struct {
	Process string
	Owner   string
	Team    string
	Stage   string
	Account string
	Status  sales.Status
	Teams   []string // any of them; nil is all, and an empty list is none
	Query   string   // part of the name or account, however it is typed
	Alive   bool     // open, or won but not completed
	Closed  bool     // won or lost
	Limit   int      // 0 is no limit
	Offset  int
}

// searchSQL reads the index on search from end to end, which is much smaller than the deals.
const searchSQL = `id IN (SELECT s.id FROM deal s WHERE s.search LIKE ? ESCAPE '!')`

// where returns the conditions and their arguments.
func (f DealFilter) where() (string, []any) {
	conds, args := []string{visible}, []any{}
	for _, c := range []struct{ column, value string }{
		{"process", f.Process}, {"owner", f.Owner}, {"team", f.Team}, {"stage", f.Stage}, {"account", f.Account},
		{"status", string(f.Status)},
	} {
		if c.value != "" {
			conds, args = append(conds, c.column+" = ?"), append(args, clean(c.value))
		}
	}
	if f.Teams != nil {
		cond, more := inTeams(f.Teams)
		conds, args = append(conds, cond), append(args, more...)
	}
	if strings.TrimSpace(f.Query) != "" {
		conds, args = append(conds, searchSQL), append(args, "%"+escapeLike(searchable(f.Query))+"%")
	}
	if f.Alive || f.Status == sales.Open { // which is alive: the indexes hold no more
		conds = append(conds, "alive")
	}
	if f.Closed {
		conds = append(conds, "status <> 'open'")
	}
	return strings.Join(conds, " AND "), args
}

func inTeams(teams []string) (string, []any) {
	if len(teams) == 0 {
		return "1 = 0", nil
	}
	return "team IN (" + marks(len(teams)) + ")", anys(teams)
}

var likeEscaper = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

func escapeLike(s string) string { return likeEscaper.Replace(s) }

// DealTouched returns the time of the deal's last event; zero when there is no such deal.
func (r *Reader) DealTouched(ctx context.Context, id int64) (time.Time, error) {
	var at sql.NullInt64
	_, err := r.get(ctx, &at, `SELECT touched FROM deal WHERE id = ?`, id)
	return fromMillis(at), wrap("read when a deal changed last", err)
}

// Deals returns the deals that the filter selects, the one that something
// happened to last first.
func (r *Reader) Deals(ctx context.Context, f DealFilter) ([]sales.Deal, error) {
	where, args := f.where()
	query := `SELECT ` + dealColumns + ` FROM deal WHERE ` + where + ` ORDER BY touched DESC, id DESC`
	if f.Limit > 0 {
		query, args = query+` LIMIT ? OFFSET ?`, append(args, f.Limit, f.Offset)
	}
	var rows []dealRow
	if err := r.all(ctx, &rows, query, args...); err != nil {
		return nil, wrap("list deals", err)
	}
	out := make([]sales.Deal, len(rows))
	for i := range rows {
		var err error
		if out[i], err = rows[i].deal(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// CountDeals returns how many deals the filter selects, whatever its limit.
func (r *Reader) CountDeals(ctx context.Context, f DealFilter) (int, error) {
	where, args := f.where()
	n := 0
	_, err := r.get(ctx, &n, `SELECT COUNT(*) FROM deal WHERE `+where, args...)
	return n, wrap("count deals", err)
}

// StageTotal is how many deals are alive in a stage, and what they are worth in one currency.
type StageTotal struct {
	Stage    string
	Currency string // "" for deals without an amount
	Deals    int
	Minor    int64 // see sales.AddMinor
}

// Amounts are added up in two parts, since both databases fail where a sum leaves 64 bits.
const stageTotalsSQL = `SELECT stage, currency, COUNT(*) AS deals, CAST(SUM(amount / 1000000) AS BIGINT) AS millions, CAST(SUM(amount % 1000000) AS BIGINT) AS rest
	FROM deal WHERE alive AND process = ? AND ` + visible

// StageTotals returns what is alive in each stage and currency: open deals, and
// won ones that are not completed. Teams nil means all of them, an empty list none.
func (r *Reader) StageTotals(ctx context.Context, process string, teams []string) ([]StageTotal, error) {
	query, args := stageTotalsSQL, []any{process}
	if teams != nil {
		cond, more := inTeams(teams)
		query, args = query+` AND `+cond, append(args, more...)
	}
	var rows []struct {
		StageTotal
		Millions, Rest int64
	}
	err := r.all(ctx, &rows, query+` GROUP BY stage, currency ORDER BY stage, currency`, args...)
	var out []StageTotal
	for _, t := range rows {
		if t.Minor = math.MaxInt64; t.Millions <= math.MaxInt64/1_000_000 {
			t.Minor = sales.AddMinor(t.Millions*1_000_000, t.Rest)
		}
		out = append(out, t.StageTotal)
	}
	return out, wrap("add up the stages", err)
}

var errNoEvents = errors.New("a change of a deal needs at least one event")
