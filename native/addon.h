#pragma once

#include <napi.h>

// What one environment (the main thread or a worker) keeps: the constructors of the classes handed
// out by the addon.
struct AddonData {
  Napi::FunctionReference link;
  Napi::FunctionReference map;
};
