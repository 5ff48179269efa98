# The commands of every day; `make` lists them. CMake presets do the work (CMakePresets.json).
#
# One build folder serves all: `make build` and `make demo` build only the program in it, `make test`
# adds the tests. PILOTLIGHT_CORPORA (a folder of third-party mail) is handed on where it is set.

RELEASE := build/release
PROGRAM := $(RELEASE)/pilotlight
SOURCES = $(shell find src tests bench fuzz cmake -name '*.h' -o -name '*.cpp' 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help build demo test bench lab score lint format clean

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 14

build: ## build/release/pilotlight
	@tools/setup build
	@test -f $(RELEASE)/build.ninja || cmake --preset release -DPILOTLIGHT_TESTS=OFF
	@cmake --build $(RELEASE) --target pilotlight

demo: build ## a week of warmup in memory; needs no network and no credentials
	@$(PROGRAM) demo

# With the tests, whatever was configured before; what is built already stays.
.PHONY: all-tests
all-tests:
	@tools/setup test
	@cmake --preset release -DPILOTLIGHT_TESTS=ON
	@cmake --build $(RELEASE)

test: all-tests ## all tests (LAB=0 leaves out those that start real mail servers)
	@tools/run_tests $(RELEASE) $(if $(filter 0,$(LAB)),-LE lab)

lab: all-tests ## only the tests that start real mail servers; as root
	@tools/run_tests $(RELEASE) -L lab

score: all-tests ## how third-party mail and dialogues are read (PILOTLIGHT_CORPORA)
	@tools/score $(RELEASE)

bench: ## speed, beside other programs
	@tools/setup bench
	@cmake --preset release -DPILOTLIGHT_BENCH=ON
	@cmake --build $(RELEASE)
	@bench/run
	@if [ "$$(id -u)" = 0 ]; then bench/imap_run; else echo "bench/imap_run skipped: needs root"; fi

lint: ## layout, layers, coroutines, lengths, names
	@tools/setup test
	@python3 tools/tidy.py
	@python3 tools/tidy_test.py
	@clang-format-19 --dry-run -Werror $(SOURCES)

format: ## clang-format on all sources
	@tools/setup test
	@clang-format-19 -i $(SOURCES)

clean: ## remove what was built
	rm -rf build
