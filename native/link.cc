#include "link.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "addon.h"
#include "aside.h"
#include "error.h"

namespace {
constexpr int32_t kEveryProcess = -1;

std::shared_ptr<Attachment> Held(bpf_link* link, int (*destroy)(bpf_link*) = bpf_link__destroy) {
  if (link == nullptr) return nullptr;
  return std::make_shared<Attachment>([=] { return destroy(link); });
}
}  // namespace

int Attachment::Destroy() {
  if (detach_ == nullptr) return 0;
  return std::exchange(detach_, nullptr)();
}

Napi::Function Link::Define(Napi::Env env) {
  return DefineClass(env, "Link",
                     {InstanceAccessor<&Link::IsAttached>("isAttached"), InstanceMethod<&Link::Destroy>("destroy")});
}

Napi::Value Link::New(Napi::Env env, std::shared_ptr<Attachment> attachment) {
  return env.GetInstanceData<AddonData>()->link.New(
      {Napi::External<std::shared_ptr<Attachment>>::New(env, &attachment)});
}

Link::Link(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  if (!info[0].IsExternal()) {
    ThrowType(info.Env(), "Links come from attaching a program");
    return;
  }
  attachment_ = *info[0].As<Napi::External<std::shared_ptr<Attachment>>>().Data();
}

Napi::Value Link::IsAttached(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), attachment_->is_attached());
}

Napi::Value Link::Destroy(const Napi::CallbackInfo& info) {
  const int error = attachment_->Destroy();
  if (error < 0) ThrowErrno(info.Env(), {-error, "bpf_link__destroy", {}, {}});
  return info.Env().Undefined();
}

std::shared_ptr<Attachment> AttachBySection(bpf_program* program) { return Held(bpf_program__attach(program)); }

std::shared_ptr<Attachment> AttachUprobe(bpf_program* program, Arguments* arguments) {
  LIBBPF_OPTS(bpf_uprobe_opts, options);
  const std::string path = arguments->String(arguments->Option(1, "path"), "path");
  const uint64_t offset = arguments->Unsigned(arguments->Option(1, "offset"), "offset");
  const int32_t pid = arguments->Int32Or(kEveryProcess, arguments->Option(1, "pid"), "pid");
  options.bpf_cookie = arguments->UnsignedOr(0, arguments->Option(1, "cookie"), "cookie");
  options.retprobe = arguments->BooleanOr(false, arguments->Option(1, "isReturn"), "isReturn");
  if (!arguments->ok()) return nullptr;
  return Held(bpf_program__attach_uprobe_opts(program, pid, path.c_str(), offset, &options), DestroyAside);
}

std::shared_ptr<Attachment> AttachUprobes(bpf_program* program, Arguments* arguments) {
  LIBBPF_OPTS(bpf_uprobe_multi_opts, options);
  const std::string path = arguments->String(arguments->Option(1, "path"), "path");
  const auto offsets = arguments->UnsignedList(arguments->Option(1, "offsets"), "offsets");
  std::vector<uint64_t> cookies;
  const Napi::Value given = arguments->Option(1, "cookies");
  if (!given.IsUndefined()) cookies = arguments->UnsignedList(given, "cookies");
  const int32_t pid = arguments->Int32Or(kEveryProcess, arguments->Option(1, "pid"), "pid");
  options.retprobe = arguments->BooleanOr(false, arguments->Option(1, "isReturn"), "isReturn");
  if (!arguments->ok()) return nullptr;
  if (offsets.empty() || (!cookies.empty() && cookies.size() != offsets.size())) {
    errno = EINVAL;
    return nullptr;
  }
  // Both are 64-bit on every supported machine, but not the same type for the compiler.
  static_assert(sizeof(unsigned long) == sizeof(uint64_t) && sizeof(__u64) == sizeof(uint64_t));
  options.offsets = reinterpret_cast<const unsigned long*>(offsets.data());
  options.cookies = cookies.empty() ? nullptr : reinterpret_cast<const __u64*>(cookies.data());
  options.cnt = offsets.size();
  return Held(bpf_program__attach_uprobe_multi(program, pid, path.c_str(), nullptr, &options));
}

std::shared_ptr<Attachment> AttachCgroup(bpf_program* program, Arguments* arguments) {
  const std::string path = arguments->String(arguments->At(1), "path");
  if (!arguments->ok()) return nullptr;
  const int directory = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return nullptr;
  bpf_link* link = bpf_program__attach_cgroup(program, directory);
  const int error = errno;
  close(directory);
  errno = error;
  return Held(link);
}

std::shared_ptr<Attachment> AttachSockmap(bpf_program* program, Arguments* arguments) {
  const int32_t map_fd = arguments->Int32(arguments->Option(1, "fd"), "fd of the map");
  if (!arguments->ok()) return nullptr;
  if (bpf_link* link = bpf_program__attach_sockmap(program, map_fd)) return Held(link);
  // Before 6.10 there are no links for maps of sockets.
  const int program_fd = bpf_program__fd(program);
  const bpf_attach_type type = bpf_program__expected_attach_type(program);
  if (bpf_prog_attach(program_fd, map_fd, type, 0) < 0) return nullptr;
  return std::make_shared<Attachment>([=] { return bpf_prog_detach2(program_fd, map_fd, type); });
}
