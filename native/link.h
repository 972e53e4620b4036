#pragma once

#include <bpf/libbpf.h>
#include <napi.h>

#include <memory>

#include "arguments.h"

// A program fastened to its hook. The object it belongs to holds it too and undoes it when it is
// closed: forgetting a Link in JavaScript leaves the program attached, closing the object never
// does.
class Attachment {
 public:
  explicit Attachment(bpf_link* link) : link_(link) {}
  Attachment(const Attachment&) = delete;
  Attachment& operator=(const Attachment&) = delete;
  ~Attachment() { Destroy(); }

  bool is_attached() const { return link_ != nullptr; }
  int Destroy();

 private:
  bpf_link* link_;
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
bpf_link* AttachBySection(bpf_program* program);
bpf_link* AttachUprobe(bpf_program* program, Arguments* arguments);
bpf_link* AttachUprobes(bpf_program* program, Arguments* arguments);
bpf_link* AttachCgroup(bpf_program* program, Arguments* arguments);
bpf_link* AttachSockmap(bpf_program* program, Arguments* arguments);
