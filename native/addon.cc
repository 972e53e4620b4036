#include "addon.h"

#include "link.h"
#include "log.h"
#include "map.h"
#include "object.h"
#include "ring.h"
#include "system.h"

// src/kernel/addon.ts describes the surface to TypeScript and is its only user.
Napi::Object Init(Napi::Env env, Napi::Object exports) {
  InstallLog();
  auto* data = new AddonData;  // belongs to the environment from here on
  data->link = Napi::Persistent(Link::Define(env));
  data->map = Napi::Persistent(Map::Define(env));
  env.SetInstanceData(data);

  exports.Set("Object", Object::Define(env));
  exports.Set("Ring", Ring::Define(env));
  exports.Set("clockOffsetNs", Napi::Function::New(env, ClockOffsetNs, "clockOffsetNs"));
  exports.Set("enableStats", Napi::Function::New(env, EnableStats, "enableStats"));
  exports.Set("keepsCookies", Napi::Function::New(env, KeepsCookies, "keepsCookies"));
  exports.Set("mount", Napi::Function::New(env, Mount, "mount"));
  exports.Set("releaseReadOnly", Napi::Function::New(env, ReleaseReadOnly, "releaseReadOnly"));
  exports.Set("unreadBytes", Napi::Function::New(env, UnreadBytes, "unreadBytes"));
  return exports;
}

NODE_API_MODULE(kernel, Init)
