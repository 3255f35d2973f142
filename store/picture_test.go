package store_test

import (
	"context"
	"testing"
	"time"

	"pipewright/store"
)

// A picture is found by its key until it is forgotten, which only the file that does not serve is.
func TestPictures(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s := open(t, url, store.Options{})
		at := time.UnixMilli(1_700_000_000_123).UTC()
		must := func(t *testing.T, err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		look := func(key string) (f store.PictureFile, ok bool) {
			t.Helper()
			err := s.Read(t.Context(), func(ctx context.Context, r *store.Reader) (err error) {
				f, ok, err = r.Picture(ctx, key)
				return err
			})
			must(t, err)
			return f, ok
		}
		if _, ok := look("map"); ok {
			t.Error("found what nobody kept")
		}
		must(t, s.SavePicture(t.Context(), "map", store.PictureFile{ID: "F1", Made: at}))
		must(t, s.SavePicture(t.Context(), "map", store.PictureFile{ID: "F2", Made: at.Add(time.Hour)}))
		must(t, s.SavePicture(t.Context(), "funnel", store.PictureFile{ID: "F3", Made: at.Add(2 * time.Hour)}))
		must(t, s.ForgetPicture(t.Context(), "F1"))
		if f, ok := look("map"); !ok || f != (store.PictureFile{ID: "F2", Made: at.Add(time.Hour)}) {
			t.Errorf("%+v %v, want the later one, which nobody forgot", f, ok)
		}
		if n, err := s.PrunePictures(t.Context(), at.Add(2*time.Hour)); err != nil || n != 1 {
			t.Errorf("forgot %d old ones (%v), want 1", n, err)
		}
		must(t, s.ForgetPicture(t.Context(), "F3"))
		for _, key := range []string{"map", "funnel"} {
			if f, ok := look(key); ok {
				t.Errorf("%s is still %+v", key, f)
			}
		}
	})
}
