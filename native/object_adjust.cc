// What an object is told before it is loaded.
#include <bpf/bpf.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "constants.h"
#include "object.h"

namespace {

// libbpf takes any descriptor, even one that is no map; the program would then misread what it finds.
int ReuseIfAlike(bpf_map* map, int fd) {
  bpf_map_info other = {};
  __u32 size = sizeof(other);
  const int error = bpf_map_get_info_by_fd(fd, &other, &size);
  if (error < 0) return error;
  if (other.type != static_cast<__u32>(bpf_map__type(map)) || other.key_size != bpf_map__key_size(map) ||
      other.value_size != bpf_map__value_size(map)) {
    return -EINVAL;
  }
  return bpf_map__reuse_fd(map, fd);
}

}  // namespace

Napi::Value Object::Constants(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!CheckOpen(env)) return env.Undefined();
  Napi::Object sizes = Napi::Object::New(env);
  for (const Constant& constant : ConstantsOf(state_->object)) {
    sizes.Set(constant.name, Napi::Number::New(env, static_cast<double>(constant.bytes.size())));
  }
  return sizes;
}

Napi::Value Object::SetConstant(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!CheckOpen(env)) return env.Undefined();
  Arguments arguments(info);
  const std::string name = arguments.String(info[0], "name");
  if (!arguments.ok()) return env.Undefined();
  for (const Constant& constant : ConstantsOf(state_->object)) {
    if (constant.name != name) continue;
    const auto bytes = arguments.BytesOf(info[1], "bytes", constant.bytes.size());
    if (arguments.ok()) std::copy(bytes.begin(), bytes.end(), constant.bytes.begin());
    return env.Undefined();
  }
  Fail(env, ENOENT, "bpf_map__initial_value", name);
  return env.Undefined();
}

Napi::Value Object::SetMaxEntries(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  bpf_map* map = FindMap(&arguments);
  if (map == nullptr) return info.Env().Undefined();
  const uint64_t count = arguments.Unsigned(info[1], "maxEntries");
  if (!arguments.ok()) return info.Env().Undefined();
  const int error = count > UINT32_MAX ? -EINVAL : bpf_map__set_max_entries(map, static_cast<__u32>(count));
  if (error < 0) Fail(info.Env(), -error, "bpf_map__set_max_entries", bpf_map__name(map));
  return info.Env().Undefined();
}

Napi::Value Object::ForSingleProbes(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  bpf_program* program = Program(&arguments);
  if (program == nullptr) return info.Env().Undefined();
  const int error = bpf_program__set_expected_attach_type(program, static_cast<bpf_attach_type>(0));
  if (error < 0) Fail(info.Env(), -error, "bpf_program__set_expected_attach_type", bpf_program__name(program));
  return info.Env().Undefined();
}

Napi::Value Object::SetMapFlags(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  bpf_map* map = FindMap(&arguments);
  if (map == nullptr) return info.Env().Undefined();
  const uint64_t flags = arguments.Unsigned(info[1], "flags");
  if (!arguments.ok()) return info.Env().Undefined();
  const int error = bpf_map__set_map_flags(map, static_cast<__u32>(flags));
  if (error < 0) Fail(info.Env(), -error, "bpf_map__set_map_flags", bpf_map__name(map));
  return info.Env().Undefined();
}

Napi::Value Object::ReuseMap(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  bpf_map* map = FindMap(&arguments);
  if (map == nullptr) return info.Env().Undefined();
  const int32_t fd = arguments.Int32(info[1], "fd");
  if (!arguments.ok()) return info.Env().Undefined();
  const int error = ReuseIfAlike(map, fd);
  if (error < 0) Fail(info.Env(), -error, "bpf_map__reuse_fd", bpf_map__name(map));
  return info.Env().Undefined();
}

Napi::Value Object::SetAutoload(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  bpf_program* program = Program(&arguments);
  if (program == nullptr) return info.Env().Undefined();
  const bool autoload = arguments.Boolean(info[1], "autoload");
  if (!arguments.ok()) return info.Env().Undefined();
  const int error = bpf_program__set_autoload(program, autoload);
  if (error < 0) Fail(info.Env(), -error, "bpf_program__set_autoload", bpf_program__name(program));
  return info.Env().Undefined();
}
