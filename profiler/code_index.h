// CodeIndex: whose code an address is, for those who cannot take a lock: the sampler's signal
// handler.
#ifndef WASMTIER_PROFILER_CODE_INDEX_H_
#define WASMTIER_PROFILER_CODE_INDEX_H_

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "runtime/base/zeroed_array.h"
#include "runtime/code_listener.h"

namespace wasmtier::profiler {

// A module's code, as long as the index lives; `code` may be used while `is_live`.
struct IndexedModule {
  const runtime::ModuleCode* code = nullptr;
  std::atomic<bool> is_live{true};
  IndexedModule* next = nullptr;
};

// A piece of bytecode or machine code. Immutable, but for `is_live`.
struct IndexedCode {
  bool Contains(const uint8_t* pc) const { return static_cast<size_t>(pc - begin) < size; }
  bool is_bytecode() const { return compiled == nullptr; }

  const uint8_t* begin = nullptr;
  size_t size = 0;
  IndexedModule* module = nullptr;  // null for stubs
  uint32_t function = 0;
  runtime::Tier tier = runtime::Tier::kInterpreter;
  const runtime::CompiledCode* compiled = nullptr;  // null for bytecode; usable while `is_live`
  uint32_t header_slot = 0;                         // runtime::CodeEvent
  std::string stub_name;
  // False when its memory is freed, and may hold other code.
  std::atomic<bool> is_live{true};

  // The index's own.
  struct Node {
    const IndexedCode* code = nullptr;
    Node* next = nullptr;
  };
  std::unique_ptr<Node[]> nodes;
  IndexedCode* next = nullptr;
};

// Of one engine, from its beginning. Hears of code before any thread runs it. What was indexed is
// kept, as dead, when its code is freed: samples refer to it. Thread-safe.
class CodeIndex : public runtime::CodeListener {
 public:
  CodeIndex();
  ~CodeIndex() override;
  CodeIndex(const CodeIndex&) = delete;
  CodeIndex& operator=(const CodeIndex&) = delete;

  void OnCode(const runtime::CodeEvent& event) override;
  void OnStub(const runtime::StubEvent& event) override;
  void OnCompile(const runtime::CompileEvent& event) override;
  // Waits until no handler reads the code any more, and until all samples of it were looked up.
  void OnCodeGone(const runtime::ModuleCode& code) override;

  // What lives at an address, or null. Async-signal-safe, while a Reader lives.
  const IndexedCode* Find(const uint8_t* pc) const;
  const IndexedModule* FindModule(const runtime::ModuleCode* code) const;

  // While one lives no code that was found is freed, in any index. For signal handlers; short.
  class Reader {
   public:
    Reader() { readers_.fetch_add(1); }
    ~Reader() { readers_.fetch_sub(1); }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
  };
  // Returns when all that live now have died. Not to be called by one.
  static void WaitForReaders();

  // Who looks samples up: called with `mutex` held, before code is freed, and when the optimizing
  // tier begins and ends to make code, on the thread that makes it.
  class Client {
   public:
    virtual ~Client() = default;
    virtual void LookUpSamples() = 0;
    virtual void OnCompile(const IndexedModule* module, const runtime::CompileEvent& event) = 0;
  };
  // One at a time; null: none any more.
  void SetClient(Client* client);
  // To be held where indexed code is looked into outside of a Reader.
  absl::Mutex& mutex() { return mutex_; }

 private:
  void Insert(std::unique_ptr<IndexedCode> code);
  IndexedModule* ModuleOf(const runtime::ModuleCode* code);

  // Pieces of code are found by the granules that they lie in. Most are some hundred bytes.
  static constexpr int kGranuleBits = 8;
  static constexpr size_t kBuckets = 1 << 15;
  static size_t BucketOf(uintptr_t granule) { return (granule * 0x9e3779b97f4a7c15u) >> (64 - 15); }

  const pid_t process_;  // a forked child does not wait for threads that it does not have
  runtime::ZeroedArray<std::atomic<IndexedCode::Node*>> buckets_;
  std::atomic<IndexedCode*> all_{nullptr};
  std::atomic<IndexedModule*> modules_{nullptr};
  static inline std::atomic<uint32_t> readers_{0};
  absl::Mutex mutex_;
  std::atomic<Client*> client_{nullptr};
};

}  // namespace wasmtier::profiler

#endif  // WASMTIER_PROFILER_CODE_INDEX_H_
