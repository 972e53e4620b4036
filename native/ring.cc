#include "ring.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "arguments.h"
#include "error.h"

namespace {

constexpr size_t kBatchBytes = 256 * 1024;
constexpr uint32_t kBatchRecords = 16 * 1024;
// After so many batches other work of the loop gets its turn; what is left wakes the loop again.
constexpr int kBatchesPerTurn = 16;
// While records gather, the ring is looked at so often, and emptied when one part in so many of it is full.
constexpr uint32_t kLooks = 5;
constexpr size_t kEarlyShare = 8;

}  // namespace

Napi::Function Ring::Define(Napi::Env env) {
  return DefineClass(env, "Ring",
                     {InstanceAccessor<&Ring::IsOpen>("isOpen"), InstanceMethod<&Ring::Consume>("consume"),
                      InstanceMethod<&Ring::Pending>("pending"), InstanceMethod<&Ring::KeepAlive>("ref"),
                      InstanceMethod<&Ring::LetGo>("unref"), InstanceMethod<&Ring::Close>("close")});
}

Ring::Ring(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  const Napi::Env env = info.Env();
  Arguments arguments(info);
  const int32_t map_fd = arguments.Int32(info[0], "mapFd");
  const Napi::Function on_batch = arguments.Function(info[1], "onBatch");
  gather_ms_ = arguments.Int32(info[2], "gatherMs");
  if (!arguments.ok()) return;

  reader_ = RingReader::Open(map_fd);
  if (reader_ == nullptr) {
    ThrowErrno(env, {errno, "bpf_map_get_info_by_fd", {}, {}});
    return;
  }
  on_batch_ = Napi::Persistent(on_batch);
  // One record can be as large as the ring. Memory that is never touched costs nothing.
  capacity_ = std::max(kBatchBytes, reader_->size());
  AllocateBuffers(env);
  if (StartWatch(env)) Ref();
}

bool Ring::StartWatch(Napi::Env env) {
  uv_loop_t* loop = nullptr;
  napi_get_uv_event_loop(env, &loop);
  auto* watch = new Watch{};
  const int error = uv_poll_init(loop, &watch->poll, reader_->fd());
  if (error < 0) {
    delete watch;
    reader_.reset();
    ThrowErrno(env, {-error, "uv_poll_init", {}, {}});
    return false;
  }
  uv_timer_init(loop, &watch->timer);
  watch_ = watch;
  watch_->open_handles = 2;
  watch_->ring = this;
  watch_->poll.data = watch_->timer.data = watch_;
  napi_add_async_cleanup_hook(env, OnTeardown, watch_, &watch_->cleanup);
  AwaitRecords();
  uv_unref(reinterpret_cast<uv_handle_t*>(&watch_->poll));
  uv_unref(reinterpret_cast<uv_handle_t*>(&watch_->timer));
  return true;
}

void Ring::AwaitRecords() { uv_poll_start(&watch_->poll, UV_READABLE, OnReadable); }

void Ring::AllocateBuffers(Napi::Env env) {
  bytes_ = Napi::Persistent(Napi::Buffer<uint8_t>::New(env, capacity_));
  ends_ = Napi::Persistent(Napi::Uint32Array::New(env, kBatchRecords));
}

int Ring::TakeBatch() {
  // Whoever transferred the memory to another thread has taken it for good.
  if (bytes_.Value().ByteLength() != capacity_ || ends_.Value().ElementLength() != kBatchRecords) {
    AllocateBuffers(Env());
  }
  batch_ = {bytes_.Value().Data(), ends_.Value().Data(), 0, 0};
  return reader_->Take(&batch_, kBatchBytes, kBatchRecords);
}

uint32_t Ring::Drain(bool from_loop, napi_status* status) {
  const Napi::Env env = Env();
  const Napi::Object self = Value();  // close() in the callback must not let this go before the end
  uint32_t taken = 0;
  *status = napi_ok;
  draining_ = true;
  for (int i = 0; i < kBatchesPerTurn && *status == napi_ok && reader_ != nullptr; i++) {
    Napi::HandleScope scope(env);
    const int error = TakeBatch();
    if (error < 0) {
      ThrowErrno(env, {-error, "mmap", {}, {}});
      *status = napi_pending_exception;
    }
    if (batch_.count == 0) break;
    taken += batch_.count;
    const bool is_last = reader_->Pending() == 0;
    const napi_value arguments[] = {bytes_.Value(), ends_.Value(), Napi::Number::New(env, batch_.count)};
    // The plain functions, for in a worker that is being terminated the wrappers end the whole process.
    const napi_value on_batch = on_batch_.Value();
    *status = from_loop ? napi_make_callback(env, nullptr, self, on_batch, 3, arguments, nullptr)
                        : napi_call_function(env, self, on_batch, 3, arguments, nullptr);
    if (is_last) break;  // what came meanwhile wakes the loop
  }
  draining_ = false;
  return taken;
}

