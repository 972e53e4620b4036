#pragma once

#include <bpf/libbpf.h>
#include <napi.h>

#include <cstdint>
#include <span>
#include <vector>

// Each returns 0 or a negative errno, and names the call that failed.
struct Outcome {
  int error = 0;
  const char* syscall = "";
};

Outcome ReadProgramInfo(Napi::Env env, const bpf_program* program, Napi::Object info);

// Runs a SEC("syscall") program once; `context` is its argument and holds what the program left
// there.
Outcome RunProgram(const bpf_program* program, std::span<uint8_t> context, uint32_t* result);

// Runs an iterator program over all its items and collects what it prints.
Outcome RunIterator(const bpf_program* program, std::vector<uint8_t>* output);
