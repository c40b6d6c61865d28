# SPDX-License-Identifier: Apache-2.0
#
#   make            builds build/jrunc: bin/jrunc and lib/jrunc
#   make demo       shows what it does
#   make check      the quick tests: units, C under ASan and UBSan, style
#   make test       all tests, as root
#   make conformance  the OCI validation suite with jrunc, runc and crun, as root; takes Go and a module proxy
#   make attacks-can-fail  takes defences out, one at a time, and shows that the tests of the attacks then fail, as root; DEFENCES=
#   make sanitize   the integration tests of the main paths with ASan and UBSan in front, stage and init, as root
#   make vm-test    tests in a guest with systemd, cgroup v2 alone, AppArmor and CRIU, as root; takes qemu and Debian's archive
#   make fuzz       native program and engine with bytes of all kinds; SECONDS=60 for each target
#   make bench      jrunc, runc and crun side by side; ROUNDS=20 RUNS=5 QUICK=
#   make faults     a fault at every point of every command, as root; 13 minutes
#   make load       1,000 containers at once, and 10,000 runs beside crun's, as root; QUICK=
#   make jmh        what is pure, measured: to read, check, plan and encode a configuration; QUICK=
#   make reproducible  builds twice and compares
#   make install    DESTDIR= PREFIX=/usr/local: programs, units, manual pages, completions, examples of configuration
#   make deb        build/jrunc_VERSION_ARCHITECTURE.deb
#   make dist       build/dist: the same as a tar archive, with checksums
#   make package-test  builds both, and looks at what they hold
#   make format     formats Java and C
#   make clean
#
# What a Debian 12 machine lacks is installed by apt-get where this runs as root, else named. The JDK, 25 or newer, is up to
# you: JAVA_HOME, or a folder below /usr/lib/jvm.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules --no-builtin-variables
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

PREFIX ?= /usr/local
CC := gcc
TREE := build/jrunc
LIB := $(TREE)/lib/jrunc

# ---- packages and JDK

PACKAGES_BUILD := binutils gcc libc6-dev linux-libc-dev make maven musl-tools
PACKAGES_CHECK := clang-format clang-tidy libseccomp2
PACKAGES_TEST := bsdutils buildah busybox-static chromium containerd docker.io graphviz iproute2 jq libseccomp2 passwd patch podman procps runc \
	skopeo systemd uidmap umoci util-linux
PACKAGES_DEMO := busybox-static
PACKAGES_CONFORMANCE := busybox-static crun $(if $(shell command -v go),,golang-go) runc util-linux
PACKAGES_VM := binutils busybox-static cpio debootstrap e2fsprogs qemu-system-x86
PACKAGES_FUZZ := binutils clang libclang-rt-14-dev
PACKAGES_BENCH := busybox-static crun python3 runc
PACKAGES_PAGES := asciidoctor
PACKAGES_DEB := debhelper lintian
PACKAGES_PACKAGE_TEST := fish jq man-db zsh

# deps: everything that any target needs.
.PHONY: deps deps-build deps-check deps-test deps-demo deps-conformance deps-vm deps-fuzz deps-sanitize deps-bench deps-pages deps-deb deps-package-test
deps:
	@packaging/install-packages.sh $(PACKAGES_BUILD) $(PACKAGES_CHECK) $(PACKAGES_TEST) $(PACKAGES_DEMO) \
		$(PACKAGES_CONFORMANCE) $(PACKAGES_VM) $(PACKAGES_FUZZ) $(PACKAGES_BENCH) $(PACKAGES_PAGES) \
		$(PACKAGES_DEB) $(PACKAGES_PACKAGE_TEST)
deps-build:
	@packaging/install-packages.sh $(PACKAGES_BUILD)
deps-check:
	@packaging/install-packages.sh $(PACKAGES_BUILD) $(PACKAGES_CHECK)
deps-test:
	@packaging/install-packages.sh $(PACKAGES_BUILD) $(PACKAGES_TEST)
deps-demo:
	@packaging/install-packages.sh $(PACKAGES_BUILD) $(PACKAGES_DEMO)
deps-conformance:
	@packaging/install-packages.sh $(PACKAGES_BUILD) $(PACKAGES_CONFORMANCE)
