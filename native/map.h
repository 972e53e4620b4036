#pragma once

#include <bpf/libbpf.h>
#include <napi.h>

#include <memory>

struct ObjectState;

// A map of an object, usable for as long as the object is open.
class Map : public Napi::ObjectWrap<Map> {
 public:
  static Napi::Function Define(Napi::Env env);
  static Napi::Value New(Napi::Env env, std::shared_ptr<ObjectState> object, bpf_map* map);

  explicit Map(const Napi::CallbackInfo& info);

 private:
  struct Parts {
    std::shared_ptr<ObjectState> object;
    bpf_map* map;
  };

  Napi::Value Fd(const Napi::CallbackInfo& info);
  Napi::Value Name(const Napi::CallbackInfo& info);
  Napi::Value MaxEntries(const Napi::CallbackInfo& info);
  Napi::Value KeySize(const Napi::CallbackInfo& info);
  Napi::Value ValueSize(const Napi::CallbackInfo& info);
  Napi::Value Lookup(const Napi::CallbackInfo& info);
  Napi::Value Update(const Napi::CallbackInfo& info);
  Napi::Value Delete(const Napi::CallbackInfo& info);
  Napi::Value Keys(const Napi::CallbackInfo& info);

  bool IsOpen(Napi::Env env) const;
  // What a lookup returns: one value, or that of every possible CPU, each rounded up to 8 bytes.
  size_t BytesPerEntry() const;
  void Fail(Napi::Env env, int error, const char* syscall) const;

  std::shared_ptr<ObjectState> object_;
  bpf_map* map_ = nullptr;
};
