package playground

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

func TestFilesAreUploadedSharedAndServed(t *testing.T) {
	w := newWorld(t)
	const csv = "deal,amount\nAcme,12\n"
	_, ts, _ := w.api.PostMessage("C0DEALS", slack.MsgOptionText("digest", false))
	sum, err := w.api.UploadFile(slack.UploadFileParameters{
		Filename: "won deals.csv", Title: "Won", FileSize: len(csv), Reader: strings.NewReader(csv), Channel: "C0DEALS", ThreadTimestamp: ts, InitialComment: "the list",
	})
	if err != nil {
		t.Fatal(err)
	}
	thread := asList(w.get("messages", "channel", "deals", "thread_ts", ts, "user", "ana")["messages"])
	m := thread[len(thread)-1].(obj)
	f := asList(m["files"])[0].(obj)
	if m["text"] != "the list" || f["id"] != sum.ID || f["title"] != "Won" || f["size"] != float64(len(csv)) || f["mimetype"] != "text/csv" {
		t.Errorf("message = %v", m)
	}
	var got bytes.Buffer
	if err := w.api.GetFile(f["url_private"].(string), &got); err != nil || got.String() != csv {
		t.Errorf("read back %q (%v)", got.String(), err)
	}
}

func TestFileRefusals(t *testing.T) {
	w := newWorld(t)
	up, err := w.api.GetUploadURLExternalContext(t.Context(), slack.GetUploadURLExternalParameters{FileName: "a.txt", FileSize: 5})
	if err != nil {
		t.Fatal(err)
	}
	complete := func(channel string) error {
		_, err := w.api.CompleteUploadExternalContext(t.Context(), slack.CompleteUploadExternalParameters{Files: []slack.FileSummary{{ID: up.FileID}}, Channel: channel})
		return err
	}
	if err := complete("C0DEALS"); err == nil || err.Error() != "file_not_found" {
		t.Errorf("nothing was uploaded yet: %v", err)
	}
	for _, c := range []struct {
		address, body string
		want          int
	}{{up.UploadURL, "four", 400}, {strings.Split(up.UploadURL, "-")[0] + "-guess", "fives", 404}, {up.UploadURL, "fives", 200}} {
		resp, err := http.Post(c.address, "application/octet-stream", strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != c.want {
			t.Errorf("%q: %d, want %d", c.body, resp.StatusCode, c.want)
		}
	}
	if err := complete("C0OTHER"); err == nil || err.Error() != "not_in_channel" {
		t.Errorf("a channel that the app is not in: %v", err)
	}
	if err := complete("U0ANA"); err != nil {
		t.Errorf("a direct message: %v", err)
	}
}

func TestOldFilesMakeRoom(t *testing.T) {
	w := newWorld(t)
	w.mu.Lock()
	defer w.mu.Unlock()
	first := w.newFile("a", "U0ANA", maxFile)
	for range keptFiles / maxFile {
		w.newFile("b", "U0ANA", maxFile)
	}
	if w.ws.files[first.id] != nil || len(w.ws.files) != keptFiles/maxFile {
		t.Errorf("%d files are kept", len(w.ws.files))
	}
}

func TestFileInput(t *testing.T) {
	w := newWorld(t)
	var got slack.InteractionCallback
	w.connect(1, func(e socketmode.Event) (any, bool) {
		got, _ = e.Data.(slack.InteractionCallback)
		return nil, true
	})
	view := form("contract")
	view.Blocks.BlockSet = append(view.Blocks.BlockSet, slack.NewInputBlock("doc", plainText("Contract"), nil, slack.NewFileInputBlockElement("doc_in")))
	w.open(view)
	file := w.do("upload", obj{"user": "ana", "name": "contract.pdf", "content": []byte("%PDF")})["file"].(obj)
	w.do("submit", obj{"user": "ana", "values": obj{"Name": "Acme", "Contract": list{file["id"]}}})
	if files := got.View.State.Values["doc"]["doc_in"].Files; len(files) != 1 || files[0].Name != "contract.pdf" || files[0].User != "U0ANA" {
		t.Errorf("files = %+v", files)
	}
}
