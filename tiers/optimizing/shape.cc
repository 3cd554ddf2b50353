#include "tiers/optimizing/shape.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tiers/decode/body_decoder.h"
#include "tiers/decode/null_sink.h"

namespace wasmtier::optimizing {
namespace {

using decode::Control;
using runtime::ValueType;

// Processor time of LLVM 22 for a function of one such shape, full pipeline (2026-11-22, `time
// wasm-tier run --tier optimizing`); all grow with the square:
// operands at a time: 2,000 0.24 s, 8,000 4.5 s.
constexpr uint32_t kMaxHeight = 2000;
// nested blocks that a br_table jumps to: 500 0.15 s, 2,000 3.1 s; left by br_if: 8,000 5.5 s.
constexpr uint32_t kMaxDepth = 1000;
// nested loops: 50 0.02 s, 200 0.36 s, 600 more than 6 s. Some passes recurse, too.
constexpr uint32_t kMaxLoopDepth = 100;
// Parameters or results of a call, which are stored one beside the other: 125 0.16 s, 250 0.84 s,
// 500 6.1 s (with the cube of it: the merging of stores).
constexpr uint32_t kMaxPassed = 200;
// Each jump has a value of each local, and of the operands that its label takes (of all of them in
// an OSR body); each loop of an OSR body has phis.
constexpr uint32_t kMaxLocals = 4000;
constexpr uint64_t kMaxValues = 16'000'000;

class ShapeScan : public decode::NullSink {
 public:
  static constexpr bool kIgnoresCode = false;

  uint32_t height() const { return height_; }
  uint32_t depth() const { return depth_; }
  uint32_t loop_depth() const { return loop_depth_; }
  uint32_t passed() const { return passed_; }
  uint32_t locals() const { return locals_; }
  uint64_t jumps() const { return jumps_; }

  void BeginFunction(const decode::BodyState& state) {
    state_ = &state;
    locals_ = static_cast<uint32_t>(state.locals().size());
    Pass(state.type());
  }
  void Call(uint32_t function) { Pass(state_->module().function_type(function)); }
  void CallIndirect(uint32_t type, uint32_t) { Pass(TypeAt(type)); }
  void CallRef(uint32_t type) { Pass(TypeAt(type)); }
  void ReturnCall(uint32_t function) { Call(function); }
  void ReturnCallIndirect(uint32_t type, uint32_t table) { CallIndirect(type, table); }
  void ReturnCallRef(uint32_t type) { CallRef(type); }
  void Block(const Control&) { Enter(); }
  void If(const Control&) { Enter(); }
  void Loop(const Control&) {
    Enter();
    loop_depth_ = std::max(loop_depth_, ++open_loops_);
  }
  void End(const Control& control, bool) {
    if (control.kind == decode::ControlKind::kLoop) --open_loops_;
  }
  void Br(uint32_t) { ++jumps_; }
  void BrIf(uint32_t) { ++jumps_; }
  void BrOnNull(uint32_t) { ++jumps_; }
  void BrOnNonNull(uint32_t) { ++jumps_; }
  void BrTable(decode::BrTableReader targets) { jumps_ += targets.size(); }
  // What can make the stack higher.
  void LocalGet(uint32_t) { Look(); }
  void GlobalGet(uint32_t) { Look(); }
  void Const(ValueType, uint64_t) { Look(); }
  void VectorConst(const uint8_t*) { Look(); }
  void RefNull(ValueType) { Look(); }
  void RefFunc(uint32_t) { Look(); }
  void MemorySize(uint32_t) { Look(); }
  void TableSize(uint32_t) { Look(); }
  void Drop() { Look(); }  // of results

 private:
  void Enter() {
    ++jumps_;
    depth_ = std::max(depth_, state_->control_depth());
    Look();
  }
  const runtime::FuncType& TypeAt(uint32_t type) const { return state_->module().types[type].func; }
  void Pass(const runtime::FuncType& type) {
    const size_t count = std::max(type.params.size(), type.results.size());
    passed_ = std::max(passed_, static_cast<uint32_t>(count));
  }
  void Look() { height_ = std::max(height_, state_->height()); }

  const decode::BodyState* state_ = nullptr;
  uint32_t height_ = 0;
  uint32_t depth_ = 0;
  uint32_t loop_depth_ = 0;
  uint32_t open_loops_ = 0;
  uint32_t passed_ = 0;
  uint32_t locals_ = 0;
  uint64_t jumps_ = 0;
};

}  // namespace

absl::Status CheckShape(const runtime::Module& module, uint32_t function) {
  ShapeScan scan;
  decode::BodyDecoder<decode::NoChecks, ShapeScan> decoder(module, scan);
  if (!decoder.Decode(function)) return absl::UnimplementedError(decoder.error().message);
  const auto refused = [&](uint64_t count, const char* what) {
    return absl::ResourceExhaustedError(
        absl::StrCat(module.DescribeFunction(function), " has ", count, " ", what,
                     ", which is too much for the optimizing tier"));
  };
  if (scan.height() > kMaxHeight) return refused(scan.height(), "operands at a time");
  if (scan.depth() > kMaxDepth) return refused(scan.depth(), "nested blocks");
  if (scan.loop_depth() > kMaxLoopDepth) return refused(scan.loop_depth(), "nested loops");
  if (scan.passed() > kMaxPassed) return refused(scan.passed(), "parameters or results of a call");
  if (scan.locals() > kMaxLocals) return refused(scan.locals(), "locals");
  const uint64_t values = (uint64_t{scan.locals()} + scan.height()) * scan.jumps();
  if (values > kMaxValues) return refused(values, "values of locals and operands at jumps");
  return absl::OkStatus();
}

}  // namespace wasmtier::optimizing
