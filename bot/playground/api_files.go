package playground

import (
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	maxFile   = 32 << 20
	keptFiles = 128 << 20 // all together; older ones are forgotten
)

// file is an uploaded file; data is nil until it has arrived.
type file struct {
	id, name, title, alt, user string
	size                       int
	created                    int64
	data                       []byte
	channels                   []string
	shared                     bool
	ready                      time.Time // protocol time from which blocks may show it
}

// digesting is how long Slack takes to look at an uploaded file before blocks may show it.
const digesting = 300 * time.Millisecond

// uploadKey keeps an upload address from being guessed from the file's id.
func (s *Server) uploadKey(id string) string { return makeID("K", s.secrets.signing+id) }

func (s *Server) filesGetUploadURL(in args) (obj, error) {
	size, err := strconv.Atoi(in.text("length"))
	switch {
	case in.text("filename") == "":
		return nil, invalid("invalid_arguments", []string{"missing required field: filename"})
	case err != nil || size <= 0:
		return nil, invalid("invalid_arguments", []string{"must be greater than 0 [json-pointer:/length]"})
	case size > maxFile:
		return nil, fail("file_upload_size_restricted")
	}
	f := s.newFile(path.Base(in.text("filename")), s.app.botUser, size)
	f.alt = in.text("alt_txt")
	return obj{"upload_url": s.base + "/upload/" + f.id + "-" + s.uploadKey(f.id), "file_id": f.id}, nil
}

func (s *Server) newFile(name, user string, size int) *file {
	f := &file{id: s.ws.nextID("F"), name: name, title: name, user: user, size: size, created: s.clock.Now().Unix()}
	s.ws.files[f.id] = f
	s.ws.fileOrder = append(s.ws.fileOrder, f.id)
	total := 0
	for _, other := range s.ws.files {
		total += other.size
	}
	for total > keptFiles && len(s.ws.fileOrder) > 1 {
		oldest := s.ws.fileOrder[0]
		total -= s.ws.files[oldest].size
		delete(s.ws.files, oldest)
		s.ws.fileOrder = s.ws.fileOrder[1:]
	}
	return f
}

// serveUpload takes the bytes of a file, raw or as a form's part named file.
func (s *Server) serveUpload(w http.ResponseWriter, r *http.Request) {
	id, key, _ := strings.Cut(r.PathValue("id"), "-")
	r.Body = http.MaxBytesReader(w, r.Body, maxFile+1<<20)
	var in io.Reader = r.Body
	if part, _, err := r.FormFile("file"); err == nil {
		defer part.Close()
		in = part
	}
	data, err := io.ReadAll(in)
	s.mu.Lock()
	f := s.ws.files[id]
	switch {
	case f == nil || key != s.uploadKey(id):
		http.Error(w, "file_not_found", http.StatusNotFound)
	case err != nil || len(data) != f.size:
		http.Error(w, "the length is not the one announced", http.StatusBadRequest)
	default:
		f.data = data
		_, _ = w.Write([]byte("OK - " + strconv.Itoa(len(data))))
	}
	s.mu.Unlock()
}

func (s *Server) filesCompleteUpload(in args) (obj, error) {
	v, _ := in.json("files")
	wanted, _ := v.(list)
	if len(wanted) == 0 {
		return nil, invalid("invalid_arguments", []string{"missing required field: files"})
	}
	var ids []string
	for _, item := range wanted {
		o, _ := item.(obj)
		f := s.ws.files[args(o).text("id")]
		if f == nil || f.data == nil {
			return nil, fail("file_not_found")
		}
		f.title = or(args(o).text("title"), f.title)
		ids = append(ids, f.id)
	}
	refs := strings.FieldsFunc(or(in.text("channels"), in.text("channel_id")), func(r rune) bool { return r == ',' })
	var channels []*channel
	for _, ref := range refs {
		c, err := s.target(ref, true)
		if err != nil {
			return nil, err
		}
		channels = append(channels, c)
	}
	blocks, err := s.readBlocks(in, "blocks", "invalid_blocks")
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		s.ws.files[id].shared = true
		s.ws.files[id].ready = time.Now().Add(digesting)
		for _, c := range channels {
			s.ws.files[id].channels = append(s.ws.files[id].channels, c.id)
		}
	}
	for _, c := range channels {
		s.post(c, &message{
			user: s.app.botUser, files: ids, threadTS: c.threadOf(in.text("thread_ts")),
			content: content{text: in.text("initial_comment"), blocks: blocks},
		})
	}
	return obj{"files": s.fileObjects(ids)}, nil
}

func (s *Server) filesInfo(in args) (obj, error) {
	f := s.ws.files[in.text("file")]
	if f == nil {
		return nil, fail("file_not_found")
	}
	return obj{"file": s.fileObject(f), "comments": list{}}, nil
}

func (s *Server) fileObjects(ids []string) list {
	out := list{}
	for _, id := range ids {
		if f := s.ws.files[id]; f != nil {
			out = append(out, s.fileObject(f))
		} else {
			out = append(out, obj{"id": id, "mode": "tombstone"})
		}
	}
	return out
}

func (s *Server) fileObject(f *file) obj {
	kind := strings.TrimPrefix(strings.ToLower(path.Ext(f.name)), ".")
	address := s.base + "/files/" + f.id + "/" + url.PathEscape(f.name)
	o := obj{
		"id": f.id, "created": f.created, "timestamp": f.created, "name": f.name, "title": f.title, "mimetype": mimeOf(f.name), "filetype": or(kind, "binary"),
		"pretty_type": strings.ToUpper(kind), "user": f.user, "user_team": s.ws.id, "mode": "hosted", "size": f.size, "is_external": false, "is_public": true,
		"url_private": address, "url_private_download": address, "permalink": address, "channels": append([]string{}, f.channels...),
		"alt_txt": f.alt, "file_access": "visible",
	}
	if strings.HasPrefix(mimeOf(f.name), "image/") {
		o["thumb_360"], o["thumb_720"] = address, address
	}
	return o
}

// mayShow reports whether the app may show the file in a block: a picture that it uploaded, once Slack has looked at it.
func (s *Server) mayShow(id string) bool {
	f := s.ws.files[id]
	return f != nil && f.shared && f.data != nil && f.user == s.app.botUser && !time.Now().Before(f.ready) &&
		slices.Contains([]string{"image/png", "image/jpeg", "image/gif"}, mimeOf(f.name))
}

func mimeOf(name string) string {
	kind, _, _ := strings.Cut(mime.TypeByExtension(path.Ext(name)), ";")
	return or(kind, "application/octet-stream")
}

// serveFile gives a file to the page, or to the app with its token. What could run in the page's origin
// is only ever downloaded.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	var f file
	if found := s.ws.files[r.PathValue("id")]; found != nil {
		f = *found
	}
	s.mu.Unlock()
	if f.data == nil {
		http.NotFound(w, r)
		return
	}
	kind := mimeOf(f.name)
	w.Header().Set("Content-Type", kind)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'")
	if !strings.HasPrefix(kind, "image/") && kind != "text/csv" && kind != "text/plain" {
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.name}))
	}
	_, _ = w.Write(f.data)
}
