#pragma once

#include <napi.h>
#include <uv.h>

#include <cstdint>
#include <memory>

#include "ring_reader.h"

// Reads a BPF ring buffer on Node's own loop: one wake-up, one copy, one call. All records that
// wait are copied into one buffer, each starting at a multiple of 8, and go over in one call
// together with the offsets at which they end. Buffer and offsets are used again for the next
// batch. With a time to gather, the wake-up only starts that time, and what has come by its end goes over at once, or
// earlier when a good part of the ring is full.
class Ring : public Napi::ObjectWrap<Ring> {
 public:
  static Napi::Function Define(Napi::Env env);

  // (mapFd, onBatch, gatherMs)
  explicit Ring(const Napi::CallbackInfo& info);
  ~Ring() override { Stop(); }

 private:
  // The part the loop holds: it outlives the Ring until libuv has let go of both handles.
  struct Watch {
    uv_poll_t poll;
    uv_timer_t timer;
    int open_handles;
    Ring* ring;
    napi_async_cleanup_hook_handle cleanup;
  };

  static void OnReadable(uv_poll_t* poll, int status, int events);
  static void OnLook(uv_timer_t* timer);
  static void OnHandleClosed(uv_handle_t* handle);
  static void OnTeardown(napi_async_cleanup_hook_handle handle, void* watch);

  Napi::Value Consume(const Napi::CallbackInfo& info);
  Napi::Value Pending(const Napi::CallbackInfo& info);
  Napi::Value KeepAlive(const Napi::CallbackInfo& info);
  Napi::Value LetGo(const Napi::CallbackInfo& info);
  Napi::Value IsOpen(const Napi::CallbackInfo& info);
  Napi::Value Close(const Napi::CallbackInfo& info);

  bool StartWatch(Napi::Env env);
  void AwaitRecords();
  void DrainFromLoop();
  // Hands over all that waits, or as many batches as one turn of the loop should spend on it. Returns the records taken;
  // with the status napi_pending_exception the callback threw.
  uint32_t Drain(bool from_loop, napi_status* status);
  int TakeBatch();
  void AllocateBuffers(Napi::Env env);
  void Stop();

  std::unique_ptr<RingReader> reader_;
  Watch* watch_ = nullptr;
  bool draining_ = false;
  uint32_t gather_ms_ = 0;
  uint32_t looks_left_ = 0;
  Batch batch_ = {};
  size_t capacity_ = 0;
  Napi::FunctionReference on_batch_;
  Napi::Reference<Napi::Buffer<uint8_t>> bytes_;
  Napi::Reference<Napi::Uint32Array> ends_;
};
