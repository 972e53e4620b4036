#pragma once

#include <napi.h>

#include <string>

// Errors look like Node's own: message, code, errno, syscall, path; `detail` holds what libbpf and
// the verifier said.
struct Failure {
  int error;            // positive errno
  const char* syscall;  // the call that failed
  std::string path;     // or the name of the map or program it was about
  std::string detail;
};

void ThrowErrno(Napi::Env env, const Failure& failure);

// Misuse by the caller: a TypeError, or an Error for what cannot be done now, such as using a
// closed handle.
void ThrowType(Napi::Env env, const std::string& message);
void ThrowState(Napi::Env env, const char* code, const std::string& message);
void ThrowClosed(Napi::Env env, const char* what);
