// Package pgtest gives tests a PostgreSQL database of their own.
//
// With TEST_DATABASE_URL set, each test gets a fresh database on that server.
// Otherwise the first test of a process starts a throw-away cluster from the
// programs that are installed, without fsync, which is removed when the process
// ends. Where neither is possible the test is skipped with the reason; when the
// environment says CI=true it fails.
package pgtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

var server = sync.OnceValues(func() (string, error) {
	if address := os.Getenv("TEST_DATABASE_URL"); address != "" {
		return address, nil
	}
	return startCluster()
})

// Start returns the postgres:// address of a fresh database, which is dropped when the test ends.
func Start(t testing.TB) string {
	t.Helper()
	address, err := server()
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("PostgreSQL is needed: %v", err)
		}
		t.Skipf("no PostgreSQL: %v; install it, or set TEST_DATABASE_URL", err)
	}
	name := fmt.Sprintf("pipewright_test_%d_%d", os.Getpid(), rand.Uint64())
	run(t, address, "CREATE DATABASE "+name)
	t.Cleanup(func() { run(t, address, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	u, err := url.Parse(address)
	if err != nil {
		t.Fatalf("TEST_DATABASE_URL: %v", err)
	}
	u.Path = "/" + name
	return u.String()
}

func run(t testing.TB, address, statement string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatalf("connect to PostgreSQL: %v", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
