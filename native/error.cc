#include "error.h"

#include <bpf/libbpf.h>
#include <uv.h>

namespace {

// The kernel's own "not supported", which no libc knows and BPF calls like to return.
constexpr int kNotSupportedInKernel = 524;

std::string CodeOf(int error) {
  if (error == kNotSupportedInKernel) return "ENOTSUPP";
  if (error >= __LIBBPF_ERRNO__START && error < __LIBBPF_ERRNO__END) return "ERR_LIBBPF";
  return uv_err_name(-error);
}

std::string MessageOf(int error) {
  if (error == kNotSupportedInKernel) return "not supported by this kernel";
  if (error >= __LIBBPF_ERRNO__START && error < __LIBBPF_ERRNO__END) {
    char text[128];
    libbpf_strerror(error, text, sizeof(text));
    return text;
  }
  return uv_strerror(-error);
}

void ThrowWithCode(Napi::Env env, Napi::Error error, const char* code) {
  error.Set("code", Napi::String::New(env, code));
  error.ThrowAsJavaScriptException();
}

}  // namespace

void ThrowErrno(Napi::Env env, const Failure& failure) {
  const std::string code = CodeOf(failure.error);
  std::string message = code + ": " + MessageOf(failure.error) + ", " + failure.syscall;
  if (!failure.path.empty()) message += " '" + failure.path + "'";

  Napi::Error error = Napi::Error::New(env, message);
  error.Set("code", Napi::String::New(env, code));
  error.Set("errno", Napi::Number::New(env, -failure.error));
  error.Set("syscall", Napi::String::New(env, failure.syscall));
  if (!failure.path.empty()) error.Set("path", Napi::String::New(env, failure.path));
  if (!failure.detail.empty()) error.Set("detail", Napi::String::New(env, failure.detail));
  error.ThrowAsJavaScriptException();
}

void ThrowType(Napi::Env env, const std::string& message) {
  ThrowWithCode(env, Napi::TypeError::New(env, message), "ERR_INVALID_ARG_TYPE");
}

void ThrowState(Napi::Env env, const char* code, const std::string& message) {
  ThrowWithCode(env, Napi::Error::New(env, message), code);
}

void ThrowClosed(Napi::Env env, const char* what) {
  ThrowState(env, "ERR_CLOSED", std::string("The ") + what + " is closed");
}
