#pragma once

#include <bpf/libbpf.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

// A `const volatile` variable of an object, in the memory that becomes its .rodata map when it is
// loaded.
struct Constant {
  std::string name;
  std::span<uint8_t> bytes;
};

std::vector<Constant> ConstantsOf(bpf_object* object);
