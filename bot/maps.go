package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"pipewright/handlers"
	"pipewright/internal/sales"
	"pipewright/store"
)

// ensureMap saves the shipped map when the database holds none, so that a fresh
// bot can be used at once.
func ensureMap(ctx context.Context, st *store.Store, now time.Time) error {
	return saveMap(ctx, st, sales.Shipped(), now)
}

// saveMap saves a first map; it leaves one that stands alone.
func saveMap(ctx context.Context, st *store.Store, m *sales.Map, now time.Time) error {
	err := st.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		stands, err := tx.Processes(ctx)
		if err != nil || len(stands) > 0 {
			return err
		}
		why := handlers.ShippedWhy
		if m.Organisation != nil {
			if err := tx.SaveOrganisation(ctx, m.Organisation, "", why, now); err != nil {
				return err
			}
		}
		for _, p := range m.Processes {
			if err := tx.SaveProcess(ctx, p, "", why, now); err != nil {
				return err
			}
		}
		return nil
	})
	var refused *sales.Error
	if errors.As(err, &refused) && refused.Kind == sales.Conflict {
		return nil // another replica was faster
	}
	if err != nil {
		return fmt.Errorf("the first map cannot be saved: %w", err)
	}
	return nil
}

// openExisting opens the database for a command beside the bot, and refuses to
// make a new one by mistake.
func openExisting(ctx context.Context, cfg Config) (*store.Store, error) {
	if path, ok := strings.CutPrefix(cfg.Database, "sqlite:"); ok {
		path, _, _ = strings.Cut(path, "?")
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil, &noDatabase{path}
		}
	}
	return openStore(ctx, cfg, discard)
}

// existing is the configuration, and the database that it names.
func (t terminal) existing(ctx context.Context) (Config, *store.Store, error) {
	cfg, err := t.config()
	if err != nil {
		return cfg, nil, err
	}
	st, err := openExisting(ctx, cfg)
	return cfg, st, err
}

// noDatabase is the refusal of a command that needs what the bot has written.
type noDatabase struct{ path string }

func (e *noDatabase) Error() string {
	return fmt.Sprintf("there is no database %s yet; run this where the bot runs, or set DATABASE_URL", e.path)
}

// discard is the log of commands beside the bot, which say themselves what went wrong.
var discard = slog.New(slog.DiscardHandler)
