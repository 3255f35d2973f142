package text

import (
	"sync"
	"time"
)

var zones sync.Map // *time.Location by name: each is a file to read

// Zone returns the time zone of the name, as "Europe/Berlin"; nil for none and for an unknown one.
func Zone(name string) *time.Location {
	if name == "" {
		return nil
	}
	if z, ok := zones.Load(name); ok {
		return z.(*time.Location)
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	zones.Store(name, z)
	return z
}
