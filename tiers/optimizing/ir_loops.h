// A look at a body before its IR is built: whether it can be, and which locals each loop writes, so
// that its header gets phis for these alone.
#ifndef WASMTIER_TIERS_OPTIMIZING_IR_LOOPS_H_
#define WASMTIER_TIERS_OPTIMIZING_IR_LOOPS_H_

#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "tiers/decode/null_sink.h"

namespace wasmtier::optimizing {

// By loop ordinal: ascending indices of the locals that are written between its start and its end.
using WrittenLocals = std::vector<std::vector<uint32_t>>;

class LoopScan : public decode::NullSink {
 public:
  static constexpr bool kIgnoresCode = false;

  const WrittenLocals& written() const { return written_; }
  // The first opcode that no tier executes, if there is one.
  std::optional<decode::Opcode> unsupported() const { return unsupported_; }

  void BeginFunction(const decode::BodyState&) { labels_.push_back(kNoLoop); }
  void Block(const decode::Control&) { labels_.push_back(kNoLoop); }
  void If(const decode::Control&) { labels_.push_back(kNoLoop); }
  void Loop(const decode::Control&) {
    labels_.push_back(static_cast<uint32_t>(written_.size()));
    open_.push_back({});
    written_.emplace_back();
  }
  void End(const decode::Control&, bool) {
    const uint32_t loop = labels_.back();
    labels_.pop_back();
    if (loop == kNoLoop) return;
    const std::set<uint32_t> locals = std::move(open_.back());
    open_.pop_back();
    written_[loop].assign(locals.begin(), locals.end());
    if (!open_.empty()) open_.back().insert(locals.begin(), locals.end());
  }
  void LocalSet(uint32_t local) { Write(local); }
  void LocalTee(uint32_t local) { Write(local); }
  template <decode::Opcode op>
  void Unsupported() {
    if (!unsupported_) unsupported_ = op;
  }

 private:
  static constexpr uint32_t kNoLoop = UINT32_MAX;

  void Write(uint32_t local) {
    if (!open_.empty()) open_.back().insert(local);
  }

  WrittenLocals written_;
  std::optional<decode::Opcode> unsupported_;
  std::vector<uint32_t> labels_;          // the loop that each is, or kNoLoop
  std::vector<std::set<uint32_t>> open_;  // of the loops that are not over
};

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_IR_LOOPS_H_
