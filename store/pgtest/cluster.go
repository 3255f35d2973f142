package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// startCluster makes a cluster in a temporary folder and returns its address.
func startCluster() (string, error) {
	bin, err := programs()
	if err != nil {
		return "", err
	}
	who, err := unprivileged()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "pgtest")
	if err != nil {
		return "", err
	}
	if who != nil {
		if err := os.Chown(dir, int(who.uid), int(who.gid)); err != nil {
			return "", err
		}
	}
	data := filepath.Join(dir, "data")
	initdb := exec.CommandContext(context.Background(), filepath.Join(bin, "initdb"), "--pgdata", data, "--username", "postgres", "--auth", "trust",
		"--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync")
	runAs(initdb, who, dir)
	if out, err := initdb.CombinedOutput(); err != nil {
		os.RemoveAll(dir)
		return "", fmt.Errorf("initdb: %w: %s", err, bytes.TrimSpace(out))
	}
	port, err := freePort()
	if err != nil {
		return "", err
	}
	if err := watched(bin, dir, data, port, who); err != nil {
		os.RemoveAll(dir)
		return "", err
	}
	address := fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", port)
	return address, ready(address)
}

// watched starts the server under a shell that waits for this process's end of a
// pipe to close, however the process ends, and then stops the server and removes the folder.
func watched(bin, dir, data string, port int, who *account) error {
	const script = `"$1" -D "$2" -p "$3" -k "$4" -h 127.0.0.1 -F -c max_connections=200 -c shared_buffers=64MB \
	-c synchronous_commit=off -c full_page_writes=off >"$4/log" 2>&1 </dev/null 3<&- &
server=$!
cat <&3 >/dev/null
kill -INT "$server"
wait "$server"
rm -rf "$4"`
	alive, hold, err := os.Pipe()
	if err != nil {
		return err
	}
	defer alive.Close()
	holdOpen = hold
	shell := exec.CommandContext(context.Background(), "/bin/sh", "-c", script, "sh", filepath.Join(bin, "postgres"), data, strconv.Itoa(port), dir)
	shell.ExtraFiles = []*os.File{alive}
	runAs(shell, who, dir)
	detach(shell)
	return shell.Start()
}

// holdOpen is closed by the system when this process ends, and by nobody before.
var holdOpen *os.File //nolint:unused // it keeps the collector from closing the file

func programs() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return "", errors.New("initdb was not found in PATH or /usr/lib/postgresql")
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1]), nil
}

type account struct{ uid, gid uint32 }

// unprivileged returns whom to run the server as: PostgreSQL refuses root. Nil is ourselves.
func unprivileged() (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		return &account{uint32(uid), uint32(gid)}, nil
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody")
}

func freePort() (int, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

func ready(address string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, address)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the throw-away PostgreSQL did not start: %w", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}