deps-vm:
	@packaging/install-packages.sh $(PACKAGES_BUILD) $(PACKAGES_VM)
deps-fuzz:
	@packaging/install-packages.sh $(PACKAGES_BUILD) $(PACKAGES_FUZZ)
deps-sanitize:
	@packaging/install-packages.sh $(PACKAGES_BUILD) $(PACKAGES_TEST) $(PACKAGES_FUZZ)
deps-bench:
	@packaging/install-packages.sh $(PACKAGES_BUILD) $(PACKAGES_BENCH)
deps-pages:
	@packaging/install-packages.sh $(PACKAGES_BUILD) $(PACKAGES_PAGES)
deps-package-test:
	@packaging/install-packages.sh $(PACKAGES_BUILD) $(PACKAGES_PACKAGE_TEST)
deps-deb:
	@packaging/install-packages.sh $(PACKAGES_BUILD) $(PACKAGES_PAGES) $(PACKAGES_DEB)

JDK := $(shell packaging/find-jdk.sh)
NO_JDK := jrunc needs a JDK of Java 25 or newer to build: set JAVA_HOME to one, or put it below /usr/lib/jvm
needs_jdk = $(if $(JDK),,$(error $(NO_JDK)))

# Maven's own libraries are older than JDK 25's warnings about them.
MAVEN = $(needs_jdk)JAVA_HOME=$(JDK) MAVEN_OPTS="-XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
	--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow" mvn --batch-mode -Dstyle.color=never \
	-Dorg.slf4j.simpleLogger.defaultLogLevel=warn
# The test runners' own totals.
MAVEN_TOTALS := -Dorg.slf4j.simpleLogger.log.org.apache.maven.plugin.surefire.SurefireMojo=info \
	-Dorg.slf4j.simpleLogger.log.org.apache.maven.plugin.failsafe.IntegrationTestMojo=info
# CI's: docs/decisions/flakes.md.
MAVEN_AGAIN := $(if $(AGAIN),-Dfailsafe.rerunFailingTestsCount=1 -Dfailsafe.failOnFlakeCount=$(AGAIN))

# ---- the tree

.PHONY: all tree
all: deps-build
	@$(MAKE) --no-print-directory tree
tree: $(TREE)/bin/jrunc $(LIB)/jrunc.aot $(LIB)/native/libjffi-1.2.so

build build/native build/asan build/analyzed build/tidied build/fuzz $(TREE)/bin $(LIB) $(LIB)/app $(LIB)/native:
	@mkdir -p $@

# ---- the native program

