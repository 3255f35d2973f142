package store

import (
	"context"
	"database/sql"
	"slices"
	"time"
)

// Person is a Slack user as last mirrored.
type Person struct {
	ID       string
	Name     string
	RealName string
	Locale   string // as Slack says: "en-US"
	TZ       string // IANA name
	Bot      bool
	Deleted  bool
	Seen     time.Time // when Slack last told about them
}

type personRow struct {
	ID       string
	Name     string
	RealName string `db:"real_name"`
	Locale   string
	TZ       string
	Bot      bool
	Deleted  bool
	Seen     sql.NullInt64
}

func (p personRow) person() Person {
	return Person{p.ID, p.Name, p.RealName, p.Locale, p.TZ, p.Bot, p.Deleted, fromMillis(p.Seen)}
}

const (
	personColumns = `id, name, real_name, locale, tz, bot, deleted, seen`
	personSQL     = `SELECT ` + personColumns + ` FROM person WHERE id = ?`
	peopleSQL     = `SELECT ` + personColumns + ` FROM person ORDER BY id`
	savePersonSQL = `INSERT INTO person (` + personColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, real_name = excluded.real_name, locale = excluded.locale,
		tz = excluded.tz, bot = excluded.bot, deleted = excluded.deleted, seen = excluded.seen
		WHERE person.seen IS NULL OR person.seen <= excluded.seen`
)

// Person returns the mirrored person; somebody unknown comes back with only the id, which is also the name.
func (r *Reader) Person(ctx context.Context, id string) (Person, error) {
	var row personRow
	found, err := r.get(ctx, &row, personSQL, id)
	if err != nil {
		return Person{}, wrap("read a person", err)
	}
	if !found {
		return Person{ID: id, Name: id}, nil
	}
	return row.person(), nil
}

const acquaintanceSQL = `SELECT COALESCE(p.id, '') AS id, COALESCE(p.name, '') AS name, COALESCE(p.real_name, '') AS real_name,
	COALESCE(p.locale, '') AS locale, COALESCE(p.tz, '') AS tz, COALESCE(p.bot, FALSE) AS bot, COALESCE(p.deleted, FALSE) AS deleted, p.seen,
	COALESCE(s.lang, '') AS lang, COALESCE(s.muted, FALSE) AS muted, COALESCE(s.daily, FALSE) AS daily, s.snoozed,
	COALESCE(s.home_seen, FALSE) AS home_seen, s.pulse_asked, COALESCE(s.nudged_on, '') AS nudged_on
	FROM (SELECT CAST(? AS TEXT) AS id) who LEFT JOIN person p ON p.id = who.id LEFT JOIN settings s ON s.person = who.id`

// PersonWithSettings is Person and Settings in one statement, which every command begins with.
func (r *Reader) PersonWithSettings(ctx context.Context, id string) (Person, Settings, error) {
	var row struct {
		personRow
		settingsRow
	}
	if _, err := r.get(ctx, &row, acquaintanceSQL, id); err != nil {
		return Person{}, Settings{}, wrap("read a person", err)
	}
	if row.ID == "" {
		return Person{ID: id, Name: id}, row.settings(), nil
	}
	return row.person(), row.settings(), nil
}

// People returns everybody in the mirror, by id.
func (r *Reader) People(ctx context.Context) ([]Person, error) { return r.people(ctx, peopleSQL) }

func (r *Reader) people(ctx context.Context, query string) ([]Person, error) {
	var rows []personRow
	if err := r.all(ctx, &rows, query); err != nil {
		return nil, wrap("read the people", err)
	}
	out := make([]Person, len(rows))
	for i, row := range rows {
		out[i] = row.person()
	}
	return out, nil
}

const remindableSQL = `SELECT ` + personColumns + ` FROM person WHERE NOT bot AND NOT deleted AND id IN (
		SELECT owner FROM deal WHERE alive AND ` + visible + ` UNION SELECT person FROM settings WHERE daily) ORDER BY id`

// Remindable returns those in the mirror who have a living deal or asked for a daily
// summary, by id: of a large workspace they are few.
func (r *Reader) Remindable(ctx context.Context) ([]Person, error) {
	return r.people(ctx, remindableSQL)
}

const goneSQL = `SELECT id FROM person WHERE deleted ORDER BY id`

// gone returns those who have left the workspace, by id.
func (r *Reader) gone(ctx context.Context) ([]string, error) {
	ids, err := columnOf[string](ctx, r.session, goneSQL)
	return ids, wrap("read who has left", err)
}

// SavePeople mirrors users as Slack told about them at the time now; what it told later stays, as when all people
// are read while one of them changes. Who left or came back changes who holds
// which role, as a change of a user group does.
func (tx *Tx) SavePeople(ctx context.Context, people []Person, now time.Time) error {
	gone, err := tx.gone(ctx)
	if err != nil {
		return err
	}
	changed := false
	for _, p := range people {
		changed = changed || slices.Contains(gone, p.ID) != p.Deleted
		_, err := tx.exec(ctx, savePersonSQL, p.ID, p.Name, p.RealName, p.Locale, p.TZ, p.Bot, p.Deleted, millis(now))
		if err != nil {
			return wrap("save a person", err)
		}
	}
	if !changed {
		return nil
	}
	if err := tx.lock(ctx, lockMap); err != nil {
		return err
	}
	return tx.membersChanged(ctx)
}

// membersChanged gives what belongs to the organisation without versions of its own (user groups, who has
// left, delegations) the next one.
func (tx *Tx) membersChanged(ctx context.Context) error {
	tx.heads = nil
	heads, err := tx.versions(ctx)
	if err != nil {
		return err
	}
	return tx.setHead(ctx, keyGroups, heads[keyGroups].Version+1)
}

// Settings are what one person chose, and what the program remembers about talking to them.
type Settings struct {
	Lang       string // "" is Slack's
	Muted      bool   // no nudges
	Daily      bool   // a summary every working day
	Snoozed    time.Time
	HomeSeen   bool      // the introduction was shown
	PulseAsked time.Time // last time that the pulse was asked for
	NudgedOn   string    // local date on which it was last seen to whether a nudge is due: "2026-11-24"
}

type settingsRow struct {
	Lang       string
	Muted      bool
	Daily      bool
	Snoozed    sql.NullInt64
	HomeSeen   bool          `db:"home_seen"`
	PulseAsked sql.NullInt64 `db:"pulse_asked"`
	NudgedOn   string        `db:"nudged_on"`
}

func (s settingsRow) settings() Settings {
	return Settings{s.Lang, s.Muted, s.Daily, fromMillis(s.Snoozed), s.HomeSeen, fromMillis(s.PulseAsked), s.NudgedOn}
}

const (
	settingsSQL     = `SELECT lang, muted, daily, snoozed, home_seen, pulse_asked, nudged_on FROM settings WHERE person = ?`
	saveSettingsSQL = `INSERT INTO settings (person, lang, muted, daily, snoozed, home_seen, pulse_asked, nudged_on)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (person) DO UPDATE SET lang = excluded.lang, muted = excluded.muted, daily = excluded.daily,
		snoozed = excluded.snoozed, home_seen = excluded.home_seen, pulse_asked = excluded.pulse_asked,
		nudged_on = excluded.nudged_on`
)

// Settings returns the person's settings; the zero Settings when nothing was ever saved.
func (r *Reader) Settings(ctx context.Context, user string) (Settings, error) {
	var row settingsRow
	_, err := r.get(ctx, &row, settingsSQL, user)
	return row.settings(), wrap("read a person's settings", err)
}

// ChangeSettings has change alter the person's settings, keeps them and returns them.
// Nobody else alters them until the transaction ends.
func (tx *Tx) ChangeSettings(ctx context.Context, user string, change func(s *Settings)) (Settings, error) {
	if err := tx.lockKey(ctx, "settings:"+user); err != nil {
		return Settings{}, wrap("change a person's settings", err)
	}
	s, err := tx.Settings(ctx, user)
	if err != nil {
		return s, err
	}
	change(&s)
	_, err = tx.exec(ctx, saveSettingsSQL,
		user, s.Lang, s.Muted, s.Daily, millis(s.Snoozed), s.HomeSeen, millis(s.PulseAsked), s.NudgedOn)
	return s, wrap("change a person's settings", err)
}

const (
	metaSQL    = `SELECT value FROM meta WHERE key = ?`
	setMetaSQL = `INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`
)

// Meta returns a small fact that was noted under the key, "" when there is none.
func (r *Reader) Meta(ctx context.Context, key string) (string, error) {
	var value string
	_, err := r.get(ctx, &value, metaSQL, key)
	return value, wrap("read a noted fact", err)
}

// SetMeta notes a small fact.
func (tx *Tx) SetMeta(ctx context.Context, key, value string) error {
	_, err := tx.exec(ctx, setMetaSQL, key, value)
	return wrap("note a fact", err)
}
