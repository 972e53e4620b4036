#include "ring_reader.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace {

size_t PageSize() {
  static const auto size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

constexpr size_t Aligned(size_t size) { return (size + 7) & ~size_t{7}; }

// The file of the map: a page with the reader's position, one with the writer's, then the data two times in a row, so
// that what wraps around the end can be read in one piece.
void* MapPage(int fd, size_t index, int protection) {
  return mmap(nullptr, PageSize(), protection, MAP_SHARED, fd, static_cast<off_t>(index * PageSize()));
}

// A part of the data, mapped for as long as this exists.
class Window {
 public:
  Window(int fd, size_t start, size_t length) : length_(length) {
    const size_t page = start & ~(PageSize() - 1);
    skipped_ = start - page;
    const auto offset = static_cast<off_t>(2 * PageSize() + page);
    memory_ = mmap(nullptr, skipped_ + length, PROT_READ, MAP_SHARED, fd, offset);
  }
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;
  ~Window() {
    if (is_mapped()) munmap(memory_, skipped_ + length_);
  }

  bool is_mapped() const { return memory_ != MAP_FAILED; }
  size_t length() const { return length_; }
  const uint8_t* At(size_t offset) const { return static_cast<uint8_t*>(memory_) + skipped_ + offset; }

 private:
  size_t length_;
  size_t skipped_;
  void* memory_;
};

uint32_t HeaderAt(const Window& window, size_t offset) {
  return __atomic_load_n(reinterpret_cast<const uint32_t*>(window.At(offset)), __ATOMIC_ACQUIRE);
}

// Copies what the window holds whole and returns how far that reaches.
size_t CopyRecords(const Window& window, Batch* batch, uint32_t max_count) {
  size_t at = 0;
  while (at < window.length() && batch->count < max_count) {
    const uint32_t header = HeaderAt(window, at);
    if (header & BPF_RINGBUF_BUSY_BIT) break;
    const uint32_t size = header & ~BPF_RINGBUF_DISCARD_BIT;
    const size_t next = at + Aligned(BPF_RINGBUF_HDR_SZ + size);
    if (next > window.length()) break;
    if (!(header & BPF_RINGBUF_DISCARD_BIT)) {
      std::memcpy(batch->bytes + batch->used, window.At(at + BPF_RINGBUF_HDR_SZ), size);
      batch->ends[batch->count++] = batch->used + size;
      batch->used += static_cast<uint32_t>(Aligned(size));
    }
    at = next;
  }
  return at;
}

}  // namespace

std::unique_ptr<RingReader> RingReader::Open(int map_fd) {
  bpf_map_info info = {};
  __u32 size = sizeof(info);
  const int error = bpf_map_get_info_by_fd(map_fd, &info, &size);
  if (error < 0 || info.type != BPF_MAP_TYPE_RINGBUF) {
    errno = error < 0 ? -error : EINVAL;
    return nullptr;
  }
  const int fd = fcntl(map_fd, F_DUPFD_CLOEXEC, 0);
  if (fd < 0) return nullptr;
  std::unique_ptr<RingReader> reader(new RingReader(fd, info.max_entries));
  void* consumer = MapPage(fd, 0, PROT_READ | PROT_WRITE);
  if (consumer == MAP_FAILED) return nullptr;
  reader->consumer_ = static_cast<unsigned long*>(consumer);
  void* producer = MapPage(fd, 1, PROT_READ);
  if (producer == MAP_FAILED) return nullptr;
  reader->producer_ = static_cast<unsigned long*>(producer);
  return reader;
}

RingReader::~RingReader() {
  const int error = errno;  // that of a failed Open
  if (consumer_ != nullptr) munmap(consumer_, PageSize());
  if (producer_ != nullptr) munmap(const_cast<unsigned long*>(producer_), PageSize());
  close(fd_);
  errno = error;
}

size_t RingReader::Pending() const {
  return __atomic_load_n(producer_, __ATOMIC_ACQUIRE) - __atomic_load_n(consumer_, __ATOMIC_RELAXED);
}

int RingReader::Take(Batch* batch, size_t max_bytes, uint32_t max_count) {
  const size_t pending = Pending();
  if (pending == 0) return 0;
  const unsigned long start = *consumer_;
  size_t taken = 0;
  size_t first = 0;
  {
    const Window window(fd_, start & (size_ - 1), std::min(pending, max_bytes));
    if (!window.is_mapped()) return -errno;
    taken = CopyRecords(window, batch, max_count);
    const uint32_t header = HeaderAt(window, 0);
    if (!(header & BPF_RINGBUF_BUSY_BIT)) {
      first = Aligned(BPF_RINGBUF_HDR_SZ + (header & ~BPF_RINGBUF_DISCARD_BIT));
    }
  }
  if (taken == 0 && first > 0) {  // a record larger than a batch
    const Window window(fd_, start & (size_ - 1), first);
    if (!window.is_mapped()) return -errno;
    taken = CopyRecords(window, batch, max_count);
  }
  __atomic_store_n(consumer_, start + taken, __ATOMIC_RELEASE);
  return 0;
}
