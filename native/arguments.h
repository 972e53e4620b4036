#pragma once

#include <napi.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

// Reads values that came from JavaScript. The first one of a wrong type throws a TypeError and
// makes ok() false; what is read then is empty. TypeScript checks the types before: this is what
// keeps a mistake there from becoming a crash here.
class Arguments {
 public:
  explicit Arguments(const Napi::CallbackInfo& info) : info_(info), env_(info.Env()) {}

  bool ok() const { return ok_; }
  Napi::Env env() const { return env_; }

  Napi::Value At(size_t index) const { return info_[index]; }
  // A member of the options object at `index`; undefined when there is none.
  Napi::Value Option(size_t index, const char* name);

  std::string String(Napi::Value value, const char* name);
  bool Boolean(Napi::Value value, const char* name);
  // A non-negative integer: a number, or a bigint for all 64 bits.
  uint64_t Unsigned(Napi::Value value, const char* name);
  int32_t Int32(Napi::Value value, const char* name);
  // The same for values that may be left out.
  bool BooleanOr(bool fallback, Napi::Value value, const char* name);
  uint64_t UnsignedOr(uint64_t fallback, Napi::Value value, const char* name);
  int32_t Int32Or(int32_t fallback, Napi::Value value, const char* name);
  std::vector<uint64_t> UnsignedList(Napi::Value value, const char* name);
  // The caller's own memory, valid during this call.
  std::span<uint8_t> Bytes(Napi::Value value, const char* name);
  std::span<uint8_t> BytesOf(Napi::Value value, const char* name, size_t size);
  Napi::Function Function(Napi::Value value, const char* name);

 private:
  void Wrong(const char* name, const std::string& expected);

  const Napi::CallbackInfo& info_;
  Napi::Env env_;
  bool ok_ = true;
};
