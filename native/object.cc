#include "object.h"

#include <bpf/bpf.h>
#include <pthread.h>
#include <signal.h>

#include <cerrno>
#include <utility>

#include "error.h"
#include "log.h"
#include "map.h"
#include "program.h"

namespace {

constexpr size_t kDetailLines = 40;

// The verifier gives up with EAGAIN when a signal waits, so a signal that keeps coming (a profiler's) would keep every
// program from loading. They are delivered when it is done.
int LoadUndisturbed(bpf_object* object) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const int error = bpf_object__load(object);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return error;
}

}  // namespace

void ObjectState::Close() {
  // Detach before the programs go. Links in JavaScript may hold the attachments, too.
  for (const auto& attachment : attachments) attachment->Destroy();
  attachments.clear();
  if (object != nullptr) bpf_object__close(std::exchange(object, nullptr));
}

Napi::Function Object::Define(Napi::Env env) {
  return DefineClass(env, "Object",
                     {InstanceAccessor<&Object::IsOpen>("isOpen"),
                      InstanceAccessor<&Object::Log>("log"),
                      InstanceMethod<&Object::Constants>("constants"),
                      InstanceMethod<&Object::SetConstant>("setConstant"),
                      InstanceMethod<&Object::SetMaxEntries>("setMaxEntries"),
                      InstanceMethod<&Object::SetMapFlags>("setMapFlags"),
                      InstanceMethod<&Object::ReuseMap>("reuseMap"),
                      InstanceMethod<&Object::SetAutoload>("setAutoload"),
                      InstanceMethod<&Object::ForSingleProbes>("forSingleProbes"),
                      InstanceMethod<&Object::Load>("load"),
                      InstanceMethod<&Object::Programs>("programs"),
                      InstanceMethod<&Object::Maps>("maps"),
                      InstanceMethod<&Object::GetMap>("map"),
                      InstanceMethod<&Object::Attach>("attach"),
                      InstanceMethod<&Object::AttachWith<AttachUprobe>>("attachUprobe"),
                      InstanceMethod<&Object::AttachWith<AttachUprobes>>("attachUprobes"),
                      InstanceMethod<&Object::AttachWith<AttachCgroup>>("attachCgroup"),
                      InstanceMethod<&Object::AttachWith<AttachSockmap>>("attachSockmap"),
                      InstanceMethod<&Object::ProgramInfo>("programInfo"),
                      InstanceMethod<&Object::TestRun>("testRun"),
                      InstanceMethod<&Object::ReadIterator>("readIterator"),
                      InstanceMethod<&Object::Close>("close")});
}

Object::Object(const Napi::CallbackInfo& info) : ObjectWrap(info), state_(std::make_shared<ObjectState>()) {
  Arguments arguments(info);
  state_->path = arguments.String(info[0], "path");
  LIBBPF_OPTS(bpf_object_open_opts, options);
  options.kernel_log_level = static_cast<__u32>(arguments.Unsigned(info[1], "logLevel"));
  if (!arguments.ok()) return;

  LogCapture capture(&state_->log);
  state_->object = bpf_object__open_file(state_->path.c_str(), &options);
  if (state_->object == nullptr) {
    Fail(info.Env(), errno, "bpf_object__open_file", state_->path);
    return;
  }
  // Probes must not vanish because JavaScript forgot the handle: it lives until close() or the end
  // of the environment.
  Ref();
}

bool Object::CheckOpen(Napi::Env env) const {
  if (state_->is_open()) return true;
  ThrowClosed(env, "object");
  return false;
}

bpf_program* Object::Program(Arguments* arguments) {
  if (!CheckOpen(arguments->env())) return nullptr;
  const std::string name = arguments->String(arguments->At(0), "program");
  if (!arguments->ok()) return nullptr;
  bpf_program* program = bpf_object__find_program_by_name(state_->object, name.c_str());
  if (program == nullptr) Fail(arguments->env(), ENOENT, "bpf_object__find_program_by_name", name);
  return program;
}

bpf_map* Object::FindMap(Arguments* arguments) {
  if (!CheckOpen(arguments->env())) return nullptr;
  const std::string name = arguments->String(arguments->At(0), "map");
  if (!arguments->ok()) return nullptr;
  bpf_map* map = bpf_object__find_map_by_name(state_->object, name.c_str());
  if (map == nullptr) Fail(arguments->env(), ENOENT, "bpf_object__find_map_by_name", name);
  return map;
}

