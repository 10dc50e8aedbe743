# The two commands of the README: make run, make test.
SHELL := /bin/bash
TAGS  := migrated_fynedo,no_animations
GO    := go
# The race detector, without its pointer checks in the SQLite driver, and not in the SQLite that was translated from C
# (its locks are C's: the detector sees none of them) nor in libraries' loops over pixels, letters, numbers and bytes,
# which share nothing (argon2's lanes are its own): half of the time. What they do to a buffer of ours isn't seen.
RACE  := -race -gcflags=modernc.org/...=-d=checkptr=0 $(foreach p,modernc.org/sqlite/lib modernc.org/libc/... modernc.org/memory \
	image/... golang.org/x/image/... github.com/srwiley/rasterx github.com/fyne-io/oksvg github.com/go-text/typesetting/... \
	github.com/boombuler/barcode/... math/big crypto/internal/fips140/... golang.org/x/crypto/... hash/... compress/... \
	github.com/klauspost/compress/...,-gcflags=$(p)=-race=false)
# One package more than there are processors at a time, as a good part of the tests waits for paper, people and networks.
MANY  := -p $(shell echo $$(($$(nproc) + 1)))
# What takes longest goes first, so that it does not run alone at the end.
ALL   := ./ui ./cmd/internal/fault ./cmd/internal/station ./cmd/kiosk ./hub/... ./...
export GOFLAGS := -buildvcs=false
export CGO_ENABLED := 1

.PHONY: run test build check bench soak screens setup setup-test setup-bench clean

run: setup build
	@bin/demo

build:
	@$(GO) build -tags $(TAGS) -o bin/ ./cmd/...

# Every real part is required and no test may skip.
# The power cuts need root, and so do a printer that goes in silence and a look into
# the kiosk's memory: as another user they run under sudo, with a build cache of their own.
test: setup-test check
ifeq ($(shell id -u),0)
	POINTKIOSK_REAL=1 $(GO) test $(RACE) $(MANY) -tags $(TAGS) -timeout 40m $(ALL)
else
	POINTKIOSK_REAL=1 $(GO) test $(RACE) $(MANY) -tags $(TAGS) -timeout 40m $$($(GO) list $(ALL) | grep -v -e internal/fault -e printer/wire -e 'cmd/kiosk$$')
	POINTKIOSK_REAL=1 $(GO) test $(RACE) $(MANY) -tags $(TAGS) -timeout 40m -exec "sudo -E env PATH=$$PATH GOCACHE=/tmp/pointkiosk-root-cache" ./cmd/internal/fault ./printer/wire ./cmd/kiosk
endif

check:
	@unformatted="$$(gofmt -l $$(git ls-files '*.go'))"; [ -z "$$unformatted" ] || { echo "not gofmt-ed: $$unformatted"; exit 1; }
	$(GO) mod verify
	$(GO) vet -tags $(TAGS) ./...
	$(GO) tool staticcheck -tags $(TAGS) -checks inherit,ST1000,ST1016,ST1020,ST1021,ST1022 ./...

# Of the other programs that make cards (make setup-bench) those that are missing are named, and left out.
bench:
	$(GO) test -tags $(TAGS) -run '^$$' -bench . -benchtime 1s -timeout 60m ./cards/... ./kiosk/... ./hub/... ./printer/... ./cmd/internal/peers

# What takes longer than a test may.
soak:
	POINTKIOSK_REAL=1 POINTKIOSK_SOAK=1 $(GO) test -tags $(TAGS) -timeout 6h ./...

# Every screen at four sizes and three text sizes, as PNG, for eyes.
screens:
	@mkdir -p build/screens
	POINTKIOSK_SCREENS=$(CURDIR)/build/screens $(GO) test -tags $(TAGS) -count 1 -run TestScreens ./ui

setup:
	@packaging/setup-debian.sh build

setup-test:
	@packaging/setup-debian.sh test

# What npm has comes into a folder outside the repository.
PEERS := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/pointkiosk-peers
setup-bench:
	@packaging/setup-debian.sh bench
	@mkdir -p $(PEERS) && cp cmd/internal/peers/package.json $(PEERS)/ && cd $(PEERS) && npm install --no-package-lock --no-audit --no-fund

clean:
	rm -rf bin build
