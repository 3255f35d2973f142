package playground

import (
	"encoding/json"
	"strings"
	"sync"
	"time"
)

const (
	keptEntries = 2000
	keptBytes   = 256 << 10 // of one request or response
)

// Entry is one line of the traffic log. Tokens and response URLs are masked.
type Entry struct {
	N        int     `json:"n"`
	At       int64   `json:"at"`     // real time, milliseconds
	Dir      string  `json:"dir"`    // to_bot, ack or from_bot
	Method   string  `json:"method"` // Web API method, or kind of payload
	Of       int     `json:"of,omitempty"`
	User     string  `json:"user,omitempty"`
	Channel  string  `json:"channel,omitempty"`
	Request  any     `json:"request,omitempty"`
	Response any     `json:"response,omitempty"`
	Status   string  `json:"status"`       // ok, sent, or Slack's error
	Ms       float64 `json:"ms,omitempty"` // how long the answer took

	sent *delivery // what redeliver sends again
}

// journal is the log: the latest entries, in order.
type journal struct {
	mu      sync.Mutex
	n       int
	entries []Entry // a ring, once it is full
	mask    func(any) any
}

func newJournal() *journal { return &journal{} }

// add numbers and keeps e, and returns it as kept.
func (j *journal) add(e Entry) Entry {
	e.Request, e.Response = j.mask(e.Request), j.mask(e.Response)
	e.At = time.Now().UnixMilli()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.n++
	e.N = j.n
	if len(j.entries) < keptEntries {
		j.entries = append(j.entries, e)
	} else {
		j.entries[(e.N-1)%keptEntries] = e
	}
	return e
}

// after returns the kept entries with a number above n, in order.
func (j *journal) after(n int) []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := []Entry{}
	for i := max(n+1, j.n-len(j.entries)+1); i <= j.n; i++ {
		out = append(out, j.entries[(i-1)%keptEntries])
	}
	return out
}

func (j *journal) entry(n int) (Entry, bool) {
	for _, e := range j.after(n - 1) {
		return e, e.N == n
	}
	return Entry{}, false
}

// note writes an entry and shows it.
func (s *Server) note(e Entry) Entry {
	e = s.journal.add(e)
	s.stream.tell(nil, obj{"type": "log", "entry": e})
	return e
}

// newMask returns a function that copies JSON with secrets taken out, and oversized values cut.
func newMask(base string, sec secrets) func(any) any {
	hide := strings.NewReplacer(sec.bot, "xoxb-***", sec.app, "xapp-***", sec.signing, "***", sec.verification, "***")
	text := func(t string) string {
		t = hide.Replace(t)
		for _, path := range []string{"/hooks/", "/upload/", "/link?ticket="} {
			t = maskAfter(t, base+path)
			t = maskAfter(t, "ws"+strings.TrimPrefix(base, "http")+path)
		}
		return t
	}
	var walk func(any) any
	walk = func(v any) any {
		switch v := v.(type) {
		case string:
			return text(v)
		case obj:
			out := make(obj, len(v))
			for key, inner := range v {
				out[key] = walk(inner)
			}
			return out
		case list:
			out := make(list, len(v))
			for i, inner := range v {
				out[i] = walk(inner)
			}
			return out
		default:
			return v
		}
	}
	return func(v any) any {
		if v == nil {
			return nil
		}
		raw, err := json.Marshal(v)
		if err != nil || len(raw) > keptBytes {
			return obj{"left_out": "too large to keep", "bytes": len(raw)}
		}
		var plain any // a copy: nothing that still changes may stand in the log
		if json.Unmarshal(raw, &plain) != nil {
			return nil
		}
		return walk(plain)
	}
}

// maskAfter hides what follows each occurrence of prefix, up to the end of the word.
func maskAfter(text, prefix string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, prefix)
		out.WriteString(before)
		if !found {
			return out.String()
		}
		out.WriteString(prefix + "***")
		end := strings.IndexFunc(rest, func(r rune) bool { return strings.ContainsRune(" \"'<>|&\n", r) })
		if end < 0 {
			return out.String()
		}
		text = rest[end:]
	}
}
