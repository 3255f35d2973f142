package store

import (
	"context"
	"time"
)

// PictureFile is a picture that is in Slack.
type PictureFile struct {
	ID   string    // of Slack's file
	Made time.Time // protocol time of its upload
}

// UntilSettled is how long after its upload Slack hardly knows a file yet.
const UntilSettled = 500 * time.Millisecond

// Settled reports whether Slack knows the file by now. One of the future was made before the clock was set back.
func (f PictureFile) Settled() bool {
	age := time.Since(f.Made)
	return age < 0 || age >= UntilSettled
}

const (
	pictureSQL       = `SELECT file, made FROM picture WHERE key = ?`
	savePictureSQL   = `INSERT INTO picture (key, file, made) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET file = excluded.file, made = excluded.made`
	forgetPictureSQL = `DELETE FROM picture WHERE file = ?`
	prunePicturesSQL = `DELETE FROM picture WHERE made < ?`
)

// Picture returns the file of the picture with the key; ok is false when it was not uploaded.
func (r *Reader) Picture(ctx context.Context, key string) (f PictureFile, ok bool, err error) {
	var row struct {
		File string
		Made int64
	}
	ok, err = r.get(ctx, &row, pictureSQL, key)
	return PictureFile{ID: row.File, Made: time.UnixMilli(row.Made).UTC()}, ok, wrap("look for a picture", err)
}

// SavePicture notes which file is the picture with the key.
func (s *Store) SavePicture(ctx context.Context, key string, f PictureFile) error {
	return s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.exec(ctx, savePictureSQL, key, f.ID, f.Made.UnixMilli())
		return wrap("keep a picture", err)
	})
}

// ForgetPicture has the picture of a file that does not serve any more uploaded anew when it is needed
// next, unless that was done meanwhile.
func (s *Store) ForgetPicture(ctx context.Context, file string) error {
	return s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.exec(ctx, forgetPictureSQL, file)
		return wrap("forget a picture", err)
	})
}

// PrunePictures forgets the pictures that were uploaded before the instant, and
// returns how many they were. The files stay in Slack.
func (s *Store) PrunePictures(ctx context.Context, before time.Time) (int, error) {
	return s.prune(ctx, prunePicturesSQL, before)
}
