package reports

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"pipewright/internal/sales"
	"pipewright/reports/stat"
	"pipewright/store"
)

// What was read of a long log is kept in a file beside the database as well, so that a
// restart need not read it again. The file may be deleted at any time. It is used only
// when the log begins with what the file was made of (the audit chain's hash says so), by
// the program that wrote it and for the same version of the process. A damaged file, or one
// that cannot be written, only costs the time to read the log.

// keepFrom is the number of deals from which on reading the log takes noticeable time.
const keepFrom = 5000

// snapshotOf says what a file was made of.
type snapshotOf struct {
	program string // file, size and time of it: another one may fold logs otherwise
	process string
	version int
	mark    store.Mark
	hash    string // of the event at the mark
}

func (s *snapshotOf) code(c *coder) {
	word(c, &s.program)
	word(c, &s.process)
	number(c, &s.version)
	number(c, &s.mark.Pos)
	number(c, &s.mark.Tail)
	number(c, &s.mark.Batch)
	word(c, &s.hash)
}

func snapshotFile(r *store.Reader, process string) string {
	return r.Beside("reports-" + url.PathEscape(process))
}

func thisProgram() string {
	name, err := os.Executable()
	if err != nil {
		return ""
	}
	info, err := os.Stat(name)
	if err != nil {
		return ""
	}
	return fmt.Sprint(name, info.Size(), info.ModTime().UnixNano())
}

// remember writes what was read to the file.
func (f *folded) remember(ctx context.Context, r *store.Reader) error {
	name := snapshotFile(r, f.process)
	if name == "" || f.mark.Pos == 0 || len(f.all.Deals) < f.keepFrom {
		return nil
	}
	hash, err := r.SealedHash(ctx, f.mark.Pos)
	if err != nil || hash == nil {
		return err
	}
	_ = f.writeSnapshot(name, snapshotOf{thisProgram(), f.process, f.version, f.mark, string(hash)})
	return nil
}

// writeSnapshot puts the file in its place when it is whole.
func (f *folded) writeSnapshot(name string, of snapshotOf) error {
	sweep(name)
	file, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.part") // readable for the owner only
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	sum := crc32.New(castagnoli)
	c := newWriter(io.MultiWriter(file, sum))
	of.code(c)
	f.all.code(c)
	err = errors.Join(c.err, c.w.Flush())
	if err == nil {
		_, err = file.Write(sum.Sum(nil))
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), name)
}

