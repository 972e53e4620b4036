#include "log.h"

#include <bpf/libbpf.h>

#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

namespace {

constexpr size_t kKeptBytes = 256 * 1024;

thread_local std::string* current = nullptr;

int Print(libbpf_print_level level, const char* format, va_list arguments) {
  // Of a program that was taken, the verifier's words are a debug message. They exist only where a log level asks for them.
  const bool is_verifier = strstr(format, "PROG LOAD LOG") != nullptr;
  if (current == nullptr || (level == LIBBPF_DEBUG && !is_verifier)) return 0;
  va_list again;
  va_copy(again, arguments);
  const int size = vsnprintf(nullptr, 0, format, arguments);
  std::vector<char> text(static_cast<size_t>(size) + 1);
  vsnprintf(text.data(), text.size(), format, again);
  va_end(again);
  current->append(text.data(), static_cast<size_t>(size));
  if (current->size() > kKeptBytes) current->erase(0, current->size() - kKeptBytes);
  return size;
}

}  // namespace

LogCapture::LogCapture(std::string* text) : previous_(std::exchange(current, text)) {}

LogCapture::~LogCapture() { current = previous_; }

std::string LastLines(const std::string& text, size_t count) {
  size_t end = text.find_last_not_of('\n');
  if (end == std::string::npos) return {};
  size_t start = end;
  for (; start > 0; start--) {
    if (text[start - 1] == '\n' && --count == 0) break;
  }
  return text.substr(start, end - start + 1);
}

void InstallLog() { libbpf_set_print(Print); }
