#include "map.h"

#include <bpf/bpf.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "addon.h"
#include "arguments.h"
#include "error.h"
#include "object.h"

Napi::Function Map::Define(Napi::Env env) {
  return DefineClass(env, "Map",
                     {InstanceAccessor<&Map::Fd>("fd"), InstanceAccessor<&Map::Name>("name"),
                      InstanceAccessor<&Map::MaxEntries>("maxEntries"), InstanceAccessor<&Map::KeySize>("keySize"),
                      InstanceAccessor<&Map::ValueSize>("valueSize"), InstanceMethod<&Map::Lookup>("lookup"),
                      InstanceMethod<&Map::Update>("update"), InstanceMethod<&Map::Delete>("delete"),
                      InstanceMethod<&Map::Keys>("keys")});
}

Napi::Value Map::New(Napi::Env env, std::shared_ptr<ObjectState> object, bpf_map* map) {
  Parts parts{std::move(object), map};
  return env.GetInstanceData<AddonData>()->map.New({Napi::External<Parts>::New(env, &parts)});
}

Map::Map(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  if (!info[0].IsExternal()) {
    ThrowType(info.Env(), "Maps come from an object");
    return;
  }
  const Parts* parts = info[0].As<Napi::External<Parts>>().Data();
  object_ = parts->object;
  map_ = parts->map;
}

bool Map::IsOpen(Napi::Env env) const {
  if (object_->is_open()) return true;
  ThrowClosed(env, "object of this map");
  return false;
}

size_t Map::BytesPerEntry() const {
  const size_t size = bpf_map__value_size(map_);
  switch (bpf_map__type(map_)) {
    case BPF_MAP_TYPE_PERCPU_HASH:
    case BPF_MAP_TYPE_PERCPU_ARRAY:
    case BPF_MAP_TYPE_LRU_PERCPU_HASH:
      return ((size + 7) & ~size_t{7}) * static_cast<size_t>(libbpf_num_possible_cpus());
    default:
      return size;
  }
}

void Map::Fail(Napi::Env env, int error, const char* syscall) const {
  ThrowErrno(env, {-error, syscall, bpf_map__name(map_), {}});
}

Napi::Value Map::Fd(const Napi::CallbackInfo& info) {
  if (!IsOpen(info.Env())) return info.Env().Undefined();
  return Napi::Number::New(info.Env(), bpf_map__fd(map_));
}

Napi::Value Map::Name(const Napi::CallbackInfo& info) {
  if (!IsOpen(info.Env())) return info.Env().Undefined();
  return Napi::String::New(info.Env(), bpf_map__name(map_));
}

Napi::Value Map::MaxEntries(const Napi::CallbackInfo& info) {
  if (!IsOpen(info.Env())) return info.Env().Undefined();
  return Napi::Number::New(info.Env(), bpf_map__max_entries(map_));
}

Napi::Value Map::KeySize(const Napi::CallbackInfo& info) {
  if (!IsOpen(info.Env())) return info.Env().Undefined();
  return Napi::Number::New(info.Env(), bpf_map__key_size(map_));
}

Napi::Value Map::ValueSize(const Napi::CallbackInfo& info) {
  if (!IsOpen(info.Env())) return info.Env().Undefined();
  return Napi::Number::New(info.Env(), static_cast<double>(BytesPerEntry()));
}

Napi::Value Map::Lookup(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!IsOpen(env)) return env.Undefined();
  Arguments arguments(info);
  const auto key = arguments.BytesOf(info[0], "key", bpf_map__key_size(map_));
  if (!arguments.ok()) return env.Undefined();

  auto value = Napi::Buffer<uint8_t>::New(env, BytesPerEntry());
  const int error = bpf_map_lookup_elem(bpf_map__fd(map_), key.data(), value.Data());
  if (error == 0) return value;
  if (error != -ENOENT) Fail(env, error, "bpf_map_lookup_elem");
  return env.Undefined();
}

Napi::Value Map::Update(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!IsOpen(env)) return env.Undefined();
  Arguments arguments(info);
  const auto key = arguments.BytesOf(info[0], "key", bpf_map__key_size(map_));
  const auto value = arguments.BytesOf(info[1], "value", BytesPerEntry());
  const uint64_t flags = arguments.UnsignedOr(0, info[2], "flags");
  if (!arguments.ok()) return env.Undefined();

  const int error = bpf_map_update_elem(bpf_map__fd(map_), key.data(), value.data(), flags);
  if (error < 0) Fail(env, error, "bpf_map_update_elem");
  return env.Undefined();
}

Napi::Value Map::Delete(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!IsOpen(env)) return env.Undefined();
  Arguments arguments(info);
  const auto key = arguments.BytesOf(info[0], "key", bpf_map__key_size(map_));
  if (!arguments.ok()) return env.Undefined();

  const int error = bpf_map_delete_elem(bpf_map__fd(map_), key.data());
  if (error < 0 && error != -ENOENT) Fail(env, error, "bpf_map_delete_elem");
  return Napi::Boolean::New(env, error == 0);
}

Napi::Value Map::Keys(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!IsOpen(env)) return env.Undefined();

  Napi::Array keys = Napi::Array::New(env);
  const size_t size = bpf_map__key_size(map_);
  std::vector<uint8_t> previous;
  // The kernel starts over when the previous key has just been deleted, so a busy map could be
  // walked for ever.
  for (uint32_t i = 0; i < bpf_map__max_entries(map_); i++) {
    auto key = Napi::Buffer<uint8_t>::New(env, size);
    const int error = bpf_map_get_next_key(bpf_map__fd(map_), previous.empty() ? nullptr : previous.data(), key.Data());
    if (error == -ENOENT) break;
    if (error < 0) {
      Fail(env, error, "bpf_map_get_next_key");
      return env.Undefined();
    }
    previous.assign(key.Data(), key.Data() + size);
    keys.Set(i, key);
  }
  return keys;
}
