package sales

import (
	"embed"
	"fmt"
	"slices"
	"sync"
)

//go:embed shipped/*.yaml
var shippedFiles embed.FS

// Shipped returns the map that a team starts from: a business-to-business process,
// which is the default, a short one for renewals, and the roles that they need, which
// nobody holds yet. The processes are shared, since they never change; the
// organisation is the caller's own.
func Shipped() *Map {
	m := *shippedMap()
	organisation := *m.Organisation
	organisation.Roles = slices.Clone(organisation.Roles)
	m.Organisation = &organisation
	m.Processes = slices.Clone(m.Processes)
	return &m
}

// ShippedFile returns the commented file that a shipped process comes from, to
// start a map of one's own with, and whether there is one of that key.
func ShippedFile(process string) ([]byte, bool) {
	file, err := shippedFiles.ReadFile("shipped/" + process + ".yaml")
	return file, err == nil
}

var shippedMap = sync.OnceValue(func() *Map {
	m := &Map{}
	for _, key := range []string{"b2b", "renewal"} {
		file, _ := ShippedFile(key)
		part, problems := ParseMap(file)
		if len(problems) > 0 {
			panic(fmt.Sprintf("sales: shipped map %s: %v", key, problems))
		}
		if part.Organisation != nil {
			m.Organisation = part.Organisation
		}
		m.Processes = append(m.Processes, part.Processes...)
	}
	return m
})
