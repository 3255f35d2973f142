package main

import (
	"context"
	"errors"
	"fmt"
	"os"
)

type backupCommand struct {
	File string `arg:"" help:"Where to write the copy. It must not exist yet."`
}

// Run copies the database while the bot runs.
func (c *backupCommand) Run(ctx context.Context, t terminal) error {
	cfg, err := t.config()
	if err != nil {
		return err
	}
	if _, err := os.Stat(c.File); err == nil {
		return errors.New(cfg.printer().T("%s exists already; choose another name, or remove it", c.File))
	}
	st, err := openExisting(ctx, cfg)
	if err != nil {
		return err
	}
	defer st.Close()
	if err := st.Backup(ctx, c.File); err != nil {
		return err
	}
	size := int64(0)
	if info, err := os.Stat(c.File); err == nil {
		size = info.Size()
	}
	p := cfg.printer()
	fmt.Fprintln(t.out, p.T("%s: %d bytes. To restore it, stop the bot and start it with DATABASE_URL=sqlite:%s", c.File, size, c.File))
	return nil
}