void Ring::OnReadable(uv_poll_t* poll, int status, int) {
  auto* watch = static_cast<Watch*>(poll->data);
  Ring* ring = watch->ring;
  if (status < 0 || ring->reader_ == nullptr || ring->draining_) return;
  if (ring->gather_ms_ == 0) return ring->DrainFromLoop();
  // Readable it stays until it is drained: not to be woken for each record is the point.
  uv_poll_stop(poll);
  ring->looks_left_ = kLooks;
  const uint64_t until_look = std::max(1u, ring->gather_ms_ / kLooks);
  uv_timer_start(&watch->timer, OnLook, until_look, until_look);
}

void Ring::OnLook(uv_timer_t* timer) {
  auto* watch = static_cast<Watch*>(timer->data);
  Ring* ring = watch->ring;
  if (ring->reader_ == nullptr) return;
  const bool is_over = --ring->looks_left_ == 0;
  if (!is_over && ring->reader_->Pending() < ring->reader_->size() / kEarlyShare) return;
  uv_timer_stop(timer);
  ring->DrainFromLoop();
  if (ring->watch_ != nullptr) ring->AwaitRecords();
}

void Ring::DrainFromLoop() {
  const Napi::Env env = Env();
  Napi::HandleScope scope(env);
  napi_status outcome = napi_ok;
  Drain(true, &outcome);
  // As for any callback of the loop: 'uncaughtException', and by default the end of the process.
  napi_value error = nullptr;
  if (outcome == napi_pending_exception && napi_get_and_clear_last_exception(env, &error) == napi_ok) {
    napi_fatal_exception(env, error);
  }
}

Napi::Value Ring::Consume(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (reader_ == nullptr) {
    ThrowClosed(env, "ring");
    return env.Undefined();
  }
  if (draining_) {
    ThrowState(env, "ERR_RING_BUSY", "A ring cannot be consumed from its own callback");
    return env.Undefined();
  }
  napi_status status = napi_ok;
  return Napi::Number::New(env, Drain(false, &status));
}

Napi::Value Ring::Pending(const Napi::CallbackInfo& info) {
  if (reader_ == nullptr) {
    ThrowClosed(info.Env(), "ring");
    return info.Env().Undefined();
  }
  const size_t size = reader_->Pending();
  return Napi::Number::New(info.Env(), static_cast<double>(size));
}

Napi::Value Ring::KeepAlive(const Napi::CallbackInfo& info) {
  if (watch_ != nullptr) uv_ref(reinterpret_cast<uv_handle_t*>(&watch_->poll));
  return info.This();
}

Napi::Value Ring::LetGo(const Napi::CallbackInfo& info) {
  if (watch_ != nullptr) uv_unref(reinterpret_cast<uv_handle_t*>(&watch_->poll));
  return info.This();
}

Napi::Value Ring::IsOpen(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), reader_ != nullptr); }

Napi::Value Ring::Close(const Napi::CallbackInfo& info) {
  if (reader_ != nullptr) {
    Stop();
    Unref();
  }
  return info.Env().Undefined();
}

void Ring::Stop() {
  // The watch goes first: it watches a descriptor that the ring closes.
  if (watch_ != nullptr) {
    Watch* watch = std::exchange(watch_, nullptr);
    uv_close(reinterpret_cast<uv_handle_t*>(&watch->poll), OnHandleClosed);
    uv_close(reinterpret_cast<uv_handle_t*>(&watch->timer), OnHandleClosed);
  }
  reader_.reset();
}

void Ring::OnTeardown(napi_async_cleanup_hook_handle, void* data) {
  auto* watch = static_cast<Watch*>(data);
  if (!uv_is_closing(reinterpret_cast<uv_handle_t*>(&watch->poll))) watch->ring->Stop();
}

void Ring::OnHandleClosed(uv_handle_t* handle) {
  auto* watch = static_cast<Watch*>(handle->data);
  if (--watch->open_handles > 0) return;
  napi_remove_async_cleanup_hook(watch->cleanup);
  delete watch;
}
