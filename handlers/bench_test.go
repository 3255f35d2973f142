package handlers

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
)

// BenchmarkLog measures durable commands: each is one transaction with its event,
// card and history line.
func BenchmarkLog(b *testing.B) {
	w := newWorld(b)
	for i := range 50 {
		w.types(ana, fmt.Sprintf("/deal new Customer number %03d for Account %03d", i, i))
	}
	var n atomic.Int64
	b.SetParallelism(16)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := n.Add(1)
			_, err := w.app.Handle(context.Background(), Intent{
				Kind: Command, Key: fmt.Sprintf("bench-%d", i), Name: "log", Text: fmt.Sprintf("call D-%d 25m note %d", i%50+1, i),
				User: ana, Channel: "C1", Trigger: "t", Now: w.now,
			})
			if err != nil {
				b.Error(err)
			}
		}
	})
}
