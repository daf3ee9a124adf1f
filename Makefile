# Two commands do everything: make run, make test. The rest serves those who change Rachis.
.PHONY: run test build check race lint fuzz bench bench-peers register-table golden package e2e cross clean

FUZZTIME ?= 30s
FUZZ ?= .

run: build
	@.ci/demo

build:
	@.ci/install build
	go build -o bin/ .

test:
	@.ci/install test
	go test -timeout 30m ./...

check: lint race cross e2e

lint:
	@.ci/lint

# The packages that start goroutines (goIn in arch_test.go); the phantom is made by tests of app and viewer. Fyne's tag "ci" leaves out OpenGL, which no test but the end-to-end one needs.
race:
	go test -timeout 30m -race -short -tags ci ./app ./cases/store ./dicomio ./viewer/...

cross:
	@.ci/cross

e2e: build
	@.ci/install test
	go test -tags e2e -count=1 -timeout 30m -run E2E ./app/e2e

fuzz:
	@.ci/fuzz $(FUZZTIME) $(FUZZ)

bench:
	go test -run '^$$' -bench . -benchmem ./...

# The table of registration on 100 phantom pairs, annotations/spine/registration/testdata/table.md: a quarter of an hour on two idle processors.
register-table:
	go test ./annotations/spine/registration -run TestTable -table -count=1 -timeout 0

bench-peers: build
	@.ci/bench-peers

golden:
	go test ./viewer/overlay ./viewer/render ./icons -run "Golden|AppIcon|Marks" -update

package:
	@.ci/install build
	@.ci/package

clean:
	rm -rf bin artifacts
