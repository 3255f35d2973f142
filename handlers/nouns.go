package handlers

// books are what there is to talk about, in the order of help. They are filled at
// start because some of what they hold looks routes up.
var (
	books  []book
	routes []Route
)

func init() {
	books = []book{
		coreBook(),
		dealBook(),
		activityBook(),
		approvalBook(),
		delegationBook(),
		processBook(),
		homeBook(),
		nudgeBook(),
		pulseBook(),
		reportBook(),
	}
	for _, b := range books {
		routes = append(routes, b.routes...)
	}
}

func nouns() []book { return books }
