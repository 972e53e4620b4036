# Builds everything under build/: the kernel programs, the native addon and the agent's bundle.
# `./run build` calls it after installing what it needs; nothing here downloads anything but libbpf's pinned source.

MACHINE := $(shell uname -m)
BPF_ARCH := $(if $(filter aarch64,$(MACHINE)),arm64,x86)
MULTIARCH := $(shell $(CXX) -print-multiarch)

NODE := build/node/bin/node
LIBBPF := build/libbpf/libbpf.a

BPF_OBJECTS := $(patsubst bpf/%.bpf.c,build/bpf/%.bpf.o,$(wildcard bpf/*.bpf.c))
TEST_OBJECTS := $(patsubst test/native/bpf/%.bpf.c,build/test/bpf/%.bpf.o,$(wildcard test/native/bpf/*.bpf.c))
ADDON_SOURCES := $(wildcard native/*.cc)

BPF_PLAIN_FLAGS := -g -O2 -target bpf -mcpu=v3 -Wall -Wextra -Werror -Wno-unused-parameter \
	-I build/libbpf/include -I bpf
BPF_FLAGS := $(BPF_PLAIN_FLAGS) -D__TARGET_ARCH_$(BPF_ARCH) -isystem /usr/include/$(MULTIARCH)

ADDON_FLAGS := -std=c++20 -O2 -fPIC -fvisibility=hidden -fno-exceptions -Wall -Wextra -Werror -Wno-missing-field-initializers \
	-DNAPI_VERSION=9 -DNAPI_DISABLE_CPP_EXCEPTIONS -DNODE_GYP_MODULE_NAME=kernel \
	-I build/libbpf/include -isystem build/node/include/node -isystem node_modules/node-addon-api
ASAN_FLAGS := -O1 -g -fsanitize=address,undefined -fno-sanitize=vptr -fno-omit-frame-pointer

.PHONY: all bpf addon asan bundle test-native arm64 clean
.DELETE_ON_ERROR:

all: bpf addon bundle
bpf: $(BPF_OBJECTS)
test-native: $(TEST_OBJECTS) build/test/probed
addon: build/native/kernel.node
asan: build/asan/kernel.node
bundle: $(if $(wildcard src/main.ts),build/beyla.cjs build/health.cjs)

clean:
	rm -rf build/bpf build/test build/native build/asan build/*.cjs build/*.cjs.map build/beyla.meta.json

$(LIBBPF): scripts/libbpf.sh
	scripts/libbpf.sh

build/bpf/%.bpf.o: bpf/%.bpf.c $(LIBBPF)
	@mkdir -p $(@D)
	clang $(BPF_FLAGS) -MMD -MP -MF $(@:.o=.d) -MT $@ -c $< -o $@
	llvm-strip -g $@

build/test/bpf/%.bpf.o: test/native/bpf/%.bpf.c $(LIBBPF)
	@mkdir -p $(@D)
	clang $(BPF_FLAGS) -MMD -MP -MF $(@:.o=.d) -MT $@ -c $< -o $@
	llvm-strip -g $@

# A position-dependent program, whose addresses the tests turn into offsets by taking away where it is loaded.
build/test/probed: test/native/programs/probed.c
	@mkdir -p $(@D)
	$(CC) -O1 -fno-omit-frame-pointer -no-pie -o $@ $<

# Carries the layouts of bpf/abi.h to scripts/gen-abi.ts as type information. clang describes only types that something
# uses, hence a variable for each.
build/abi/abi.c: bpf/abi.h $(wildcard bpf/abi_*.h)
	@mkdir -p $(@D)
	{ echo '#include <linux/types.h>'; echo '#include "abi.h"'; \
		sed -nE 's/^(struct|enum) ([a-z0-9_]+) \{.*/\1 \2 abi_\1_\2;/p' $^; } >$@

build/abi/abi.o: build/abi/abi.c $(LIBBPF)
	clang $(BPF_FLAGS) -c $< -o $@

build/native/%.o: native/%.cc $(LIBBPF)
	@mkdir -p $(@D)
	$(CXX) $(ADDON_FLAGS) -MMD -MP -c $< -o $@

build/asan/%.o: native/%.cc $(LIBBPF)
	@mkdir -p $(@D)
	$(CXX) $(ADDON_FLAGS) $(ASAN_FLAGS) -MMD -MP -c $< -o $@

build/native/kernel.node: $(ADDON_SOURCES:native/%.cc=build/native/%.o)
	$(CXX) -shared -s -o $@ $^ $(LIBBPF) -lelf -lz

build/asan/kernel.node: $(ADDON_SOURCES:native/%.cc=build/asan/%.o)
	$(CXX) -shared $(ASAN_FLAGS) -o $@ $^ $(LIBBPF) -lelf -lz

# What an arm64 machine builds for itself, built on another one to see that it can be. The addon is linked without libelf
# and zlib, of which Debian has no cross packages: it cannot be loaded.
ARM64 := aarch64-linux-gnu
arm64: $(BPF_OBJECTS:build/%=build/arm64/%) build/arm64/kernel.node

build/arm64/bpf/%.bpf.o: bpf/%.bpf.c $(LIBBPF)
	@mkdir -p $(@D)
	clang $(BPF_PLAIN_FLAGS) -D__TARGET_ARCH_arm64 -isystem /usr/$(ARM64)/include -MMD -MP -MF $(@:.o=.d) -MT $@ -c $< -o $@

build/arm64/libbpf/libbpf.a: $(LIBBPF)
	@mkdir -p $(@D)
	unset MAKEFLAGS; $(MAKE) -s -C $(wildcard build/libbpf/libbpf-*)/src BUILD_STATIC_ONLY=1 NO_PKG_CONFIG=1 \
		CC=$(ARM64)-gcc AR=$(ARM64)-ar CFLAGS='-O2 -fPIC -w -idirafter /usr/include' OBJDIR=$(CURDIR)/$(@D) $(CURDIR)/$@ >/dev/null

build/arm64/native/%.o: native/%.cc $(LIBBPF)
	@mkdir -p $(@D)
	$(ARM64)-g++ $(ADDON_FLAGS) -idirafter /usr/include -MMD -MP -c $< -o $@

build/arm64/kernel.node: $(ADDON_SOURCES:native/%.cc=build/arm64/native/%.o) build/arm64/libbpf/libbpf.a
	$(ARM64)-g++ -shared -s -o $@ $^

build/beyla.cjs build/health.cjs &: scripts/bundle.ts package-lock.json $(shell find src -name '*.ts' -o -name '*.json')
	$(NODE) scripts/bundle.ts

-include $(BPF_OBJECTS:.o=.d) $(TEST_OBJECTS:.o=.d) $(wildcard build/native/*.d build/asan/*.d build/arm64/*/*.d)
