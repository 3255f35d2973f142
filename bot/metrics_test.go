package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"pipewright/handlers"
)

// Every form that follows another has a name of its own, and nobody may type more series.
func TestIntentsHaveFewNames(t *testing.T) {
	m := newMetrics(&bot{})
	for i := range 20 {
		for _, in := range []handlers.Intent{
			{Kind: handlers.Submission, Name: fmt.Sprintf("deal.lose:hash%d", i)},
			{Kind: handlers.Action, Name: fmt.Sprintf("run:%d", i)},
			{Kind: handlers.Command, Name: fmt.Sprintf("typed%d", i)},
		} {
			m.handled(in, "done", time.Millisecond)
		}
	}
	series := make(chan prometheus.Metric, 100)
	m.intents.Collect(series)
	if n := len(series); n != 3 {
		t.Errorf("%d series, want one each for the form, the button and unknown commands", n)
	}
}
