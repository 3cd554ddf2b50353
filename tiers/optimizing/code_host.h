// CodeHost: what the module needs of an Engine, on the engine's side.
#ifndef WASMTIER_TIERS_OPTIMIZING_CODE_HOST_H_
#define WASMTIER_TIERS_OPTIMIZING_CODE_HOST_H_

#include <memory>
#include <vector>

#include "runtime/code_space.h"
#include "tiers/optimizing/optimizer.h"

namespace wasmtier::optimizing {

class CodeHost : public Host {
 public:
  // `space` must outlive this.
  explicit CodeHost(runtime::CodeSpace& space);

  absl::StatusOr<runtime::CodeBuffer> AllocateCode(size_t size) override;
  void AbandonCode(const runtime::CodeBuffer& buffer) override;
  const runtime::CompiledCode* AddCode(std::unique_ptr<runtime::CompiledCode> code,
                                       const runtime::CodeBuffer& buffer) override;
  std::span<const Symbol> symbols() override { return symbols_; }
  const runtime::CompiledCode* FindBaseline(const runtime::ModuleCode& code,
                                            uint32_t function) override;
  const void* FindOptimized(const runtime::ModuleCode& code, uint32_t function) override;

  runtime::CodeSpace& space() { return space_; }

 private:
  runtime::CodeSpace& space_;
  const std::vector<Symbol> symbols_;
};

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_CODE_HOST_H_
