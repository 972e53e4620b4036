#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

// Records copied out of a ring: each starts at a multiple of 8, `ends` holds where each ends.
struct Batch {
  uint8_t* bytes;
  uint32_t* ends;
  uint32_t used;
  uint32_t count;
};

// The reading end of a BPF ring buffer (kernel/bpf/ringbuf.c). libbpf has one, too, which maps the data twice and for
// good: a ring of 16 MiB then counts as 32 MiB of resident memory. This one maps what it is about to copy.
class RingReader {
 public:
  // Null: errno says why.
  static std::unique_ptr<RingReader> Open(int map_fd);
  RingReader(const RingReader&) = delete;
  RingReader& operator=(const RingReader&) = delete;
  ~RingReader();

  // Readable while records wait.
  int fd() const { return fd_; }
  // Of the ring; no record is larger.
  size_t size() const { return size_; }
  // Bytes that wait, headers included.
  size_t Pending() const;
  // Appends up to `max_count` records and `max_bytes` of them, but always one that is ready, and lets the kernel use
  // their space again. Returns 0 or a negative errno.
  int Take(Batch* batch, size_t max_bytes, uint32_t max_count);

 private:
  RingReader(int fd, size_t size) : fd_(fd), size_(size) {}

  int fd_;
  size_t size_;
  unsigned long* consumer_ = nullptr;        // written by us
  const unsigned long* producer_ = nullptr;  // written by the kernel
};
