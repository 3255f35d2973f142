package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pipewright/internal/sales"
	"pipewright/store"
)

func TestPeople(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		ann := store.Person{ID: "U1", Name: "ann", RealName: "Ann 安", Locale: "zh-CN", TZ: "Asia/Shanghai"}
		bot := store.Person{ID: "U2", Name: "bot", Bot: true, Deleted: true}
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SavePeople(ctx, []store.Person{bot, ann}, t0) })
		ann.Name, ann.Seen, bot.Seen = "anna", t0.Add(time.Hour), t0
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.SavePeople(ctx, []store.Person{ann}, t0.Add(time.Hour))
		})
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error { // read before, written after
			return tx.SavePeople(ctx, []store.Person{{ID: "U1", Name: "ann", Locale: "en-US"}}, t0.Add(time.Minute))
		})
		read(t, s, func(ctx context.Context, r *store.Reader) error {
			people, err := r.People(ctx)
			if diff := cmp.Diff([]store.Person{ann, bot}, people); diff != "" || err != nil {
				t.Errorf("%s %v", diff, err)
			}
			if p, err := r.Person(ctx, "U1"); err != nil || p != ann {
				t.Errorf("%+v, %v", p, err)
			}
			if p, err := r.Person(ctx, "U9"); err != nil || p != (store.Person{ID: "U9", Name: "U9"}) {
				t.Errorf("somebody unknown: %+v, %v", p, err)
			}
			return nil
		})
	})
}

func TestSettingsAndMeta(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		want := store.Settings{Lang: "zh", Daily: true, Snoozed: t0, HomeSeen: true, PulseAsked: t0.Add(time.Minute), NudgedOn: "2026-03-02"}
		for _, muted := range []bool{true, false} {
			want.Muted = muted
			inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
				if _, err := tx.ChangeSettings(ctx, "U1", func(s *store.Settings) { *s = want }); err != nil {
					return err
				}
				if err := tx.SetMeta(ctx, "native_blocks", "off"); err != nil {
					return err
				}
				return tx.SetMeta(ctx, "native_blocks", "on")
			})
			read(t, s, func(ctx context.Context, r *store.Reader) error {
				if got, err := r.Settings(ctx, "U1"); err != nil || got != want {
					t.Errorf("%+v, %v", got, err)
				}
				if got, err := r.Settings(ctx, "U2"); err != nil || got != (store.Settings{}) {
					t.Errorf("%+v, %v", got, err)
				}
				if got, err := r.Meta(ctx, "native_blocks"); err != nil || got != "on" {
					t.Errorf("%q, %v", got, err)
				}
				if got, err := r.Meta(ctx, "none"); err != nil || got != "" {
					t.Errorf("%q, %v", got, err)
				}
				return nil
			})
		}
	})
}

func TestRemindable(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		d := newDeal(t, s, "Acme", "")
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			for _, user := range []string{"UDAILY", "UBOT", "UIDLE"} {
				if _, err := tx.ChangeSettings(ctx, user, func(s *store.Settings) { s.Daily, s.HomeSeen = user != "UIDLE", true }); err != nil {
					return err
				}
			}
			return tx.SavePeople(ctx, []store.Person{{ID: "UREP"}, {ID: "UDAILY"}, {ID: "UIDLE"}, {ID: "UBOT", Bot: true}}, t0)
		})
		expect := func(want ...string) {
			t.Helper()
			read(t, s, func(ctx context.Context, r *store.Reader) error {
				people, err := r.Remindable(ctx)
				var got []string
				for _, p := range people {
					got = append(got, p.ID)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
				return err
			})
		}
		expect("UDAILY", "UREP")
		mustDecide(t, s, d.ID, func(c *sales.Case) ([]sales.Event, error) { return c.Lose("UREP", "price", "", 0, t0) })
		expect("UDAILY")
	})
}

// A reminder that is noted while somebody mutes reminders must not unmute them.
func TestSettingsAreChangedOneAfterTheOther(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		begun, done := make(chan bool), make(chan error, 1)
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.ChangeSettings(ctx, "U1", func(s *store.Settings) { s.Muted = true })
			go func() {
				close(begun)
				done <- s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
					_, err := tx.ChangeSettings(ctx, "U1", func(s *store.Settings) { s.NudgedOn = "2026-03-02" })
					return err
				})
			}()
			<-begun
			time.Sleep(50 * time.Millisecond) // so that the other has read them, if it can
			return err
		})
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		read(t, s, func(ctx context.Context, r *store.Reader) error {
			got, err := r.Settings(ctx, "U1")
			if want := (store.Settings{Muted: true, NudgedOn: "2026-03-02"}); got != want {
				t.Errorf("%+v, want %+v", got, want)
			}
			return err
		})
	})
}
