#pragma once

#include <napi.h>

// System calls that Node does not offer.
Napi::Value ClockOffsetNs(const Napi::CallbackInfo& info);
Napi::Value EnableStats(const Napi::CallbackInfo& info);
Napi::Value KeepsCookies(const Napi::CallbackInfo& info);
Napi::Value Mount(const Napi::CallbackInfo& info);
Napi::Value ReleaseReadOnly(const Napi::CallbackInfo& info);
Napi::Value UnreadBytes(const Napi::CallbackInfo& info);
