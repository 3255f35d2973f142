package main

import (
	"context"
	"syscall"
)

// openApart starts the bots in processes of their own, so that they can be killed, and has one here that only looks.
func (s *story) openApart() {
	s.t.Helper()
	b, err := s.lab.bot(context.Background(), "empty")
	if err != nil {
		s.t.Fatal(err)
	}
	s.bot = b
	s.t.Cleanup(func() {
		_ = b.listener.Close()
		_ = b.store.Close()
	})
	for range s.replicas {
		s.apart = append(s.apart, newChild(s.t, s.lab))
	}
	s.beginApart()
}

func (s *story) beginApart() {
	s.t.Helper()
	for _, c := range s.apart {
		c.start()
	}
	s.stop = func() { s.signal(syscall.SIGTERM) }
}

// signal ends the processes, at once or in good order.
func (s *story) signal(how syscall.Signal) {
	for _, c := range s.apart {
		c.signal(how)
	}
}