NATIVE := $(patsubst native/%.c,%,$(wildcard native/*.c))
WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wvla -Werror
C_LANGUAGE := -std=gnu11 -D_GNU_SOURCE
HARDENING := -fstack-protector-strong -fstack-clash-protection -D_FORTIFY_SOURCE=2 -fPIE
CFLAGS := $(C_LANGUAGE) -O2 $(WARNINGS) $(HARDENING) -ffunction-sections -fdata-sections
# musl-gcc knows no -static-pie: it would make a program that wants musl's loader on the host.
LDFLAGS := -static -nostartfiles -Wl,-pie,--no-dynamic-linker,-z,text -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--gc-sections
JRUNC_LIMIT_BYTES := 524288

# By musl: the program starts in 0.2 ms, by glibc in 0.5, and its sealed copy is a quarter as large (docs/decisions/musl.md). The
# kernel's headers are those of the C library that the tests and the analyzer compile with, which convert their types, too.
MUSL := musl-gcc
MUSL_LIB := /usr/lib/$(shell uname -m)-linux-musl
KERNEL_HEADERS := build/kernel-headers
MUSL_CFLAGS := $(CFLAGS) -Wno-conversion -Wno-sign-conversion -idirafter $(KERNEL_HEADERS)

$(KERNEL_HEADERS): | build
	@mkdir $@
	@ln -s /usr/include/linux /usr/include/asm-generic $@
	@ln -s /usr/include/$$($(CC) -print-multiarch)/asm $@

build/native/%.o: native/%.c Makefile | build/native $(KERNEL_HEADERS)
	@echo 'cc $<'
	@$(MUSL) $(MUSL_CFLAGS) -MMD -MP -c -o $@ $<

$(TREE)/bin/jrunc: $(NATIVE:%=build/native/%.o) | $(TREE)/bin
	@echo 'link $@'
	@$(MUSL) $(CFLAGS) $(LDFLAGS) -s -o $@ $(MUSL_LIB)/rcrt1.o $(MUSL_LIB)/crti.o $^ $(MUSL_LIB)/crtn.o
	@size=$$(stat -c %s $@); [ $$size -lt $(JRUNC_LIMIT_BYTES) ] || \
		{ echo "$@ has $$size bytes; the limit is $(JRUNC_LIMIT_BYTES)" >&2; exit 1; }

# The same program with faults at chosen points, for tests alone (native/faults.h). It uses the product's engine.
FAULTS := build/faults/jrunc
build/faults/native:
	@mkdir -p $@
build/faults/native/%.o: native/%.c Makefile | build/faults/native $(KERNEL_HEADERS)
	@echo 'cc, with faults, $<'
	@$(MUSL) $(MUSL_CFLAGS) -DJRUNC_FAULTS -MMD -MP -c -o $@ $<
build/faults/native/%.o: native/faults/%.c Makefile | build/faults/native $(KERNEL_HEADERS)
	@echo 'cc, with faults, $<'
	@$(MUSL) $(MUSL_CFLAGS) -DJRUNC_FAULTS -MMD -MP -c -o $@ $<
$(FAULTS): $(NATIVE:%=build/faults/native/%.o) build/faults/native/faults.o
	@echo 'link $@'
	@$(MUSL) $(CFLAGS) $(LDFLAGS) -s -o $@ $(MUSL_LIB)/rcrt1.o $(MUSL_LIB)/crti.o $^ $(MUSL_LIB)/crtn.o

# ---- the engine

# java.xml is what Jackson links to, which json-schema-validator reads with.
MODULES := java.base,java.logging,java.xml,jdk.jfr,jdk.net,jdk.unsupported
ENGINE_SOURCES := pom.xml runtime/pom.xml $(shell find runtime/src/main spec-schemas/src/main -type f)
POMS := pom.xml runtime/pom.xml
JFFI_FOLDER := jni/$(shell uname -m)-Linux

build/engine.stamp: $(ENGINE_SOURCES) | build
	@echo 'compile the engine'
	@rm -rf runtime/target/app # Maven leaves there what an earlier pom.xml named
	@$(MAVEN) --projects runtime --also-make package -Dmaven.test.skip=true
	@touch $@

$(LIB)/app/jrunc.jar: build/engine.stamp | $(LIB)/app
	@cp runtime/target/jrunc-runtime-*-SNAPSHOT.jar $@

# What others have made is what it was when packaging/checksums was written (`make checksums`), and under licences that are on the
# list; bom.json and THIRD-PARTY tell of it. jffi's native libraries are unpacked below, once.
build/dependencies.stamp: $(POMS) packaging/PrepareJar.java packaging/ThirdParty.java packaging/checksums packaging/licences \
		| build/engine.stamp $(LIB)/app
	@packaging/check-jars.sh runtime/target/app packaging/checksums
	@$(JDK)/bin/java -cp 'runtime/target/app/*' packaging/ThirdParty.java runtime/target/bom.json packaging/licences >$(LIB)/THIRD-PARTY
	@cp runtime/target/bom.json $(LIB)/bom.json
	@find $(LIB)/app -name '*.jar' ! -name jrunc.jar -delete
	@find runtime/target/app -name '*.jar' ! -name 'jffi-*-native.jar' -exec cp -t $(LIB)/app {} +
	@for jar in runtime/target/app/picocli-*.jar runtime/target/app/jackson-core-*.jar \
			runtime/target/app/jackson-databind-*.jar; do \
		$(JDK)/bin/java -cp 'runtime/target/app/*' packaging/PrepareJar.java $$jar $(LIB)/app/$${jar##*/}; done
	@touch $@

$(LIB)/native/libjffi-1.2.so: $(POMS) | build/engine.stamp $(LIB)/native
	@cd $(LIB)/native && $(JDK)/bin/jar --extract --file=$$(ls $(CURDIR)/runtime/target/app/jffi-*-native.jar) $(JFFI_FOLDER)
	@mv $(LIB)/native/$(JFFI_FOLDER)/libjffi-1.2.so $@
	@rm -r $(LIB)/native/jni
	@touch $@

build/runtime.stamp: Makefile $(JDK)/release | $(LIB)
	@echo 'make the JDK image'
	@$(needs_jdk)rm -rf $(LIB)/runtime
	@$(JDK)/bin/jlink --add-modules $(MODULES) --vm=server --strip-debug --no-header-files --no-man-pages \
		--compress=zip-0 --output $(LIB)/runtime
	@touch $@

# Trained by replaying recorded calls: it needs no root and runs no container.
$(LIB)/jrunc.aot: $(LIB)/app/jrunc.jar build/dependencies.stamp build/runtime.stamp native/java_options.h packaging/java-options.sh
	@echo 'train the AOT cache'
	@mapfile -t options < <(packaging/java-options.sh $(CURDIR)/$(LIB)); \
	options=("$${options[@]/-XX:AOTCache=/-XX:AOTCacheOutput=}"); \
	options=("$${options[@]/-XX:-AOTReplayTraining/-XX:-AOTRecordTraining}"); \
	options=("$${options[@]/%dev.jrunc.Main/dev.jrunc.Training}"); \
	cd / && env -i $(CURDIR)/$(LIB)/runtime/bin/java "$${options[@]}" >$(CURDIR)/build/training.log 2>&1 </dev/null || \
		{ cat $(CURDIR)/build/training.log >&2; exit 1; }
	@[ -s $@ ] || { cat build/training.log >&2; exit 1; }

# ---- tests

.PHONY: check test unit-test c-test tree-test integration-test lint
check: deps-check lint c-test unit-test
test: check tree-test integration-test

# The protocol is compared with that of the program. The benchmarks are built, so that they still can be.
unit-test: $(TREE)/bin/jrunc | deps-check
	@$(MAVEN) $(MAVEN_TOTALS) --activate-profiles jmh verify

# ASan and UBSan; each test is a program with its own main.
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
ASAN_CFLAGS := $(C_LANGUAGE) -O1 -g $(WARNINGS) $(SANITIZE)
C_TESTS := $(patsubst native/tests/%.c,build/asan/%,$(wildcard native/tests/*_test.c))

build/asan/%.o: native/%.c Makefile | build/asan
	@echo 'cc, sanitized, $<'
	@$(CC) $(ASAN_CFLAGS) -MMD -MP -c -o $@ $<
build/asan/%.o: native/tests/%.c Makefile | build/asan
	@echo 'cc, sanitized, $<'
	@$(CC) $(ASAN_CFLAGS) -MMD -MP -c -o $@ $<
# All but main, so that a test links what it needs.
build/asan/native.a: $(patsubst %,build/asan/%.o,$(filter-out front,$(NATIVE)))
	@rm -f $@
	@ar rc $@ $^
build/asan/%_test: build/asan/%_test.o build/asan/native.a
	@$(CC) $(ASAN_CFLAGS) -o $@ $^
.PRECIOUS: build/asan/%.o build/fuzz/%.o

c-test: $(C_TESTS) | deps-check
	@failed=; for program in $(C_TESTS); do \
		printf '%s: ' $${program##*/}; timeout 120 $$program || failed="$$failed $${program##*/}"; done; \
		[ -z "$$failed" ] || { echo "failed:$$failed" >&2; exit 1; }

# ---- fuzzing

# libFuzzer, ASan and UBSan, by clang. What is called of kernel and C library is native/fuzz/kernel.c's: link.sh sees to it.
FUZZ_TARGETS := host init protocol
FUZZ_CFLAGS := $(C_LANGUAGE) -O1 -g $(SANITIZE)
FUZZ_PARTS := kernel make
FUZZ_NATIVE := $(filter-out front session,$(NATIVE))
fuzz_link = native/fuzz/link.sh $(1) $@ $(2)/$*_fuzz.o $(2)/kernel.o $(2)/make.o $(3) -- $(FUZZ_NATIVE:%=$(4)/%.o) \
	$(if $(filter host,$*),,$(4)/session.o)

build/fuzz/%.o: native/%.c Makefile | build/fuzz
	@echo 'cc, for fuzzing, $<'
	@clang $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<
build/fuzz/%.o: native/fuzz/%.c Makefile | build/fuzz
	@echo 'cc, for fuzzing, $<'
	@clang $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<
build/fuzz/%_fuzz: build/fuzz/%_fuzz.o $(FUZZ_PARTS:%=build/fuzz/%.o) $(FUZZ_NATIVE:%=build/fuzz/%.o) build/fuzz/session.o \
		native/fuzz/link.sh native/fuzz/harmless
	@$(call fuzz_link,"clang -fsanitize=fuzzer",build/fuzz,,build/fuzz)

# SECONDS of each target; what they find is in build/fuzz.
.PHONY: fuzz fuzz-native fuzz-engine
SECONDS := 60
fuzz: fuzz-native fuzz-engine
fuzz-native: $(FUZZ_TARGETS:%=build/fuzz/%_fuzz) | deps-fuzz
	@native/fuzz/run.sh $(SECONDS) $(FUZZ_TARGETS)
fuzz-engine: | build/fuzz deps-fuzz
	@$(MAVEN) --activate-profiles fuzz --projects runtime --also-make package -DskipTests
	@packaging/fuzz-engine.sh $(JDK)/bin/java $(SECONDS)

# gcc's analyzer and clang-tidy; clang-format for all C. Java's style is checked with the unit tests.
C_FORMATTED = $(wildcard native/*.[ch] native/faults/*.c native/fuzz/*.[ch] native/sanitized/*.c native/tests/*.[ch] \
	integration-tests/payload/*.[ch])
build/analyzed/%.o: native/%.c Makefile | build/analyzed
	@echo 'analyze $<'
	@$(CC) $(CFLAGS) -fanalyzer -MMD -MP -c -o $@ $<
# As old as the object of the same file, which knows its headers.
build/tidied/%: build/analyzed/%.o .clang-tidy | build/tidied
	@echo 'clang-tidy native/$*.c'
	@clang-tidy --quiet native/$*.c -- $(C_LANGUAGE) 2>/dev/null
	@touch $@
.PHONY: lint-native
lint-native: $(NATIVE:%=build/analyzed/%.o) $(NATIVE:%=build/tidied/%)
lint: | deps-check
	@$(MAKE) --no-print-directory --jobs=$$(nproc) lint-native
	@clang-format --dry-run --Werror $(C_FORMATTED)

tree-test: all | deps-test
	packaging/tree-test.sh $(TREE)

# A caller that ignores signals (nohup, background jobs) would have the tests' processes ignore them, too.
OWN_SIGNALS := env --default-signal=HUP,INT,QUIT,TERM
integration-test: all $(FAULTS) | deps-test
	$(MAKE) -C integration-tests/payload
	@[ "$$(id -u)" = 0 ] || { echo "The integration tests make containers, which takes root." >&2; exit 1; }
	@echo "Integration tests: jrunc, one resident engine for all calls"
	@$(OWN_SIGNALS) JRUNC_IT_RUNTIME=jrunc JRUNC_IT_ENGINE=warm \
		$(MAVEN) $(MAVEN_TOTALS) $(MAVEN_AGAIN) --projects integration-tests verify -Djrunc.it=true
	@echo "Integration tests: jrunc, an engine for every call"
	@$(OWN_SIGNALS) JRUNC_IT_RUNTIME=jrunc JRUNC_IT_ENGINE=cold \
		$(MAVEN) $(MAVEN_TOTALS) $(MAVEN_AGAIN) --projects integration-tests verify -Djrunc.it=true -DexcludedGroups=slow,client
	@echo "Integration tests: runc, the oracle"
	@$(OWN_SIGNALS) JRUNC_IT_RUNTIME=runc $(MAVEN) $(MAVEN_TOTALS) $(MAVEN_AGAIN) --projects integration-tests verify -Djrunc.it=true
	@echo "Integration tests: the library, and the programs that embed it"
	@$(OWN_SIGNALS) $(MAVEN) $(MAVEN_TOTALS) $(MAVEN_AGAIN) --projects library,examples --also-make verify -Djrunc.it=true -Djrunc.unit.skip=true

# build/defences keeps the programs without them, and what the tests said.
.PHONY: attacks-can-fail
attacks-can-fail: all | deps-test
	$(MAKE) -C integration-tests/payload
	@[ "$$(id -u)" = 0 ] || { echo "The integration tests make containers, which takes root." >&2; exit 1; }
	@$(MAVEN) --projects integration-tests package -Djrunc.vm=true -DskipTests
	@integration-tests/defences/attacks-can-fail.sh build $(JDK) $(DEFENCES)

# The product with clang's ASan and UBSan in front, stage and init, which all report to one file (native/sanitized). It uses the product's
# engine. PLANTED: programs that go wrong in one of them, which has to be seen before the rest means anything.
SANITIZED := build/sanitized
PLANTED := front-undefined clone-memory stage-memory init-memory
REPORTS := $(CURDIR)/$(SANITIZED)/reports
SANITIZED_CFLAGS := $(C_LANGUAGE) -O1 -g $(SANITIZE) -DJRUNC_FAULTS '-DJRUNC_REPORTS="$(REPORTS)"'
SANITIZED_PROGRAMS := $(SANITIZED)/bin/jrunc $(PLANTED:%=$(SANITIZED)/%/bin/jrunc)

$(SANITIZED)/native:
	@mkdir -p $@
$(SANITIZED)/native/%.o: native/%.c Makefile | $(SANITIZED)/native
	@echo 'cc, sanitized, $<'
	@clang $(SANITIZED_CFLAGS) -MMD -MP -c -o $@ $<
$(SANITIZED)/native/sanitized.o: native/sanitized/sanitized.c Makefile | $(SANITIZED)/native
	@clang $(SANITIZED_CFLAGS) -MMD -MP -c -o $@ $<
$(SANITIZED)/native/%-sanitized.o: native/sanitized/sanitized.c Makefile | $(SANITIZED)/native
	@clang $(SANITIZED_CFLAGS) '-DJRUNC_PLANTED="$*"' -MMD -MP -c -o $@ $<
sanitized_link = mkdir -p $(@D) && ln -sfn $(CURDIR)/$(TREE)/lib $(@D)/../lib && clang $(SANITIZE) -o $@ $^
$(SANITIZED)/bin/jrunc: $(NATIVE:%=$(SANITIZED)/native/%.o) $(SANITIZED)/native/sanitized.o
	@$(sanitized_link)
$(PLANTED:%=$(SANITIZED)/%/bin/jrunc): $(SANITIZED)/%/bin/jrunc: $(NATIVE:%=$(SANITIZED)/native/%.o) $(SANITIZED)/native/%-sanitized.o
	@$(sanitized_link)

.PHONY: sanitize
sanitize: all $(FAULTS) $(SANITIZED_PROGRAMS) | deps-sanitize
	$(MAKE) -C integration-tests/payload
	@[ "$$(id -u)" = 0 ] || { echo "The integration tests make containers, which takes root." >&2; exit 1; }
	@$(MAVEN) --projects integration-tests package -Djrunc.vm=true -DskipTests
	@integration-tests/sanitize.sh $(SANITIZED) $(JDK) $(PLANTED)

# All faults, three subjects at a time (they wait as much as they work): each has a place of its own, by whose name all is found that it
# leaves. FaultsIT has what may be said.
.PHONY: faults
EVERY := 1000000
faults: all $(FAULTS) | deps-test
	$(MAKE) -C integration-tests/payload
	@[ "$$(id -u)" = 0 ] || { echo "The faults are those of containers, which takes root." >&2; exit 1; }
	@$(OWN_SIGNALS) JRUNC_IT_RUNTIME=jrunc JRUNC_IT_ENGINE=cold JRUNC_MUST_WORK=1 \
		$(MAVEN) $(MAVEN_TOTALS) --projects integration-tests verify -Djrunc.it=true -Dit.test=FaultsIT \
		-Djrunc.faults.of-each=$(EVERY) -Djunit.jupiter.execution.parallel.enabled=true \
		-Djunit.jupiter.execution.parallel.config.strategy=fixed -Djunit.jupiter.execution.parallel.config.fixed.parallelism=3

# build/conformance keeps the suite's programs and what they said last.
.PHONY: conformance
conformance: all | deps-conformance
	@$(OWN_SIGNALS) packaging/conformance/conformance.sh build/conformance $(TREE)/bin/jrunc

# build/vm keeps the guest, and the reports of its last run; 20 minutes at most.
.PHONY: vm-test
vm-test: all deb | deps-vm
	$(MAKE) -C integration-tests/payload
	@[ "$$(id -u)" = 0 ] || { echo "Making the guest takes root." >&2; exit 1; }
	@$(MAVEN) --projects integration-tests package -Djrunc.vm=true -DskipTests
	@integration-tests/vm/vm-test.sh build $(JDK)

# Twice, in folders of different names.
.PHONY: reproducible
reproducible: | deps-build
	@packaging/reproducible.sh

# ---- for people

# After a change of dependencies: read the difference, and compare it with what their projects publish.
.PHONY: checksums
checksums: build/engine.stamp
	@cd runtime/target/app && sha256sum *.jar >$(CURDIR)/packaging/checksums

.PHONY: demo bench load jmh format install clean
demo: all | deps-demo
	packaging/demo.sh $(TREE)/bin/jrunc

bench: all build/floor build/embedded/command | deps-bench
	@bench/empty.sh $(JDK) $(CURDIR)/$(LIB) $(CURDIR)/build/empty
	python3 bench/bench.py $(TREE)/bin/jrunc build/floor build/empty/command build/embedded/command build
	@cp build/bench.svg docs/bench.svg

load: all | deps-bench
	@[ "$$(id -u)" = 0 ] || { echo "Making containers takes root." >&2; exit 1; }
	python3 bench/load.py $(TREE)/bin/jrunc build

jmh: deps-build
	@$(MAVEN) --activate-profiles jmh --projects bench/jmh --also-make package -Dmaven.test.skip=true
	@$(JDK)/bin/java -cp 'bench/jmh/target/classes:bench/jmh/target/jars/*' dev.jrunc.bench.Main $(if $(QUICK),quick)

# A program that embeds jrunc, as any other: with the JDK, and options of its own.
LIBRARY_SOURCES := library/pom.xml $(shell find library/src/main -type f)
build/embedded/command: bench/Embedded.java build/engine.stamp $(LIBRARY_SOURCES)
	@echo 'compile the library'
	@$(MAVEN) --projects library --also-make package -Dmaven.test.skip=true
	@rm -rf build/embedded
	@mkdir build/embedded
	@cp library/target/jrunc-*-SNAPSHOT.jar library/target/jars/*.jar build/embedded
	@$(JDK)/bin/javac -d build/embedded -cp 'build/embedded/*' $<
	@printf '%s\n' $(JDK)/bin/java --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
		-cp '$(CURDIR)/build/embedded:$(CURDIR)/build/embedded/*' Embedded >$@

build/floor: bench/floor.c | build
	@$(CC) $(C_LANGUAGE) -O2 $(WARNINGS) -static -o $@ $<

format: | deps-check
	clang-format -i $(C_FORMATTED)
	$(MAVEN) --activate-profiles jmh spotless:apply

# ---- manual pages, completions, packages

VERSION := $(shell sed -n 's|^  <version>\(.*\)-SNAPSHOT</version>|\1|p' pom.xml)
# Pages bear the date that the jars have, too.
RELEASED := $(shell date --date="$$(sed -n 's|.*<project.build.outputTimestamp>\(.*\)</.*|\1|p' pom.xml)" +%s)
PROSE := $(wildcard packaging/man/*.adoc)
PAGES := build/pages

$(PAGES).stamp: $(LIB)/app/jrunc.jar build/dependencies.stamp packaging/Pages.java $(PROSE)
	@echo 'make manual pages and completions'
	@rm -rf $(PAGES)
	@$(MAVEN) --projects runtime dependency:copy@pages
	@$(JDK)/bin/java -cp '$(LIB)/app/*:runtime/target/pages/*' packaging/Pages.java packaging/man $(PAGES) $(VERSION)
	@mkdir $(PAGES)/man
	@for page in $(PAGES)/*.adoc; do \
		SOURCE_DATE_EPOCH=$(RELEASED) asciidoctor --failure-level WARN --backend manpage --destination-dir $(PAGES)/man $$page; done
	@touch $@

.PHONY: pages deb dist
pages: all deps-pages
	@$(MAKE) --no-print-directory $(PAGES).stamp

# The AOT cache belongs to jars of the same time of modification.
SHARE := $(DESTDIR)$(PREFIX)/share
install: pages
	mkdir -p $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib
	rm -rf $(DESTDIR)$(PREFIX)/lib/jrunc
	cp -r --preserve=mode,timestamps,links $(LIB) $(DESTDIR)$(PREFIX)/lib/jrunc
	install --preserve-timestamps --mode=755 $(TREE)/bin/jrunc $(DESTDIR)$(PREFIX)/bin/jrunc
	for kind in system user; do \
		mkdir -p $(DESTDIR)$(PREFIX)/lib/systemd/$$kind; \
		for unit in packaging/systemd/$$kind/*; do \
			sed 's|/usr/local/bin/|$(PREFIX)/bin/|' $$unit >$(DESTDIR)$(PREFIX)/lib/systemd/$$kind/$${unit##*/}; \
		done; done
	install -D --mode=644 --target-directory=$(SHARE)/man/man1 $(PAGES)/man/*.1
	install -D --mode=644 $(PAGES)/jrunc.bash $(SHARE)/bash-completion/completions/jrunc
	install -D --mode=644 $(PAGES)/_jrunc $(SHARE)/zsh/$(ZSH_FOLDER)/_jrunc
	install -D --mode=644 $(PAGES)/jrunc.fish $(SHARE)/fish/vendor_completions.d/jrunc.fish
	mkdir -p $(SHARE)/doc/jrunc/examples
	for file in packaging/config/*; do \
		sed 's|@BIN@|$(PREFIX)/bin|' $$file >$(SHARE)/doc/jrunc/examples/$${file##*/}; done
# Debian's zsh looks for what packages bring in a folder of its own.
ZSH_FOLDER := site-functions

# debhelper, in a folder of its own; what it packs is what install installs.
DEB := build/deb/jrunc-$(VERSION)
deb: pages deps-deb
	rm -rf $(DEB)
	mkdir -p $(DEB)
	cp -r packaging/debian $(DEB)/debian
	cp LICENSE $(DEB)
	$(MAKE) --no-print-directory install DESTDIR=$(CURDIR)/$(DEB)/installed PREFIX=/usr ZSH_FOLDER=vendor-completions
	cd $(DEB) && dpkg-buildpackage --build=binary --no-sign >../build.log 2>&1 || { tail -n 30 ../build.log; exit 1; }
	lintian --fail-on error build/deb/jrunc_$(VERSION)_*.deb
	cp build/deb/jrunc_$(VERSION)_*.deb build

DIST := jrunc-$(VERSION)-linux-$(shell uname -m)
dist: pages
	rm -rf build/dist
	$(MAKE) --no-print-directory install DESTDIR=$(CURDIR)/build/dist/$(DIST) PREFIX=
	cp LICENSE README.md build/dist/$(DIST)
	tar --create --sort=name --owner=0 --group=0 --numeric-owner --directory=build/dist $(DIST) | gzip --no-name >build/dist/$(DIST).tar.gz
	rm -r build/dist/$(DIST)
	cd build/dist && sha256sum -- * >SHA256SUMS

# Without installing anything; the guest installs the package (make vm-test).
.PHONY: package-test
package-test: deps-package-test
	@$(MAKE) --no-print-directory deb dist >build/package.log 2>&1 || { tail -n 40 build/package.log >&2; exit 1; }
	@packaging/package-test.sh build/jrunc_$(VERSION)_*.deb build/dist/$(DIST).tar.gz

clean:
	rm -rf build runtime/target library/target examples/target spec-schemas/target integration-tests/target bench/jmh/target

-include $(wildcard build/native/*.d build/faults/native/*.d build/sanitized/native/*.d build/asan/*.d build/analyzed/*.d build/fuzz/*.d)
