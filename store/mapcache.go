package store

import (
	"maps"
	"sync"

	"pipewright/internal/sales"
)

// mapCache keeps versions of the map, which never change once committed. What a
// transaction reads may be its own, and be rolled back: it goes into the store's
// cache after the commit.
type mapCache struct {
	mu        sync.Mutex
	processes map[mapKey]*sales.Process
	org       *sales.Organisation
	orgAt     [2]int // versions of the organisation and of the groups in org
}

type mapKey struct {
	key     string
	version int
}

func (c *mapCache) learn(from *mapCache) {
	if from.org == nil && len(from.processes) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if from.org != nil {
		c.org, c.orgAt = from.org, from.orgAt
	}
	if c.processes == nil {
		c.processes = map[mapKey]*sales.Process{}
	}
	maps.Copy(c.processes, from.processes)
}

func (c *mapCache) process(at mapKey) *sales.Process {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.processes[at]
}

func (c *mapCache) organisation(at [2]int) *sales.Organisation {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.orgAt == at {
		return c.org
	}
	return nil
}

func (r *Reader) cachedProcess(at mapKey) *sales.Process {
	if p := r.learned.process(at); p != nil {
		return p
	}
	return r.store.maps.process(at)
}

func (r *Reader) cachedOrg(at [2]int) *sales.Organisation {
	if o := r.learned.organisation(at); o != nil {
		return o
	}
	return r.store.maps.organisation(at)
}
