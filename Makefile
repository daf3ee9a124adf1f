# Two commands do everything: make run, make test. The rest serves those who change Rachis.
.PHONY: run test build check race lint fuzz bench golden e2e cross clean

FUZZTIME ?= 30s

run: build
	@.ci/demo

build:
	@.ci/install build
	go build -o bin/ .

test:
	@.ci/install test
	go test ./...

check: lint race cross e2e

lint:
	@.ci/lint

race:
	go test -race ./dicomio/... ./annotations/... ./cases/... ./viewer/...

cross:
	@.ci/cross

e2e: build
	go test -tags e2e -count=1 -timeout 10m -run E2E ./app/e2e

fuzz:
	@.ci/fuzz $(FUZZTIME)

bench:
	go test -run '^$$' -bench . -benchmem ./...

golden:
	go test ./viewer/... -update

clean:
	rm -rf bin artifacts
