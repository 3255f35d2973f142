package store_test

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pipewright/internal/sales"
	"pipewright/store"
)

func TestDealFilters(t *testing.T) {
	withStore(t, func(t *testing.T, s *store.Store) {
		for i, name := range []string{"Acme pilot", "Müller Rollout", "100% discount_x", "上海 新能源", "ＡＣＭＥ renewal"} {
			newDeal(t, s, name, fmt.Sprint("Account ", i+1))
		}
		hour := func(n int) time.Time { return t0.Add(time.Duration(n) * time.Hour) }
		mustDecide(t, s, 1, func(c *sales.Case) ([]sales.Event, error) { return c.Advance("UREP", sales.Move{}, hour(1)) })
		mustDecide(t, s, 2, func(c *sales.Case) ([]sales.Event, error) { return c.Lose("UREP", "price", "", 0, hour(2)) })
		mustDecide(t, s, 3, func(c *sales.Case) ([]sales.Event, error) { return c.Win("UREP", sales.Move{}, hour(3)) })
		mustDecide(t, s, 4, func(c *sales.Case) ([]sales.Event, error) { return c.Assign("UBOSS", "USOUTH", hour(4)) })
		mustDecide(t, s, 5, func(c *sales.Case) ([]sales.Event, error) {
			return c.Advance("UREP", sales.Move{To: "paid"}, hour(5))
		})
		for _, c := range []struct {
			filter store.DealFilter
			want   []int64
		}{
			{store.DealFilter{}, []int64{5, 4, 3, 2, 1}},
			{store.DealFilter{Limit: 2, Offset: 1}, []int64{4, 3}},
			{store.DealFilter{Alive: true}, []int64{4, 3, 1}},
			{store.DealFilter{Status: sales.Won}, []int64{5, 3}},
			{store.DealFilter{Status: sales.Open}, []int64{4, 1}},
			{store.DealFilter{Owner: "USOUTH"}, []int64{4}},
			{store.DealFilter{Team: "south"}, []int64{4}},
			{store.DealFilter{Teams: []string{"north", "south"}}, []int64{5, 4, 3, 2, 1}},
			{store.DealFilter{Teams: []string{}}, nil},
			{store.DealFilter{Stage: "offer"}, []int64{1}},
			{store.DealFilter{Account: "Account 2"}, []int64{2}},
			{store.DealFilter{Process: "other"}, nil},
			{store.DealFilter{Query: "aCmE"}, []int64{5, 1}},
			{store.DealFilter{Query: "acme", Alive: true}, []int64{1}},
			{store.DealFilter{Query: "muller"}, []int64{2}},
			{store.DealFilter{Query: "account 3"}, []int64{3}},
			{store.DealFilter{Query: "新能"}, []int64{4}},
			{store.DealFilter{Query: "0% disc"}, []int64{3}},
			{store.DealFilter{Query: "discount-X"}, []int64{3}},
			{store.DealFilter{Query: "%"}, nil},
			{store.DealFilter{Query: "$_^"}, nil},
			{store.DealFilter{Query: " "}, []int64{5, 4, 3, 2, 1}},
		} {
			read(t, s, func(ctx context.Context, r *store.Reader) error {
				deals, err := r.Deals(ctx, c.filter)
				var got []int64
				for _, d := range deals {
					got = append(got, d.ID)
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("%+v:\n%s", c.filter, diff)
				}
				c.filter.Limit, c.filter.Offset = 0, 0
				all, _ := r.Deals(ctx, c.filter)
				if n, err := r.CountDeals(ctx, c.filter); err != nil || n != len(all) {
					t.Errorf("%+v: counted %d of %d, %v", c.filter, n, len(all), err)
				}
				return err
			})
		}
		mustDecide(t, s, 1, func(c *sales.Case) ([]sales.Event, error) { return c.Set("UREP", "amount", "", hour(7)) })
		read(t, s, func(ctx context.Context, r *store.Reader) error {
			all, err := r.StageTotals(ctx, "b2b", nil)
			want := []store.StageTotal{
				{Stage: "contact", Currency: "EUR", Deals: 1, Minor: 1200050},
				{Stage: "offer", Currency: "", Deals: 1},
				{Stage: "signed", Currency: "EUR", Deals: 1, Minor: 1200050},
			}
			if diff := cmp.Diff(want, all); diff != "" || err != nil {
				t.Errorf("%s %v", diff, err)
			}
			south, err := r.StageTotals(ctx, "b2b", []string{"south"})
			if diff := cmp.Diff(want[:1], south); diff != "" || err != nil {
				t.Errorf("%s %v", diff, err)
			}
			if none, err := r.StageTotals(ctx, "b2b", []string{}); len(none) != 0 || err != nil {
				t.Errorf("%v %v", none, err)
			}
			return nil
		})
	})
}

// What a stage is worth is told even where the sum of its amounts leaves 64 bits.
func TestStageTotalsOfGiants(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s := open(t, url, store.Options{})
		seedMap(t, s)
		newDeal(t, s, "One", "")
		newDeal(t, s, "Two", "")
		meddle := meddler(t, url)
		for amount, want := range map[int64]int64{
			4_611_686_018_427_387_903: math.MaxInt64 - 1,
			9_000_000_000_000_000_000: math.MaxInt64,
		} {
			meddle(fmt.Sprintf(`UPDATE deal SET amount = %d`, amount))
			read(t, s, func(ctx context.Context, r *store.Reader) error {
				all, err := r.StageTotals(ctx, "b2b", nil)
				if diff := cmp.Diff([]store.StageTotal{{Stage: "contact", Currency: "EUR", Deals: 2, Minor: want}}, all); diff != "" || err != nil {
					t.Errorf("two of %d: %s %v", amount, diff, err)
				}
				return nil
			})
		}
	})
}
