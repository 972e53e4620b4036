#include "system.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <time.h>

#include <cerrno>
#include <cinttypes>
#include <cstdint>
#include <cstdio>

#include "arguments.h"
#include "error.h"

namespace {

int64_t NowNs(clockid_t clock) {
  timespec now = {};
  clock_gettime(clock, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

// The wall clock minus the kernel's monotonic one. The two are read one after the other: of several
// tries the one that was interrupted least counts.
Napi::Value ClockOffsetNs(const Napi::CallbackInfo& info) {
  int64_t offset = 0;
  int64_t shortest = INT64_MAX;
  for (int i = 0; i < 16; i++) {
    const int64_t before = NowNs(CLOCK_MONOTONIC);
    const int64_t wall = NowNs(CLOCK_REALTIME);
    const int64_t after = NowNs(CLOCK_MONOTONIC);
    if (after - before >= shortest) continue;
    shortest = after - before;
    offset = wall - (before + (after - before) / 2);
  }
  return Napi::BigInt::New(info.Env(), offset);
}

// The kernel measures run times of BPF programs for as long as the returned descriptor is open.
Napi::Value EnableStats(const Napi::CallbackInfo& info) {
  const int fd = bpf_enable_stats(BPF_STATS_RUN_TIME);
  if (fd < 0) {
    ThrowErrno(info.Env(), {-fd, "bpf_enable_stats", {}, {}});
    return info.Env().Undefined();
  }
  return Napi::Number::New(info.Env(), fd);
}

// Whether a program on a probe may ask for the number that the probe was attached with. When the kernel does not let anybody
// try, it is said that it may: the refusal shows with the first real program.
Napi::Value KeepsCookies(const Napi::CallbackInfo& info) {
  const int answer = libbpf_probe_bpf_helper(BPF_PROG_TYPE_KPROBE, BPF_FUNC_get_attach_cookie, nullptr);
  return Napi::Boolean::New(info.Env(), answer != 0);
}

// (source, target, type)
Napi::Value Mount(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const std::string source = arguments.String(info[0], "source");
  const std::string target = arguments.String(info[1], "target");
  const std::string type = arguments.String(info[2], "type");
  if (!arguments.ok()) return info.Env().Undefined();
  constexpr unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  if (mount(source.c_str(), target.c_str(), type.c_str(), flags, nullptr) < 0) {
    ThrowErrno(info.Env(), {errno, "mount", target, {}});
  }
  return info.Env().Undefined();
}

// Lets go of the pages of files that this process has mapped only to read: starting runs through much more of the
// runtime's text and constants than working does. What is needed again comes back from the page cache by itself. What the
// dynamic linker has written would not, nor would rings of the kernel: only private mappings without pages of their own
// count. Returns the bytes let go.
Napi::Value ReleaseReadOnly(const Napi::CallbackInfo& info) {
  FILE* maps = fopen("/proc/self/smaps", "re");
  if (maps == nullptr) {
    ThrowErrno(info.Env(), {errno, "open", "/proc/self/smaps", {}});
    return info.Env().Undefined();
  }
  double released = 0;
  uintptr_t start = 0;
  uintptr_t end = 0;
  bool is_read_only_file = false;
  char line[4096];
  while (fgets(line, sizeof(line), maps) != nullptr) {
    uintptr_t from = 0;
    uintptr_t to = 0;
    uint64_t inode = 0;
    uint64_t own_kib = 0;
    char access[5] = "";
    constexpr char format[] = "%" SCNxPTR "-%" SCNxPTR " %4s %*s %*s %" SCNu64;
    if (sscanf(line, format, &from, &to, access, &inode) == 4) {
      start = from;
      end = to;
      is_read_only_file = inode != 0 && access[0] == 'r' && access[1] == '-' && access[3] == 'p';
    } else if (is_read_only_file && sscanf(line, "Anonymous: %" SCNu64, &own_kib) == 1 && own_kib == 0) {
      if (madvise(reinterpret_cast<void*>(start), end - start, MADV_DONTNEED) == 0) released += end - start;
    }
  }
  fclose(maps);
  return Napi::Number::New(info.Env(), released);
}

// What FIONREAD answers of a socket: bytes that wait to be read.
Napi::Value UnreadBytes(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const int32_t fd = arguments.Int32(info[0], "fd");
  if (!arguments.ok()) return info.Env().Undefined();
  int bytes = 0;
  if (ioctl(fd, FIONREAD, &bytes) < 0) {
    ThrowErrno(info.Env(), {errno, "ioctl", {}, {}});
    return info.Env().Undefined();
  }
  return Napi::Number::New(info.Env(), bytes);
}
