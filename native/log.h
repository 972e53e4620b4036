#pragma once

#include <string>

// While one exists, what libbpf prints on this thread is appended to `text`, of which the last part
// is kept. Without one libbpf is silent: it has a single print function for the whole process,
// while objects live in several threads.
class LogCapture {
 public:
  explicit LogCapture(std::string* text);
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;
  ~LogCapture();

 private:
  std::string* previous_;
};

// The last lines of a text.
std::string LastLines(const std::string& text, size_t count);

// Routes libbpf's output to the captures; once a process is enough.
void InstallLog();
