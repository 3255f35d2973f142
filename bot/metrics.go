package main

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"pipewright/handlers"
	"pipewright/store"
)

// metrics is what Prometheus may scrape. What changes with every intent is
// counted; what stands in the database is read when somebody asks.
type metrics struct {
	registry   *prometheus.Registry
	intents    *prometheus.CounterVec
	latency    *prometheus.HistogramVec
	deliveries *prometheus.CounterVec
	delivery   prometheus.Histogram
}

func newMetrics(b *bot) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		intents: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "pipewright_intents_total", Help: "What people did, by kind, name and outcome (done, late, failed, shed).",
		}, []string{"kind", "name", "outcome"}),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "pipewright_intent_seconds", Help: "From the arrival of a payload until it was answered.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2, 3, 10},
		}, []string{"kind"}),
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "pipewright_deliveries_total", Help: "Messages to Slack, by kind and outcome (delivered, unchanged, found, later, retry, buried).",
		}, []string{"kind", "outcome"}),
		delivery: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "pipewright_delivery_seconds", Help: "From the lease of a message to its end.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}),
	}
	m.registry.MustRegister(m.intents, m.latency, m.deliveries, m.delivery, &stateCollector{b},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// handled counts one intent. Names come from our own manifest and blocks, so
// there are few of them; what stands behind a colon tells forms and buttons of one
// name apart and is left out, and a command that is not ours counts as other.
func (m *metrics) handled(in handlers.Intent, outcome string, took time.Duration) {
	name, _, _ := strings.Cut(in.Name, ":")
	if in.Kind == handlers.Command && !ownCommand(name) {
		name = "other"
	}
	m.intents.WithLabelValues(string(in.Kind), name, outcome).Inc()
	m.latency.WithLabelValues(string(in.Kind)).Observe(took.Seconds())
}

var ownCommands = sync.OnceValue(func() map[string]bool {
	own := map[string]bool{}
	for _, r := range handlers.Routes() {
		own[r.Command] = true
	}
	return own
})

func ownCommand(name string) bool { return ownCommands()[name] }

func (m *metrics) delivered(kind, outcome string, took time.Duration) {
	m.deliveries.WithLabelValues(kind, outcome).Inc()
	m.delivery.Observe(took.Seconds())
}

// stateCollector reads gauges when they are scraped.
type stateCollector struct{ b *bot }

var (
	descDue      = prometheus.NewDesc("pipewright_outbox_due", "Messages waiting to be delivered.", nil, nil)
	descDead     = prometheus.NewDesc("pipewright_outbox_dead", "Messages that Slack refused for good.", nil, nil)
	descOldest   = prometheus.NewDesc("pipewright_outbox_oldest_seconds", "Age of the oldest waiting message.", nil, nil)
	descPending  = prometheus.NewDesc("pipewright_inbox_pending", "Payloads acknowledged and not finished yet.", nil, nil)
	descSockets  = prometheus.NewDesc("pipewright_sockets_connected", "Open connections of Socket Mode.", nil, nil)
	descReady    = prometheus.NewDesc("pipewright_ready", "1 when the bot can do its work.", nil, nil)
	descDatabase = prometheus.NewDesc("pipewright_database_up", "1 when the database answers.", nil, nil)
	descSealed   = prometheus.NewDesc("pipewright_audit_seal_lag_seconds", "Since the sealer last had nothing left to do.", nil, nil)
)

func (*stateCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descDue, descDead, descOldest, descPending, descSockets, descReady, descDatabase, descSealed} {
		out <- d
	}
}

func (c *stateCollector) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	gauge := func(d *prometheus.Desc, v float64) { out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v) }
	if stats, err := c.b.store.OutboxStats(ctx); err == nil {
		gauge(descDue, float64(stats.Due))
		gauge(descDead, float64(stats.Dead))
		age := 0.0
		if !stats.Oldest.IsZero() {
			age = max(time.Since(stats.Oldest).Seconds(), 0)
		}
		gauge(descOldest, age)
	}
	err := c.b.store.Read(ctx, func(ctx context.Context, r *store.Reader) error {
		rows, err := r.PendingInbound(ctx, time.Now())
		if err == nil {
			gauge(descPending, float64(len(rows)))
		}
		return err
	})
	gauge(descDatabase, truth(err == nil))
	gauge(descReady, truth(len(c.b.problems(ctx)) == 0))
	sockets := 0
	if g := c.b.gateway.Load(); g != nil {
		sockets = g.Connected()
	}
	gauge(descSockets, float64(sockets))
	gauge(descSealed, c.b.sealer.lag().Seconds())
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
