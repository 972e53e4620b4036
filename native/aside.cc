#include "aside.h"

#include <deque>
#include <mutex>
#include <thread>

namespace {

struct Waiting {
  std::mutex mutex;
  std::deque<bpf_link*> links;
  bool is_worked_on = false;
};

// Never freed: the thread may outlive everything that is freed at the end of the process.
Waiting& waiting = *new Waiting;

void Work() {
  for (;;) {
    bpf_link* link;
    {
      const std::lock_guard lock(waiting.mutex);
      waiting.is_worked_on = !waiting.links.empty();
      if (!waiting.is_worked_on) return;
      link = waiting.links.front();
      waiting.links.pop_front();
    }
    bpf_link__destroy(link);
  }
}

}  // namespace

int DestroyAside(bpf_link* link) {
  const std::lock_guard lock(waiting.mutex);
  waiting.links.push_back(link);
  if (!waiting.is_worked_on) std::thread(Work).detach();
  waiting.is_worked_on = true;
  return 0;
}
