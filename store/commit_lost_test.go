package store_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pipewright/store"
	"pipewright/store/pgtest"
)

// cutter stands between a client and PostgreSQL. Armed, it hands the next COMMIT to the
// server and cuts all connections before its answer; closed, it lets nobody in.
type cutter struct {
	net.Listener
	server string
	armed  atomic.Bool
	closed atomic.Bool
	shut   bool // lets nobody in after a cut
	mu     sync.Mutex
	open   []net.Conn // of clients
	cuts   atomic.Int32
}

func newCutter(t *testing.T, address string) (*cutter, string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{server: u.Host}
	if c.Listener, err = new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); c.cutAll() })
	go c.serve()
	u.Host = c.Addr().String()
	return c, u.String()
}

func (c *cutter) serve() {
	for {
		client, err := c.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", c.server) //nolint:noctx // it ends with the test
		if err != nil || c.closed.Load() {
			client.Close()
			continue
		}
		c.mu.Lock()
		c.open = append(c.open, client)
		c.mu.Unlock()
		go func() { _, _ = io.Copy(client, server); client.Close() }()
		go c.forward(server, client)
	}
}

// forward hands on what the client says, and looks for the end of a transaction.
func (c *cutter) forward(server, client net.Conn) {
	defer server.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		said := buffer[:n]
		if bytes.Contains(bytes.ToLower(said), []byte("commit\x00")) && c.armed.CompareAndSwap(true, false) {
			c.closed.Store(c.shut)
			c.cuts.Add(1)
			c.cutAll() // the answer has nowhere to go
			_, _ = server.Write(said)
			time.Sleep(100 * time.Millisecond) // the server commits
			return
		}
		if _, err := server.Write(said); err != nil {
			return
		}
	}
}

func (c *cutter) cutAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.open {
		conn.Close()
	}
	c.open = nil
}

// The answer to a COMMIT is lost. What was asked for under a key is looked up and done once; when
// nobody can look, or there is no key, nobody is told that nothing was changed.
func TestLostAnswerToACommit(t *testing.T) {
	address := pgtest.Start(t)
	direct := open(t, address, store.Options{})
	seedMap(t, direct)
	newDeal(t, direct, "Acme", "")
	there := func(note string) int {
		n := 0
		read(t, direct, func(ctx context.Context, r *store.Reader) error {
			all, err := r.Activities(ctx, 1)
			for _, a := range all {
				if a.Note == note {
					n++
				}
			}
			return err
		})
		return n
	}
	t.Run("looked up again", func(t *testing.T) {
		c, through := newCutter(t, address)
		s := open(t, through, store.Options{})
		c.armed.Store(true)
		_, err := logOnce(s, "lost:1", 1, "lost:1")
		if err != nil || c.cuts.Load() != 1 || there("lost:1") != 1 {
			t.Errorf("%v after %d cuts; there %d times", err, c.cuts.Load(), there("lost:1"))
		}
	})
	t.Run("away", func(t *testing.T) {
		c, through := newCutter(t, address)
		s := open(t, through, store.Options{})
		c.shut = true
		c.armed.Store(true)
		_, err := logOnce(s, "lost:2", 1, "lost:2")
		if !errors.Is(err, store.ErrUnsure) || there("lost:2") != 1 {
			t.Errorf("%v; there %d times", err, there("lost:2"))
		}
		_, err = logOnce(s, "lost:3", 1, "lost:3")
		if err == nil || errors.Is(err, store.ErrUnsure) || there("lost:3") != 0 {
			t.Errorf("never begun: %v; there %d times", err, there("lost:3"))
		}
		c.closed.Store(false)
		if _, err = logOnce(s, "lost:2", 1, "lost:2"); err != nil || there("lost:2") != 1 {
			t.Errorf("the same payload again: %v; there %d times", err, there("lost:2"))
		}
	})
	t.Run("no key", func(t *testing.T) {
		c, through := newCutter(t, address)
		s := open(t, through, store.Options{})
		c.armed.Store(true)
		err := s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.SetMeta(ctx, "lost", "yes") })
		if !errors.Is(err, store.ErrUnsure) {
			t.Errorf("%v", err)
		}
	})
}
