// What became of the loops of a function, gathered from the remarks of LLVM's passes and of this
// tier's own (loop_remarks.h) while they run.
#ifndef WASMTIER_TIERS_OPTIMIZING_LOOP_REPORT_H_
#define WASMTIER_TIERS_OPTIMIZING_LOOP_REPORT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "runtime/model/module.h"
#include "tiers/optimizing/optimizer.h"

namespace llvm {
class DebugLoc;
class DiagnosticInfo;
class DiagnosticInfoIROptimization;
class DILocation;
class Function;
class Loop;
}  // namespace llvm

namespace wasmtier::optimizing {

class LoopReports {
 public:
  // `entry` is the IR function that matters: what LLVM does in callees that it keeps is not told.
  LoopReports(const runtime::Module& module, uint32_t function, std::string entry);

  // A remark, or a diagnostic of another kind, which is ignored.
  void OnDiagnostic(const llvm::DiagnosticInfo& info);
  // To be called when all passes have run: finds out which loops are still there.
  void OnEnd(const llvm::Function& entry);
  std::vector<LoopReport> Take();

 private:
  // Where in its function's body a loop is.
  struct Range {
    uint32_t begin;
    uint32_t end;
    uint32_t depth;
    bool is_innermost;
  };
  // A loop in the code: the inlined call that it came with (null: none), its function, and which of
  // that function's loops it is.
  using Key = std::tuple<const llvm::DILocation*, uint32_t, uint32_t>;

  const std::vector<Range>& RangesOf(uint32_t function);
  std::optional<Key> KeyOf(const llvm::DILocation* location);
  // That of most of its instructions, since passes move and merge some.
  std::optional<Key> KeyOf(const llvm::Loop& loop);
  LoopReport& ReportOf(const Key& key);
  void OnRemark(const llvm::DiagnosticInfoIROptimization& remark);
  void Tell(LoopReport& report, const llvm::DiagnosticInfoIROptimization& remark, bool is_of_anchor,
            uint32_t offset);

  const runtime::Module& module_;
  const std::string entry_;
  std::map<uint32_t, std::vector<Range>> ranges_;
  std::map<Key, LoopReport> reports_;
};

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_LOOP_REPORT_H_
