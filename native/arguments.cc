#include "arguments.h"

#include <cmath>

#include "error.h"

namespace {
constexpr double kMaxSafeInteger = 9007199254740991.0;
}

void Arguments::Wrong(const char* name, const std::string& expected) {
  if (!ok_) return;
  ok_ = false;
  ThrowType(env_, std::string(name) + " must be " + expected);
}

Napi::Value Arguments::Option(size_t index, const char* name) {
  Napi::Value options = info_[index];
  if (!ok_ || !options.IsObject()) return env_.Undefined();
  Napi::Value value = options.As<Napi::Object>().Get(name);
  if (!env_.IsExceptionPending()) return value;
  ok_ = false;  // a getter threw
  return env_.Undefined();
}

std::string Arguments::String(Napi::Value value, const char* name) {
  if (value.IsString()) return value.As<Napi::String>().Utf8Value();
  Wrong(name, "a string");
  return {};
}

bool Arguments::Boolean(Napi::Value value, const char* name) {
  if (value.IsBoolean()) return value.As<Napi::Boolean>().Value();
  Wrong(name, "a boolean");
  return false;
}

uint64_t Arguments::Unsigned(Napi::Value value, const char* name) {
  if (value.IsNumber()) {
    const double number = value.As<Napi::Number>().DoubleValue();
    if (number >= 0 && number <= kMaxSafeInteger && std::floor(number) == number) {
      return static_cast<uint64_t>(number);
    }
  } else if (value.IsBigInt()) {
    bool lossless = false;
    const uint64_t number = value.As<Napi::BigInt>().Uint64Value(&lossless);
    if (lossless) return number;
  }
  Wrong(name, "a non-negative integer");
  return 0;
}

int32_t Arguments::Int32(Napi::Value value, const char* name) {
  if (value.IsNumber()) {
    const double number = value.As<Napi::Number>().DoubleValue();
    if (number >= INT32_MIN && number <= INT32_MAX && std::floor(number) == number) {
      return static_cast<int32_t>(number);
    }
  }
  Wrong(name, "a 32-bit integer");
  return 0;
}

bool Arguments::BooleanOr(bool fallback, Napi::Value value, const char* name) {
  return value.IsUndefined() ? fallback : Boolean(value, name);
}

uint64_t Arguments::UnsignedOr(uint64_t fallback, Napi::Value value, const char* name) {
  return value.IsUndefined() ? fallback : Unsigned(value, name);
}

int32_t Arguments::Int32Or(int32_t fallback, Napi::Value value, const char* name) {
  return value.IsUndefined() ? fallback : Int32(value, name);
}

std::vector<uint64_t> Arguments::UnsignedList(Napi::Value value, const char* name) {
  std::vector<uint64_t> numbers;
  if (!value.IsArray()) {
    Wrong(name, "an array of non-negative integers");
    return numbers;
  }
  Napi::Array list = value.As<Napi::Array>();
  for (uint32_t i = 0; i < list.Length() && ok_; i++) {
    numbers.push_back(Unsigned(list.Get(i), name));
  }
  return numbers;
}

std::span<uint8_t> Arguments::Bytes(Napi::Value value, const char* name) {
  if (value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_uint8_array) {
    Napi::Uint8Array bytes = value.As<Napi::Uint8Array>();
    return {bytes.Data(), bytes.ByteLength()};
  }
  Wrong(name, "a Uint8Array");
  return {};
}

std::span<uint8_t> Arguments::BytesOf(Napi::Value value, const char* name, size_t size) {
  const std::span<uint8_t> bytes = Bytes(value, name);
  if (bytes.size() == size) return bytes;
  Wrong(name, "a Uint8Array of " + std::to_string(size) + " bytes, not " + std::to_string(bytes.size()));
  return {};
}

Napi::Function Arguments::Function(Napi::Value value, const char* name) {
  if (value.IsFunction()) return value.As<Napi::Function>();
  Wrong(name, "a function");
  return {};
}
