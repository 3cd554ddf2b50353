// MachineCode: what an Engine needs to make machine code, there from the first compilation on.
#ifndef WASMTIER_ENGINE_POLICY_MACHINE_CODE_H_
#define WASMTIER_ENGINE_POLICY_MACHINE_CODE_H_

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "runtime/code_listener.h"
#include "runtime/code_space.h"
#include "runtime/model/types.h"
#include "tiers/baseline/stubs.h"

namespace wasmtier::engine {

// A CodeSpace and its stubs, made when they are first needed: programs that never get warm do not
// pay for them. Thread-safe.
class MachineCode {
 public:
  // `listener` hears of stubs.
  explicit MachineCode(runtime::CodeListener& listener) : listener_(listener) {}
  ~MachineCode();
  MachineCode(const MachineCode&) = delete;
  MachineCode& operator=(const MachineCode&) = delete;

  // False if the system does not grant what is needed; it is asked once, and status() says why.
  bool Prepare();
  absl::Status status() const;

  // After Prepare returned true.
  runtime::CodeSpace& space() { return *space_; }
  baseline::Stubs& stubs() { return *stubs_; }
  absl::StatusOr<baseline::Stubs::OfSignature> StubsFor(const runtime::FuncType& type);

  // Null before Prepare. Lives as long as this.
  const std::atomic<const runtime::CodeSpace*>& published_space() const { return published_space_; }

 private:
  absl::Status Create() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  struct NamedStub {
    const void* begin;
    std::string name;
  };
  // Tells the listener.
  void Announce(std::vector<NamedStub> stubs);

  runtime::CodeListener& listener_;
  std::unique_ptr<runtime::CodeSpace> space_;
  std::unique_ptr<baseline::Stubs> stubs_;
  // Set last, when both are there.
  std::atomic<const runtime::CodeSpace*> published_space_{nullptr};
  mutable absl::Mutex mutex_;
  bool was_tried_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  // The interpreter stubs of the signatures that the listener knows.
  absl::Mutex announced_mutex_;
  absl::flat_hash_set<const void*> announced_ ABSL_GUARDED_BY(announced_mutex_);
};

}  // namespace wasmtier::engine

#endif  // WASMTIER_ENGINE_POLICY_MACHINE_CODE_H_
