package store_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
	"pipewright/store/pgtest"
)

var (
	ctx = context.Background()
	t0  = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
)

// onBoth runs the test on SQLite and on PostgreSQL.
func onBoth(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, pgtest.Start(t)) })
}

// withStore runs the test on an open store of either kind that holds the map.
func withStore(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	onBoth(t, func(t *testing.T, url string) {
		s := open(t, url, store.Options{})
		seedMap(t, s)
		test(t, s)
	})
}

func open(t testing.TB, url string, o store.Options) *store.Store {
	t.Helper()
	if o.Admins == nil {
		o.Admins = []string{"UADMIN"}
	}
	s, err := store.Open(ctx, url, o)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func organisation() *sales.Organisation {
	return &sales.Organisation{
		Teams: []sales.Team{
			{Key: "north", Name: sales.Text{"en": "North"}, Manager: "UBOSS", Members: []string{"UREP", "UREP2"}},
			{Key: "south", Name: sales.Text{"en": "South"}, Manager: "UBOSS", Members: []string{"USOUTH"}},
		},
		Roles: []sales.Role{
			{Key: "pricing", Name: sales.Text{"en": "Pricing"}, Users: []string{"UPRICE"}, Groups: []string{"SPRICE"}},
			{Key: "legal", Name: sales.Text{"en": "Legal"}, Users: []string{"ULEGAL"}},
		},
	}
}

func process() *sales.Process {
	stage := func(key string, won bool) sales.Stage {
		return sales.Stage{Key: key, Name: sales.Text{"en": key}, Won: won}
	}
	return &sales.Process{
		Key: "b2b", Name: sales.Text{"en": "Business", "zh": "企业"}, Default: true, Currency: "EUR",
		Calendar:   sales.Calendar{Zone: "Europe/Berlin", Days: []string{"mon", "tue", "wed", "thu", "fri"}, Hours: "09:00-17:00"},
		Stages:     []sales.Stage{stage("contact", false), stage("offer", false), stage("talks", false), stage("signed", true), stage("paid", false)},
		Fields:     []sales.Field{{Key: "region", Name: sales.Text{"en": "Region"}, Type: sales.FieldText}},
		Activities: []sales.ActivityType{{Key: "call", Name: sales.Text{"en": "Call"}, Minutes: 15}},
		Reasons:    []sales.Reason{{Key: "price", Name: sales.Text{"en": "Price"}}, {Key: "silence", Name: sales.Text{"en": "Silence"}}},
		Policies: []sales.Policy{{Kind: "quote", Name: sales.Text{"en": "Quote"}, Steps: []sales.Step{
			{Key: "price", Roles: []string{"pricing"}}, {Key: "law", Roles: []string{"legal"}},
		}}},
	}
}

func seedMap(t testing.TB, s *store.Store) {
	t.Helper()
	inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SaveOrganisation(ctx, organisation(), "UADMIN", "first", t0); err != nil {
			return err
		}
		return tx.SaveProcess(ctx, process(), "UADMIN", "first", t0)
	})
}

func inTx(t testing.TB, s *store.Store, fn func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := s.InTx(ctx, fn); err != nil {
		t.Fatalf("transaction: %v", err)
	}
}

func read(t testing.TB, s *store.Store, fn func(ctx context.Context, r *store.Reader) error) {
	t.Helper()
	if err := s.Read(ctx, fn); err != nil {
		t.Fatalf("read: %v", err)
	}
}

// newDeal creates a deal of UREP's.
func newDeal(t testing.TB, s *store.Store, name, account string) sales.Deal {
	t.Helper()
	var d sales.Deal
	inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
		p, err := tx.Process(ctx, "")
		if err != nil {
			return err
		}
		org, err := tx.Organisation(ctx)
		if err != nil {
			return err
		}
		events, err := sales.Create(p, org, "UREP", sales.NewDeal{
			Name: name, Account: account, Amount: sales.Money{Minor: 1200050, Currency: "EUR"}, Fields: map[string]string{"region": "EMEA"},
		}, t0)
		if err != nil {
			return err
		}
		d, err = tx.CreateDeal(ctx, events)
		return err
	})
	return d
}

// decide loads the deal's case, decides and applies in one transaction.
func decide(s *store.Store, id int64, rule func(c *sales.Case) ([]sales.Event, error)) error {
	return s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		c, err := tx.CaseWithLog(ctx, id)
		if err != nil {
			return err
		}
		events, err := rule(c)
		if err != nil {
			return err
		}
		return tx.Apply(ctx, c, events)
	})
}

func mustDecide(t testing.TB, s *store.Store, id int64, rule func(c *sales.Case) ([]sales.Event, error)) {
	t.Helper()
	if err := decide(s, id, rule); err != nil {
		t.Fatalf("decide: %v", err)
	}
}
