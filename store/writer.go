package store

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
)

// job is one write transaction that waits for the writer.
type job struct {
	ctx   context.Context
	fn    func(ctx context.Context, s *session) (bool, error)
	state atomic.Int32
	done  chan struct{} // closed when err is final
	err   error
	panic any
}

// A job is either begun by the writer or given up by its caller, never both.
const (
	jobWaits int32 = iota
	jobBegun
	jobGivenUp
)

func (e *sqlite) write(ctx context.Context, fn func(ctx context.Context, s *session) (bool, error)) error {
	j := &job{ctx: ctx, fn: fn, done: make(chan struct{})}
	select {
	case <-e.closing:
		return ErrClosed
	default:
	}
	select {
	case e.queue <- j:
	default:
		return ErrBusy
	}
	select {
	case <-j.done:
	case <-ctx.Done():
		if j.state.CompareAndSwap(jobWaits, jobGivenUp) {
			return ctx.Err()
		}
		<-j.done // it has begun: what it did is about to be known
	case <-e.stopped:
		if j.state.CompareAndSwap(jobWaits, jobGivenUp) {
			return ErrClosed
		}
		<-j.done
	}
	if j.panic != nil {
		panic(j.panic)
	}
	return j.err
}

// serve is the writer: it takes what waits and commits it together.
func (e *sqlite) serve() {
	defer close(e.stopped)
	for {
		select {
		case <-e.closing:
			return
		case j := <-e.queue:
			e.commit(e.gather(j))
		}
	}
}

func (e *sqlite) gather(first *job) []*job {
	batch := make([]*job, 0, batchLength)
	for j := first; ; {
		if j.state.CompareAndSwap(jobWaits, jobBegun) {
			batch = append(batch, j)
		}
		if len(batch) == batchLength {
			return batch
		}
		select {
		case j = <-e.queue:
		default:
			return batch
		}
	}
}

// errLost says that the whole transaction is gone, not only one job's part of it.
var errLost = errors.New("the transaction was rolled back")

// commit runs the jobs in one transaction; when that is lost, each in one of its own.
func (e *sqlite) commit(batch []*job) {
	if len(batch) == 0 {
		return
	}
	if len(batch) == 1 {
		e.single(batch[0])
		return
	}
	// What fails has seldom written anything, so at first no job gets a savepoint: those cost as much as
	// two of its statements.
	for _, run := range []func(*job) error{e.bare, e.savepoint} {
		if err := e.begin(); err != nil { // another program holds the database; each would wait as long again
			for _, j := range batch {
				j.finish(err)
			}
			return
		}
		if e.together(batch, run) == nil {
			return
		}
	}
	for _, j := range batch {
		e.single(j)
	}
}

func (e *sqlite) single(j *job) {
	err := e.begin()
	if err != nil {
		j.finish(err)
		return
	}
	if err = e.run(j); err != nil {
		e.rollback()
		j.finish(err)
		return
	}
	if err = e.exec(`COMMIT`); err != nil {
		e.rollback()
	}
	j.finish(wrap("commit", err))
}

// together runs the jobs in the open transaction. It answers nobody unless
// everybody can be answered.
func (e *sqlite) together(batch []*job, run func(*job) error) error {
	errs := make([]error, len(batch))
	for i, j := range batch {
		if errs[i] = run(j); errors.Is(errs[i], errLost) {
			e.rollback()
			return errs[i]
		}
	}
	if err := e.exec(`COMMIT`); err != nil {
		e.rollback()
		return err
	}
	for i, j := range batch {
		j.finish(errs[i])
	}
	return nil
}

// bare runs one job whose failure takes back the whole transaction, unless it has changed nothing.
func (e *sqlite) bare(j *job) error {
	e.writer.wrote = false
	err := e.run(j)
	if err != nil && (e.writer.wrote || e.writer.failed != nil) {
		return fmt.Errorf("%w: %w", errLost, err)
	}
	return err
}

// savepoint runs one job so that its failure takes back its own part only.
func (e *sqlite) savepoint(j *job) error {
	if err := e.exec(`SAVEPOINT job`); err != nil {
		return fmt.Errorf("%w: %w", errLost, err)
	}
	err := e.run(j)
	if err != nil {
		e.writer.heads = nil
		if back := e.exec(`ROLLBACK TO job`); back != nil {
			return fmt.Errorf("%w: %w", errLost, err)
		}
	}
	if release := e.exec(`RELEASE job`); release != nil {
		return fmt.Errorf("%w: %w", errLost, release)
	}
	return err
}

// run hands a panic over to the job's caller.
func (e *sqlite) run(j *job) (err error) {
	defer func() {
		if j.panic = recover(); j.panic != nil {
			err = fmt.Errorf("panic: %v", j.panic)
		}
	}()
	e.writer.failed = nil
	_, err = j.fn(context.WithoutCancel(j.ctx), e.writer)
	return err
}

// begin opens the transaction; nobody else writes until it ends.
func (e *sqlite) begin() error {
	e.writer.heads = nil
	if err := e.exec(`BEGIN IMMEDIATE`); err != nil {
		return fmt.Errorf("%w (begin: %w)", ErrBusy, err)
	}
	return nil
}

func (e *sqlite) exec(query string) error {
	e.writer.failed = nil
	_, err := e.writer.exec(context.Background(), query)
	return err
}

// rollback may find the transaction gone already; then there is nothing to do.
func (e *sqlite) rollback() { _ = e.exec(`ROLLBACK`) }

func (j *job) finish(err error) {
	j.err = err
	close(j.done)
}
