# One way to do each thing; .ci/run calls the same targets.
GO       ?= go
LINTER   := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
RACY     := ./store/... ./bot/gateway/... ./bot/outbox/... ./bot/playground/...

# What is proved with many seeds, at full length; the tests run a part of it.
TRUTH    := 'KnownTruth|Cover|YearsOf|Level|SumsAreSums'

.PHONY: build test race races soak lint bench pictures truth

build:
	$(GO) build -o pipewright ./bot

test:
	$(GO) test ./...

race: # where goroutines meet; elsewhere it only costs time
	$(GO) test -race -short $(RACY)

races: # ten thousand rounds of people who decide at the same instant; the tests run a twentieth of them
	$(GO) test ./handlers -run '^TestApprovalRaces$$' -races 10000 -v -timeout 30m

SOAK ?= 10m
soak: # the whole bot under 200 commands a second, with a fault of Slack's every 30 seconds; make soak SOAK=2h
	$(GO) test ./bot -run '^TestSoak$$' -soak $(SOAK) -v -timeout 0

lint:
	$(GO) vet ./...
	$(GO) run $(LINTER) run ./...

bench: # medians of several runs: compare figures of one run, not of two machines
	$(GO) test -run '^$$' -bench . -benchmem -count 5 -timeout 1h ./...
	$(MAKE) bench-reports

# Its go.mod lists what this module needs as well, and is brought up to date in a copy.
bench-reports: # beside DuckDB, in a module of its own; PIPEWRIGHT_BENCH_SMALL=1 leaves out the million deals
	copy=$$(mktemp -d) && trap "rm -rf $$copy" EXIT && cp reports/bench/go.mod reports/bench/go.sum $$copy && \
	cd reports/bench && $(GO) test -modfile=$$copy/go.mod -mod=mod -run . -count 1 -timeout 3h -v .

truth: # planted truth and ten simulated years on both databases, with the figures; ten minutes on two cores
	$(GO) test ./reports ./reports/stat -run $(TRUTH) -truth -v -timeout 1h

pictures: # of the documentation, drawn anew from the playground; needs Chromium and fonts with Chinese
	PICTURES=$(CURDIR)/docs/pictures $(GO) test ./bot -run "^Test(Report)?Pictures$$" -timeout 30m -count 1