void Object::Fail(Napi::Env env, int error, const char* syscall, const std::string& path) {
  ThrowErrno(env, {error, syscall, path, LastLines(state_->log, kDetailLines)});
}

Napi::Value Object::Load(const Napi::CallbackInfo& info) {
  if (!CheckOpen(info.Env())) return info.Env().Undefined();
  LogCapture capture(&state_->log);
  const int error = LoadUndisturbed(state_->object);
  if (error < 0) Fail(info.Env(), -error, "bpf_object__load", state_->path);
  return info.Env().Undefined();
}

Napi::Value Object::Programs(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!CheckOpen(env)) return env.Undefined();
  Napi::Array names = Napi::Array::New(env);
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, state_->object) {
    if (bpf_program__autoload(program)) names.Set(names.Length(), bpf_program__name(program));
  }
  return names;
}

Napi::Value Object::Maps(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!CheckOpen(env)) return env.Undefined();
  Napi::Array names = Napi::Array::New(env);
  bpf_map* map = nullptr;
  bpf_object__for_each_map(map, state_->object) names.Set(names.Length(), bpf_map__name(map));
  return names;
}

Napi::Value Object::GetMap(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  bpf_map* map = FindMap(&arguments);
  if (map == nullptr) return info.Env().Undefined();
  return Map::New(info.Env(), state_, map);
}

Napi::Value Object::Log(const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), state_->log); }

Napi::Value Object::IsOpen(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), state_->is_open()); }

Napi::Value Object::Close(const Napi::CallbackInfo& info) {
  if (state_->is_open()) {
    state_->Close();
    Unref();
  }
  return info.Env().Undefined();
}

Napi::Value Object::LinkOrThrow(Napi::Env env, std::shared_ptr<Attachment> attachment, bpf_program* program) {
  if (attachment == nullptr) {
    Fail(env, errno, "bpf_link_create", bpf_program__name(program));
    return env.Undefined();
  }
  std::erase_if(state_->attachments, [](const auto& old) { return !old->is_attached(); });
  state_->attachments.push_back(attachment);
  return Link::New(env, std::move(attachment));
}

Napi::Value Object::Attach(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  bpf_program* program = Program(&arguments);
  if (program == nullptr) return info.Env().Undefined();
  state_->log.clear();
  LogCapture capture(&state_->log);
  return LinkOrThrow(info.Env(), AttachBySection(program), program);
}

template <auto AttachBy>
Napi::Value Object::AttachWith(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  bpf_program* program = Program(&arguments);
  if (program == nullptr) return info.Env().Undefined();
  state_->log.clear();
  LogCapture capture(&state_->log);
  auto attachment = AttachBy(program, &arguments);
  if (!arguments.ok()) return info.Env().Undefined();
  return LinkOrThrow(info.Env(), std::move(attachment), program);
}

Napi::Value Object::ProgramInfo(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  bpf_program* program = Program(&arguments);
  if (program == nullptr) return info.Env().Undefined();
  Napi::Object facts = Napi::Object::New(info.Env());
  const Outcome outcome = ReadProgramInfo(info.Env(), program, facts);
  if (outcome.error == 0) return facts;
  Fail(info.Env(), -outcome.error, outcome.syscall, bpf_program__name(program));
  return info.Env().Undefined();
}

Napi::Value Object::TestRun(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  bpf_program* program = Program(&arguments);
  if (program == nullptr) return info.Env().Undefined();
  const auto context = info[1].IsUndefined() ? std::span<uint8_t>{} : arguments.Bytes(info[1], "context");
  if (!arguments.ok()) return info.Env().Undefined();
  uint32_t result = 0;
  const Outcome outcome = RunProgram(program, context, &result);
  if (outcome.error == 0) return Napi::Number::New(info.Env(), result);
  Fail(info.Env(), -outcome.error, outcome.syscall, bpf_program__name(program));
  return info.Env().Undefined();
}

Napi::Value Object::ReadIterator(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  bpf_program* program = Program(&arguments);
  if (program == nullptr) return info.Env().Undefined();
  std::vector<uint8_t> output;
  const Outcome outcome = RunIterator(program, &output);
  if (outcome.error == 0) {
    return Napi::Buffer<uint8_t>::Copy(info.Env(), output.data(), output.size());
  }
  Fail(info.Env(), -outcome.error, outcome.syscall, bpf_program__name(program));
  return info.Env().Undefined();
}
