#include "program.h"

#include <bpf/bpf.h>
#include <unistd.h>

#include <cerrno>

Outcome ReadProgramInfo(Napi::Env env, const bpf_program* program, Napi::Object info) {
  bpf_prog_info facts = {};
  __u32 size = sizeof(facts);
  const int error = bpf_prog_get_info_by_fd(bpf_program__fd(program), &facts, &size);
  if (error < 0) return {error, "bpf_prog_get_info_by_fd"};

  const char* type = libbpf_bpf_prog_type_str(bpf_program__type(program));
  info.Set("fd", Napi::Number::New(env, bpf_program__fd(program)));
  info.Set("id", Napi::Number::New(env, facts.id));
  info.Set("name", Napi::String::New(env, bpf_program__name(program)));
  info.Set("type", Napi::String::New(env, type != nullptr ? type : "unknown"));
  info.Set("section", Napi::String::New(env, bpf_program__section_name(program)));
  info.Set("runTimeNs", Napi::Number::New(env, static_cast<double>(facts.run_time_ns)));
  info.Set("runCount", Napi::Number::New(env, static_cast<double>(facts.run_cnt)));
  info.Set("recursionMisses", Napi::Number::New(env, static_cast<double>(facts.recursion_misses)));
  info.Set("verifiedInstructions", Napi::Number::New(env, facts.verified_insns));
  info.Set("jitedBytes", Napi::Number::New(env, facts.jited_prog_len));
  return {};
}

Outcome RunProgram(const bpf_program* program, std::span<uint8_t> context, uint32_t* result) {
  LIBBPF_OPTS(bpf_test_run_opts, options);
  if (!context.empty()) {
    options.ctx_in = context.data();
    options.ctx_size_in = static_cast<__u32>(context.size());
  }
  const int error = bpf_prog_test_run_opts(bpf_program__fd(program), &options);
  *result = options.retval;
  return {error, "bpf_prog_test_run_opts"};
}

Outcome RunIterator(const bpf_program* program, std::vector<uint8_t>* output) {
  bpf_link* link = bpf_program__attach_iter(program, nullptr);
  if (link == nullptr) return {-errno, "bpf_program__attach_iter"};
  const int fd = bpf_iter_create(bpf_link__fd(link));
  Outcome outcome;
  if (fd < 0) {
    outcome = {fd, "bpf_iter_create"};
  } else {
    uint8_t chunk[16 * 1024];
    for (;;) {
      const ssize_t size = read(fd, chunk, sizeof(chunk));
      if (size > 0) {
        output->insert(output->end(), chunk, chunk + size);
      } else if (size == 0) {
        break;
      } else if (errno != EINTR && errno != EAGAIN) {  // EAGAIN: nothing printed for a million items, go on
        outcome = {-errno, "read"};
        break;
      }
    }
    close(fd);
  }
  bpf_link__destroy(link);
  return outcome;
}
