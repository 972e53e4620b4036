#pragma once

#include <bpf/libbpf.h>
#include <napi.h>

#include <functional>
#include <memory>

#include "arguments.h"

// A program fastened to its hook. The object it belongs to holds it too and undoes it when it is
// closed: forgetting a Link in JavaScript leaves the program attached, closing the object never
// does.
class Attachment {
 public:
  // `detach` returns what a system call would, and is called once.
  explicit Attachment(std::function<int()> detach) : detach_(std::move(detach)) {}
  Attachment(const Attachment&) = delete;
  Attachment& operator=(const Attachment&) = delete;
  ~Attachment() { Destroy(); }

  bool is_attached() const { return detach_ != nullptr; }
  int Destroy();

 private:
  std::function<int()> detach_;
};

class Link : public Napi::ObjectWrap<Link> {
 public:
  static Napi::Function Define(Napi::Env env);
  static Napi::Value New(Napi::Env env, std::shared_ptr<Attachment> attachment);

  explicit Link(const Napi::CallbackInfo& info);

 private:
  Napi::Value IsAttached(const Napi::CallbackInfo& info);
  Napi::Value Destroy(const Napi::CallbackInfo& info);

  std::shared_ptr<Attachment> attachment_;
};

// The ways to attach; options are read from the call's second argument. Null: `errno` says why, or
// an argument was wrong.
std::shared_ptr<Attachment> AttachBySection(bpf_program* program);
std::shared_ptr<Attachment> AttachUprobe(bpf_program* program, Arguments* arguments);
std::shared_ptr<Attachment> AttachUprobes(bpf_program* program, Arguments* arguments);
std::shared_ptr<Attachment> AttachCgroup(bpf_program* program, Arguments* arguments);
std::shared_ptr<Attachment> AttachSockmap(bpf_program* program, Arguments* arguments);
