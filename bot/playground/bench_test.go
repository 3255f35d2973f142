package playground

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"
)

// BenchmarkCommand measures what the playground itself costs: a command over signed HTTP and its answer.
func BenchmarkCommand(b *testing.B) {
	s, err := New(Config{Manifest: []byte(testManifest), Workspace: testWorkspace()})
	if err != nil {
		b.Fatal(err)
	}
	s.Start()
	defer s.Close(b.Context())
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"text":"ok"}`)) }))
	defer app.Close()
	s.SetEventsURL(app.URL)
	for b.Loop() {
		resp, err := http.Post(s.URL()+"/_control/command", "application/json", bytes.NewReader([]byte(`{"user":"ana","channel":"deals","command":"/deal","text":"list"}`)))
		if err != nil || resp.StatusCode != http.StatusOK {
			b.Fatal(resp, err)
		}
		_ = resp.Body.Close()
	}
}
