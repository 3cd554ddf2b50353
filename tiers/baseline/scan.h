// The first of the compiler's two walks over a body: what must be known before the first
// instruction is emitted.
#ifndef WASMTIER_TIERS_BASELINE_SCAN_H_
#define WASMTIER_TIERS_BASELINE_SCAN_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "tiers/decode/null_sink.h"
#include "tiers/decode/sink.h"

namespace wasmtier::baseline {

// How often something is executed, in the guess that each loop runs kIterations times.
using Weight = uint64_t;

// What a body does, and how often.
struct BodySummary {
  struct Local {
    Weight reads = 0;
    Weight writes = 0;
  };
  std::vector<Local> locals;
  Weight calls = 0;            // calls of functions and of the runtime
  Weight memory_accesses = 0;  // through the base of memory 0
  Weight context_uses = 0;
  Weight iterations = 0;     // of all loops
  uint32_t max_height = 0;   // of the operand stack
  bool has_vectors = false;  // whether v128 can be on it
  // By ordinal: loops so short that counting their iterations would cost more than a little.
  std::vector<bool> is_tight_loop;
  uint32_t loops = 0;
  uint32_t branches = 0;    // BrIf and If
  uint32_t call_sites = 0;  // calls of functions that are not known beforehand
  // An instruction that no tier executes, if there is one.
  std::optional<decode::Opcode> unsupported;
};

// The sink that fills in a summary, which keeps its memory from one function to the next.
class Scan : public decode::NullSink {
 public:
  static constexpr bool kIgnoresCode = false;

  explicit Scan(BodySummary& summary) : summary_(summary) {}

  void BeginFunction(const decode::BodyState& state);
  void EndFunction() { See(); }
  void Block(const decode::Control&) { Open(weight_); }
  void Loop(const decode::Control&);
  void If(const decode::Control&) {
    ++summary_.branches;
    Open(weight_);
  }
  void Else(const decode::Control&, bool) { See(); }
  void End(const decode::Control&, bool);
  void Br(uint32_t) { See(); }
  void BrIf(uint32_t) {
    ++summary_.branches;
    See();
  }
  void BrTable(decode::BrTableReader) { See(); }
  void Return() { See(); }
  void Drop() { See(); }
  void Select(runtime::ValueType) { See(); }
  void LocalGet(uint32_t local) {
    summary_.locals[local].reads += weight_;
    See();
  }
  void LocalSet(uint32_t local) {
    summary_.locals[local].writes += weight_;
    See();
  }
  void LocalTee(uint32_t local) { LocalSet(local); }
  void GlobalGet(uint32_t global);
  void GlobalSet(uint32_t) { UseContext(); }
  void TableGet(uint32_t) { UseContext(); }
  void TableSet(uint32_t) { UseContext(); }
  void Const(runtime::ValueType, uint64_t) { See(); }
  void RefNull(runtime::ValueType) { See(); }
  void RefIsNull() { See(); }
  void RefFunc(uint32_t) { CallRuntime(); }
  void Call(uint32_t function);
  void CallIndirect(uint32_t type, uint32_t) { CallUnknown(type); }
  void ReturnCall(uint32_t) { UseContext(); }
  void ReturnCallIndirect(uint32_t, uint32_t) { TailCallUnknown(); }
  void CallRef(uint32_t type) { CallUnknown(type); }
  void ReturnCallRef(uint32_t) { TailCallUnknown(); }
  void RefAsNonNull() { See(); }
  void BrOnNull(uint32_t) { See(); }
  void BrOnNonNull(uint32_t) { See(); }
  template <decode::Opcode op>
  void Unary() {
    See();
  }
  template <decode::Opcode op>
  void Binary() {
    See();
  }
  template <decode::Opcode op>
  void Compare() {
    See();
  }
  template <decode::Opcode op>
  void Test() {
    See();
  }
  template <decode::Opcode op>
  void Convert() {
    See();
  }
  template <decode::Opcode op>
  void Load(const decode::MemoryArgument& argument) {
    AccessMemory(argument);
  }
  template <decode::Opcode op>
  void Store(const decode::MemoryArgument& argument) {
    AccessMemory(argument);
  }
  void MemorySize(uint32_t) { UseContext(); }
  void MemoryGrow(uint32_t) { CallRuntime(); }
  void MemoryFill(uint32_t) { CallRuntime(); }
  void MemoryCopy(uint32_t, uint32_t) { CallRuntime(); }
  void MemoryInit(uint32_t, uint32_t) { CallRuntime(); }
  void DataDrop(uint32_t) { CallRuntime(); }
  void TableInit(uint32_t, uint32_t) { CallRuntime(); }
  void ElementDrop(uint32_t) { CallRuntime(); }
  void TableCopy(uint32_t, uint32_t) { CallRuntime(); }
  void TableSize(uint32_t) { UseContext(); }
  void TableGrow(uint32_t) { CallRuntime(); }
  void TableFill(uint32_t) { CallRuntime(); }
  void VectorConst(const uint8_t*) { UseVector(); }
  void VectorShuffle(const uint8_t*) { UseVector(); }
  template <decode::Opcode op>
  void VectorUnary() {
    UseVector();
  }
  template <decode::Opcode op>
  void VectorBinary() {
    UseVector();
  }
  template <decode::Opcode op>
  void VectorTernary() {
    UseVector();
  }
  template <decode::Opcode op>
  void VectorShift() {
    UseVector();
  }
  template <decode::Opcode op>
  void VectorTest() {
    UseVector();
  }
  template <decode::Opcode op>
  void VectorSplat() {
    UseVector();
  }
  template <decode::Opcode op>
  void VectorExtractLane(uint32_t) {
    UseVector();
  }
  template <decode::Opcode op>
  void VectorReplaceLane(uint32_t) {
    UseVector();
  }
  template <decode::Opcode op>
  void VectorLoad(const decode::MemoryArgument& argument) {
    UseVector();
    AccessMemory(argument);
  }
  template <decode::Opcode op>
  void VectorStore(const decode::MemoryArgument& argument) {
    UseVector();
    AccessMemory(argument);
  }
  template <decode::Opcode op>
  void VectorLoadLane(const decode::MemoryArgument& argument, uint32_t) {
    VectorLoad<op>(argument);
  }
  template <decode::Opcode op>
  void VectorStoreLane(const decode::MemoryArgument& argument, uint32_t) {
    VectorStore<op>(argument);
  }
  template <decode::Opcode op>
  void Unsupported() {
    if (!summary_.unsupported) summary_.unsupported = op;
  }

