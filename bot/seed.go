package main

import (
	"context"
	"fmt"
	"time"

	"pipewright/internal/sales"
	"pipewright/store"
)

// seedDemo fills an empty database with what a visitor finds in the playground.
// It leaves a database alone in which there are deals.
func seedDemo(ctx context.Context, st *store.Store, now time.Time) error {
	deals := []sales.NewDeal{
		{Name: "Acme rollout", Account: "Acme", Owner: userAna, Amount: sales.Money{Minor: 1200000, Currency: "USD"}},
		{Name: "Harbour upgrade", Account: "Harbour Logistics", Owner: userAna, Amount: sales.Money{Minor: 4800000, Currency: "USD"}},
		{Name: "云仓试点", Account: "云仓科技", Owner: userBo, Amount: sales.Money{Minor: 2600000, Currency: "USD"}},
	}
	err := st.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.CountDeals(ctx, store.DealFilter{})
		if err != nil || n > 0 {
			return err
		}
		process, err := tx.Process(ctx, "")
		if err != nil {
			return err
		}
		org, err := tx.Organisation(ctx)
		if err != nil {
			return err
		}
		for i, d := range deals {
			events, err := sales.Create(process, org, d.Owner, d, now.Add(-time.Duration(i+2)*24*time.Hour))
			if err != nil {
				return err
			}
			events[0].Data.Source = "sample"
			deal, err := tx.CreateDeal(ctx, events)
			if err != nil {
				return err
			}
			if err := tx.Card(ctx, fmt.Sprintf("deal:%d", deal.ID), channelDeals, ""); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("the sample data cannot be written: %w", err)
	}
	return nil
}
