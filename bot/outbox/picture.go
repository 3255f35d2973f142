package outbox

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"pipewright/reports"
	"pipewright/reports/draw"
	"pipewright/store"
)

// Pictures are uploaded before the message that shows them, each once, under its key.
// A message does not fail for want of a picture: what stands instead of it is sent.
const (
	pictureTries = 3                // of a message, before it goes without its picture
	settling     = 30 * time.Second // that Slack needs now and then until it knows a new file, see store.UntilSettled
	notUploading = time.Hour        // after Slack said that we may not
)

// finder returns the file of the picture with the key, and none where there is none. An error is one
// that may pass.
type finder func(ctx context.Context, d *delivery, key string, x reports.Picture) (store.PictureFile, error)

// pictured puts image blocks in the place of the pictures that are found.
func pictured(ctx context.Context, d *delivery, blocks []slack.Block, find finder) ([]slack.Block, error) {
	d.shown = nil
	var out []slack.Block
	for _, block := range blocks {
		x, ok := block.(reports.Picture)
		if !ok {
			out = append(out, block)
			continue
		}
		var shown store.PictureFile
		if key, err := x.Key(); err == nil && !d.unpictured { // one that cannot be named is none
			if shown, err = find(ctx, d, key, x); err != nil {
				return nil, err
			}
		}
		if shown.ID == "" {
			out = append(out, x.Instead()...)
			continue
		}
		d.shown = append(d.shown, shown)
		out = append(out, x.Image(shown.ID))
	}
	return out, nil
}

// known finds the pictures that Slack has and knows by now.
func (b *Outbox) known(ctx context.Context, _ *delivery, key string, _ reports.Picture) (store.PictureFile, error) {
	f, found, err := b.kept(ctx, key)
	if !found || !f.Settled() {
		return store.PictureFile{}, err
	}
	return f, err
}

// kept returns the file that is noted as the picture with the key.
func (b *Outbox) kept(ctx context.Context, key string) (f store.PictureFile, found bool, err error) {
	err = b.Store.Read(ctx, func(ctx context.Context, r *store.Reader) (err error) {
		f, found, err = r.Picture(ctx, key)
		return err
	})
	return f, found, err
}

// inSlack finds every picture, uploading those that are not in Slack yet.
func (b *Outbox) inSlack(ctx context.Context, d *delivery, key string, x reports.Picture) (store.PictureFile, error) {
	b.drawing.Lock() // what several messages show is uploaded once
	defer b.drawing.Unlock()
	f, found, err := b.kept(ctx, key)
	if err != nil || found {
		return f, cmp.Or(err, settled(f))
	}
	if time.Now().UnixMilli() < b.noUploads.Load() {
		return store.PictureFile{}, nil
	}
	id, err := b.upload(ctx, x)
	if err != nil {
		return store.PictureFile{}, b.withoutPicture(d, err)
	}
	if id == "" {
		return store.PictureFile{}, nil
	}
	f = store.PictureFile{ID: id, Made: time.Now()}
	return f, cmp.Or(b.Store.SavePicture(ctx, key, f), settled(f))
}

// settled is an error while Slack hardly knows the file yet.
func settled(f store.PictureFile) error {
	if f.Settled() {
		return nil
	}
	return unsettled
}

// withoutPicture judges why a picture was not uploaded: nil is that the message goes without it.
func (b *Outbox) withoutPicture(d *delivery, err error) error {
	b.Log.Warn("outbox: a picture was not uploaded", "id", d.ID, "reason", reason(err))
	f, _ := judge(err)
	var said slack.SlackErrorResponse
	if f == pause && errors.As(err, &said) { // a scope is missing; what is wrong with the token the message will find out
		b.noUploads.Store(time.Now().Add(notUploading).UnixMilli())
		return nil
	}
	if errors.Is(err, draw.ErrFont) || f == never || d.Attempts+1 >= pictureTries {
		return nil
	}
	return &notUploaded{err}
}

// notUploaded is a picture for which the message waits a little.
type notUploaded struct{ cause error }

func (e *notUploaded) Error() string { return "its picture was not uploaded: " + reason(e.cause) }
func (e *notUploaded) Unwrap() error { return e.cause }

// upload draws the picture and gives it to Slack, where only messages show it. It
// returns the file's id, "" when there is nothing to draw.
func (b *Outbox) upload(ctx context.Context, x reports.Picture) (string, error) {
	if x.Make != nil {
		made, err := x.Make(ctx)
		if err != nil {
			return "", err
		}
		if x = made; x.Chart == nil && x.Map == nil {
			return "", nil
		}
	}
	var png bytes.Buffer
	if err := x.PNG(&png); err != nil {
		return "", err
	}
	const name = "picture.png"
	where, err := b.API.GetUploadURLExternalContext(ctx, slack.GetUploadURLExternalParameters{FileName: name, FileSize: png.Len(), AltTxt: x.Alt()})
	if err != nil {
		return "", err
	}
	if err := b.API.UploadToURL(ctx, slack.UploadToURLParameters{UploadURL: where.UploadURL, Filename: name, Reader: &png}); err != nil {
		return "", err
	}
	_, err = b.API.CompleteUploadExternalContext(ctx, slack.CompleteUploadExternalParameters{Files: []slack.FileSummary{{ID: where.FileID, Title: x.Title}}})
	return where.FileID, err
}

// aboutPictures reports whether Slack refused the message because of a picture in it, or does not say why.
func (d *delivery) aboutPictures(err error) bool {
	var said slack.SlackErrorResponse
	if len(d.shown) == 0 || !errors.As(err, &said) || !slices.Contains(badBlocks, said.Err) && said.Err != "invalid_arguments" {
		return false
	}
	why := strings.Join(said.ResponseMetadata.Messages, "; ")
	return why == "" || strings.Contains(why, "slack file") || strings.Contains(why, "slack_file")
}

// refusedPictures handles a refusal of blocks with pictures in them: Slack takes a moment
// to know a new file, so the message waits; a file that is gone is uploaded anew next
// time, and this message goes without it.
func (b *Outbox) refusedPictures(ctx context.Context, d *delivery, err error) error {
	for _, f := range d.shown {
		if time.Since(f.Made) < settling {
			return unsettled
		}
	}
	b.Log.Warn("outbox: Slack does not show a picture; the message is sent without", "id", d.ID, "reason", reason(err))
	for _, f := range d.shown {
		if err := b.Store.ForgetPicture(ctx, f.ID); err != nil {
			return err
		}
	}
	d.unpictured = true
	return nil
}

// unsettled is that Slack has not looked at the message's picture yet.
var unsettled = &notYet{store.UntilSettled, "Slack is still looking at its picture"}
