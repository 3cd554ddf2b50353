#include "profiler/code_index.h"

#include <time.h>
#include <unistd.h>

#include <utility>

#include "runtime/code_space.h"

namespace wasmtier::profiler {
namespace {

// Pushes to a list that nobody takes from.
template <typename T>
void Push(std::atomic<T*>& list, T* element) {
  T* head = list.load(std::memory_order_relaxed);
  do {
    element->next = head;
  } while (!list.compare_exchange_weak(head, element, std::memory_order_release,
                                       std::memory_order_relaxed));
}

template <typename T>
void DeleteAll(std::atomic<T*>& list) {
  for (T* element = list.load(std::memory_order_acquire); element != nullptr;) {
    delete std::exchange(element, element->next);
  }
}

}  // namespace

CodeIndex::CodeIndex()
    : process_(getpid()),
      buckets_(runtime::MakeZeroedArray<std::atomic<IndexedCode::Node*>>(kBuckets)) {}

CodeIndex::~CodeIndex() {
  DeleteAll(all_);
  DeleteAll(modules_);
}

void CodeIndex::OnCode(const runtime::CodeEvent& event) {
  auto code = std::make_unique<IndexedCode>();
  code->begin = static_cast<const uint8_t*>(event.begin);
  code->size = event.size;
  code->module = ModuleOf(event.code);
  code->function = event.function;
  code->tier = event.tier;
  code->compiled = event.compiled;
  code->header_slot = event.header_slot;
  Insert(std::move(code));
}

void CodeIndex::OnStub(const runtime::StubEvent& event) {
  auto code = std::make_unique<IndexedCode>();
  code->begin = static_cast<const uint8_t*>(event.begin);
  code->size = event.size;
  code->tier = runtime::Tier::kBaseline;
  code->compiled = event.compiled;
  code->stub_name = event.name;
  Insert(std::move(code));
}

void CodeIndex::OnCompile(const runtime::CompileEvent& event) {
  using Step = runtime::CompileEvent::Step;
  if (event.tier != runtime::Tier::kOptimizing ||
      client_.load(std::memory_order_relaxed) == nullptr || getpid() != process_) {
    return;
  }
  // The others may come from within a lock.
  if (event.step != Step::kStarted && event.step != Step::kPublished &&
      event.step != Step::kFailed) {
    return;
  }
  IndexedModule* const module = ModuleOf(event.code);
  absl::MutexLock lock(&mutex_);
  if (Client* const client = client_.load(std::memory_order_relaxed)) {
    client->OnCompile(module, event);
  }
}

void CodeIndex::OnCodeGone(const runtime::ModuleCode& code) {
  if (getpid() != process_) return;
  // Only the sampler's handlers and its thread read what is freed now.
  bool is_known = false;
  for (IndexedModule* module = modules_.load(); module != nullptr; module = module->next) {
    if (module->code != &code || !module->is_live.load()) continue;
    module->is_live.store(false);
    is_known = true;
  }
  if (!is_known) return;
  absl::MutexLock lock(&mutex_);
  for (IndexedCode* piece = all_.load(); piece != nullptr; piece = piece->next) {
    if (piece->module != nullptr && piece->module->code == &code) piece->is_live.store(false);
  }
  WaitForReaders();  // those that come now do not find it any more
  if (Client* const client = client_.load(std::memory_order_relaxed)) client->LookUpSamples();
}

void CodeIndex::WaitForReaders() {
  while (readers_.load() != 0) {  // for microseconds
    const timespec moment = {0, 20'000};
    nanosleep(&moment, nullptr);
  }
}

void CodeIndex::SetClient(Client* client) {
  absl::MutexLock lock(&mutex_);
  client_.store(client, std::memory_order_relaxed);
}

#define IN_SIGNAL_HANDLER __attribute__((no_sanitize("address", "thread", "undefined")))

IN_SIGNAL_HANDLER const IndexedCode* CodeIndex::Find(const uint8_t* pc) const {
  const uintptr_t granule = reinterpret_cast<uintptr_t>(pc) >> kGranuleBits;
  for (const IndexedCode::Node* node = buckets_[BucketOf(granule)].load(std::memory_order_acquire);
       node != nullptr; node = node->next) {
    if (node->code->Contains(pc) && node->code->is_live.load()) return node->code;
  }
  return nullptr;
}

IN_SIGNAL_HANDLER const IndexedModule* CodeIndex::FindModule(
    const runtime::ModuleCode* code) const {
  for (const IndexedModule* module = modules_.load(std::memory_order_acquire); module != nullptr;
       module = module->next) {
    if (module->code == code && module->is_live.load()) return module;
  }
  return nullptr;
}

void CodeIndex::Insert(std::unique_ptr<IndexedCode> code) {
  if (code->size == 0) return;
  const uintptr_t begin = reinterpret_cast<uintptr_t>(code->begin);
  const uintptr_t first = begin >> kGranuleBits;
  const uintptr_t last = (begin + code->size - 1) >> kGranuleBits;
  code->nodes = std::make_unique<IndexedCode::Node[]>(last - first + 1);
  IndexedCode* const added = code.release();  // to all_
  Push(all_, added);
  for (uintptr_t granule = first; granule <= last; ++granule) {
    IndexedCode::Node* const node = &added->nodes[granule - first];
    node->code = added;
    Push(buckets_[BucketOf(granule)], node);
  }
}

// Two threads may make one each for a module; either will do.
IndexedModule* CodeIndex::ModuleOf(const runtime::ModuleCode* code) {
  for (IndexedModule* module = modules_.load(std::memory_order_acquire); module != nullptr;
       module = module->next) {
    if (module->code == code && module->is_live.load()) return module;
  }
  auto* const module = new IndexedModule;  // to modules_
  module->code = code;
  Push(modules_, module);
  return module;
}

}  // namespace wasmtier::profiler
