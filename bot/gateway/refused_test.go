package gateway

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pipewright/handlers"
)

// TestAFloodDoesNotFillTheLog sends many requests that nobody signed.
func TestAFloodDoesNotFillTheLog(t *testing.T) {
	g := newGateway(t, newFakeSlack(t), replies(handlers.Reply{}))
	var log bytes.Buffer
	g.Log = slog.New(slog.NewTextHandler(&log, nil))
	flood := func(n int) {
		for range n {
			g.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/slack/commands", strings.NewReader("text=x")))
		}
	}
	flood(1000)
	if n := strings.Count(log.String(), "\n"); n != 1 {
		t.Errorf("1000 refused requests wrote %d lines", n)
	}
	g.refused.told = time.Now().Add(-refusedEvery)
	flood(1)
	if s := log.String(); strings.Count(s, "\n") != 2 || !strings.Contains(s, "refused=1000") {
		t.Errorf("the log does not say how many there were:\n%s", s)
	}
}
