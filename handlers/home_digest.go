package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"pipewright/internal/sales"
	"pipewright/internal/text"
	"pipewright/reports"
	"pipewright/store"
)

// homeDigest is the picture of the last seven days for who leads: of their team when they manage one, otherwise
// of all that they may read. It is drawn once a day for all who may read the same in one language.
func (a *App) homeDigest(ctx context.Context, r *store.Reader, c *Call, org *sales.Organisation) (*reports.Picture, error) {
	process, err := r.Process(ctx, "")
	if err != nil {
		return nil, err
	}
	o := reports.Options{Process: process.Key, AsOf: c.Now}
	if led := ledTeams(org, c.User); len(led) == 1 {
		o.Team = led[0]
	}
	o.Hide = reports.Hidden(org, c.User, "")
	p := text.For(c.Lang(), a.Channel().Location()) // one zone for all who share the picture
	audience := strings.Join(append([]string{o.Team}, o.Hide...), ",")
	x := reports.Picture{
		Name: fmt.Sprintf("digest:%s:%s:%s:%s", process.Key, c.Now.In(p.Location()).Format(time.DateOnly), p.Lang(), audience),
		Lang: p.Lang(), Title: p.T("Weekly digest"),
	}
	about := fmt.Sprintf("home_digest:%s:%s:%s", process.Key, p.Lang(), audience)
	if err := drawnAlready(ctx, r, about, &x); err != nil {
		return nil, err
	}
	x.Make = func(ctx context.Context) (reports.Picture, error) { return a.makeDigest(ctx, o, p, about, x.Name) }
	return &x, nil
}

// drawnAlready fills in what the picture says, if it was drawn today.
func drawnAlready(ctx context.Context, r *store.Reader, about string, x *reports.Picture) error {
	kept, err := r.Meta(ctx, about)
	if err != nil || kept == "" {
		return err
	}
	var said reports.Picture
	if err := json.Unmarshal([]byte(kept), &said); err != nil {
		return fmt.Errorf("read what the digest's picture says: %w", err)
	}
	if said.Name == x.Name {
		*x = said
	}
	return nil
}

// makeDigest computes the digest, and notes what its picture says to those who cannot see it.
func (a *App) makeDigest(ctx context.Context, o reports.Options, p text.Printer, about, name string) (x reports.Picture, err error) {
	found := false
	err = a.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		x, found, err = reports.DigestPicture(ctx, r, "weekly", o, p)
		return err
	})
	if err != nil || !found {
		return reports.Picture{}, err
	}
	said, err := json.Marshal(reports.Picture{Name: name, Lang: x.Lang, Title: x.Title, Lead: x.Lead})
	if err != nil {
		return reports.Picture{}, err
	}
	return x, a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.SetMeta(ctx, about, string(said)) })
}