// sweep removes what a process that was killed left of its file.
func sweep(name string) {
	parts, _ := filepath.Glob(name + ".*.part")
	for _, part := range parts {
		if info, err := os.Stat(part); err == nil && time.Since(info.ModTime()) > time.Hour {
			_ = os.Remove(part)
		}
	}
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// recall takes over what the file holds, when that is a beginning of the log that the reader sees.
func (f *folded) recall(ctx context.Context, r *store.Reader, p *sales.Process, mark store.Mark) error {
	name := snapshotFile(r, f.process)
	if name == "" {
		return nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer file.Close()
	size, err := checked(file)
	if err != nil {
		return nil
	}
	c := newReader(io.LimitReader(file, size))
	var of snapshotOf
	of.code(c)
	if c.err != nil || of.program != thisProgram() || of.process != p.Key || of.version != p.Version || mark.Behind(of.mark) {
		return nil
	}
	hash, err := r.SealedHash(ctx, of.mark.Pos)
	if err != nil || !bytes.Equal(hash, []byte(of.hash)) || hash == nil {
		return err
	}
	kept := &History{Process: p, AsOf: instant(forever)}
	if kept.code(c); c.err != nil {
		return nil
	}
	f.version, f.mark = p.Version, of.mark
	f.take(kept, kept.Deals)
	return nil
}

// checked returns how long the file is without its checksum, and goes back to its beginning.
func checked(file *os.File) (size int64, err error) {
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	size = info.Size() - crc32.Size
	sum := crc32.New(castagnoli)
	if _, err := io.CopyN(sum, file, size); err != nil {
		return 0, err
	}
	last, err := io.ReadAll(file)
	if err != nil || !bytes.Equal(last, sum.Sum(nil)) {
		return 0, errors.Join(err, io.ErrUnexpectedEOF)
	}
	_, err = file.Seek(0, io.SeekStart)
	return size, err
}

// code writes or reads a history that ends where the log does.
func (h *History) code(c *coder) {
	var room builder // when reading
	stages, deals, stays := len(h.Stages), len(h.Deals), 0
	if h.kept != nil {
		stays = h.kept.stays()
	}
	for _, n := range []*int{&stages, &deals, &stays} {
		number(c, n)
	}
	if c.w == nil && c.err == nil {
		h.Stages, h.Deals = make([]string, stages), make([]*Deal, deals)
		room.deals, room.stays = make([]Deal, deals), make([]Stay, stays)
	}
	for i := range h.Stages {
		word(c, &h.Stages[i])
	}
	number(c, &h.Left.Unseen)
	number(c, &h.Left.NoCreated)
	number(c, &h.Left.Sample)
	var id int64
	for i := range h.Deals {
		if c.w == nil {
			h.Deals[i] = &room.deals[i]
		}
		d := h.Deals[i]
		since(c, &d.ID, id)
		id = d.ID
		d.code(c)
		stays := len(d.stays)
		number(c, &stays)
		if c.w == nil && c.err == nil {
			d.stays = take(&room.stays, stays)
		}
		last := d.Created
		for j := range d.stays {
			last = d.stays[j].code(c, last)
		}
	}
}

func (d *Deal) code(c *coder) {
	c.traits(&d.traits)
	number(c, &d.minor)
	number(c, &d.Created)
	since(c, &d.Start, d.Created)
	since(c, &d.Closed, d.Created)
	number(c, &d.version)
	since(c, &d.latest, d.Created)
	number(c, &d.At)
	number(c, &d.Furthest)
	yes(c, &d.Unseen)
	yes(c, &d.Sample)
	d.codeRare(c)
}

// codeRare writes or reads what few deals have.
func (d *Deal) codeRare(c *coder) {
	if c.w == nil {
		d.rare = &nothingRare
	}
	skipped, waits, overrides := len(d.Skipped), len(d.waits), len(d.overrides)
	for _, n := range []*int{&skipped, &waits, &overrides} {
		number(c, n)
	}
	switch {
	case skipped+waits+overrides == 0 || c.err != nil:
		return
	case c.w == nil:
		d.rare = &rare{Skipped: make([]int16, skipped), waits: make([]Wait, waits), overrides: make([]override, overrides)}
	}
	for i := range d.Skipped {
		number(c, &d.Skipped[i])
	}
	number(c, &d.jumps)
	for i := range d.waits {
		w := &d.waits[i]
		word(c, &w.For)
		since(c, &w.From, d.Created)
		since(c, &w.To, w.From)
	}
	for i := range d.overrides {
		since(c, &d.overrides[i].At, d.Created)
		number(c, &d.overrides[i].Stage)
	}
}

// code writes or reads a stay that probably began when the last one was left, and returns when it was left.
func (s *Stay) code(c *coder, last int64) int64 {
	since(c, &s.Entered, last)
	number(c, &s.Stage)
	number(c, &s.To)
	number(c, &s.Exit)
	if s.Exit == stat.Censored {
		s.Left = forever
		return s.Entered
	}
	since(c, &s.Left, s.Entered)
	return s.Left
}

// traits are written once, as words are.
func (c *coder) traits(t **traits) {
	place := len(c.shared)
	if c.w != nil {
		if n, ok := c.places[*t]; ok {
			place = n
		}
	}
	number(c, &place)
	if place < 0 || place > len(c.shared) {
		c.fail()
		place = 0
	}
	if place == len(c.shared) {
		if c.w == nil {
			*t = &traits{}
		}
		c.shared = append(c.shared, *t)
		c.places[*t] = place
		word(c, &(*t).currency)
		word(c, &(*t).Owner)
		word(c, &(*t).Team)
		word(c, &(*t).Source)
		word(c, &(*t).Status)
		word(c, &(*t).Reason)
	}
	*t = c.shared[place]
}
