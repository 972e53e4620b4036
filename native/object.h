#pragma once

#include <bpf/libbpf.h>
#include <napi.h>

#include <memory>
#include <string>
#include <vector>

#include "link.h"

// What an Object shares with the maps it has handed out: once closed, they know.
struct ObjectState {
  ~ObjectState() { Close(); }
  bool is_open() const { return object != nullptr; }
  void Close();

  bpf_object* object = nullptr;
  std::string path;
  std::vector<std::shared_ptr<Attachment>> attachments;
  std::string log;  // what libbpf and the verifier said, the last of it
};

// One BPF object file: opened, adjusted, loaded, attached, closed.
class Object : public Napi::ObjectWrap<Object> {
 public:
  static Napi::Function Define(Napi::Env env);

  // (path, logLevel)
  explicit Object(const Napi::CallbackInfo& info);
  ~Object() override { state_->Close(); }

 private:
  // Before load.
  Napi::Value Constants(const Napi::CallbackInfo& info);
  Napi::Value SetConstant(const Napi::CallbackInfo& info);
  Napi::Value SetMaxEntries(const Napi::CallbackInfo& info);
  Napi::Value SetMapFlags(const Napi::CallbackInfo& info);
  Napi::Value ReuseMap(const Napi::CallbackInfo& info);
  Napi::Value SetAutoload(const Napi::CallbackInfo& info);
  Napi::Value ForSingleProbes(const Napi::CallbackInfo& info);
  Napi::Value Load(const Napi::CallbackInfo& info);

  // At any time while open.
  Napi::Value Programs(const Napi::CallbackInfo& info);
  Napi::Value Maps(const Napi::CallbackInfo& info);
  Napi::Value GetMap(const Napi::CallbackInfo& info);
  Napi::Value Log(const Napi::CallbackInfo& info);
  Napi::Value IsOpen(const Napi::CallbackInfo& info);
  Napi::Value Close(const Napi::CallbackInfo& info);

  // After load.
  template <auto Attach>
  Napi::Value AttachWith(const Napi::CallbackInfo& info);
  Napi::Value Attach(const Napi::CallbackInfo& info);
  Napi::Value ProgramInfo(const Napi::CallbackInfo& info);
  Napi::Value TestRun(const Napi::CallbackInfo& info);
  Napi::Value ReadIterator(const Napi::CallbackInfo& info);

  bool CheckOpen(Napi::Env env) const;
  // Null: an exception is pending.
  bpf_program* Program(Arguments* arguments);
  bpf_map* FindMap(Arguments* arguments);
  Napi::Value LinkOrThrow(Napi::Env env, std::shared_ptr<Attachment> attachment, bpf_program* program);
  void Fail(Napi::Env env, int error, const char* syscall, const std::string& path);

  std::shared_ptr<ObjectState> state_;
};
