package store_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"pipewright/store"
)

// A database that was closed is one file: who copies it copies everything.
func TestClosedDatabaseIsOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	s, err := store.Open(ctx, "sqlite:"+path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	seedMap(t, s)
	d := newDeal(t, s, "Acme", "")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 {
		t.Errorf("%d bytes are left in the log", log.Size())
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := os.WriteFile(copied, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	again := open(t, "sqlite:"+copied, store.Options{})
	read(t, again, func(ctx context.Context, r *store.Reader) error {
		kept, err := r.Deal(ctx, d.ID)
		if kept.Name != "Acme" {
			t.Errorf("the copy holds %+v", kept)
		}
		return err
	})
}