 private:
  static constexpr Weight kIterations = 8;
  // Of five nested loops; deeper ones are no hotter than what they are compared with.
  static constexpr Weight kMaxWeight = 8 * 8 * 8 * 8 * 8;

  // A loop of fewer bytes without calls and loops is tight: an iteration takes few cycles, and
  // adding to a counter in memory has a latency of five or six. Measured with the benchmark
  // programs (2026-11-22): counting in all loops costs up to 58 % (lz77), with 100 bytes up to 16 %
  // (blur), with 1,000 nothing that can be told from noise but in `machine`.
  static constexpr uint32_t kTightLoopBytes = 1000;
  struct OpenLoop {
    uint32_t ordinal;
    uint32_t offset;
    bool is_simple;
  };

  // The operand stack is highest before some instruction or other.
  void See() { summary_.max_height = std::max(summary_.max_height, state_->height()); }
  void Open(Weight weight) {
    outer_weights_.push_back(weight_);
    weight_ = weight;
    See();
  }
  void UseContext() {
    summary_.context_uses += weight_;
    See();
  }
  void CallRuntime() {
    LeaveSimplicity();
    summary_.calls += weight_;
    UseContext();
  }
  void CallUnknown(uint32_t type);
  void LeaveSimplicity() {
    if (!open_loops_.empty()) open_loops_.back().is_simple = false;
  }
  void TailCallUnknown() {
    ++summary_.call_sites;
    UseContext();
  }
  void AccessMemory(const decode::MemoryArgument& argument) {
    if (argument.memory == 0) {
      summary_.memory_accesses += weight_;
    } else {
      summary_.context_uses += weight_;
    }
    See();
  }
  void UseVector() {
    summary_.has_vectors = true;
    See();
  }
  // v128 values come from vector instructions, or from what has such a type.
  void Note(runtime::ValueType type) {
    if (type == runtime::kV128) summary_.has_vectors = true;
  }

  BodySummary& summary_;
  const decode::BodyState* state_ = nullptr;
  Weight weight_ = 1;
  std::vector<Weight> outer_weights_;
  std::vector<OpenLoop> open_loops_;
};

}  // namespace wasmtier::baseline

#endif  // WASMTIER_TIERS_BASELINE_SCAN_H_
