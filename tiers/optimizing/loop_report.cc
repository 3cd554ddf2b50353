#include "tiers/optimizing/loop_report.h"

#include <llvm/ADT/StringExtras.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/Function.h>

#include <algorithm>
#include <string_view>

#include "absl/strings/str_format.h"
#include "tiers/decode/body_decoder.h"
#include "tiers/decode/null_sink.h"
#include "tiers/optimizing/loop_remarks.h"
#include "tiers/optimizing/symbols.h"
#include "tiers/optimizing/trap_anchors.h"

namespace wasmtier::optimizing {
namespace {

// Calls `on_loop` with the offsets of each loop of a body and how many are around it, when it ends.
template <typename OnLoop>
class LoopRangeSink : public decode::NullSink {
 public:
  static constexpr bool kIgnoresCode = false;
  explicit LoopRangeSink(const OnLoop& on_loop) : on_loop_(on_loop) {}

  void BeginFunction(const decode::BodyState& state) {
    state_ = &state;
    labels_.push_back(0);
  }
  void Block(const decode::Control&) { labels_.push_back(0); }
  void If(const decode::Control&) { labels_.push_back(0); }
  void Loop(const decode::Control&) {
    labels_.push_back(state_->offset());
    ++depth_;
  }
  void End(const decode::Control&, bool) {
    const uint32_t begin = labels_.back();
    labels_.pop_back();
    if (begin != 0) on_loop_(begin, state_->offset(), --depth_);
  }

 private:
  const OnLoop& on_loop_;
  const decode::BodyState* state_ = nullptr;
  std::vector<uint32_t> labels_;  // offsets of those that are loops; of others 0
  uint32_t depth_ = 0;
};

// The call that a location was inlined by, in the function that it is in now; null: not inlined.
const llvm::DILocation* OutermostCall(const llvm::DILocation* location) {
  const llvm::DILocation* call = nullptr;
  for (; location != nullptr; location = location->getInlinedAt()) call = location;
  return call;
}

uint32_t NumberOf(const llvm::DiagnosticInfoIROptimization& remark, llvm::StringRef key) {
  for (const auto& argument : remark.getArgs()) {
    uint32_t number = 0;
    if (argument.Key == key && llvm::to_integer(llvm::StringRef(argument.Val), number)) {
      return number;
    }
  }
  return 0;
}

// LLVM's text without what every remark begins with, and without advice for C.
std::string ReasonIn(std::string text) {
  constexpr std::string_view kPrefix = "loop not vectorized: ";
  if (text.starts_with(kPrefix)) text.erase(0, kPrefix.size());
  if (const size_t advice = text.find(" Use #pragma"); advice != std::string::npos) {
    const size_t end = text.find('\n', advice);
    text.erase(advice, end == std::string::npos ? std::string::npos : end - advice);
  }
  // Places are "wasm:232:0".
  constexpr std::string_view kFile = "wasm:";
  if (const size_t place = text.find(kFile); place != std::string::npos) {
    const size_t line = place + kFile.size();
    const size_t line_end = text.find_first_not_of("0123456789", line);
    uint32_t offset = 0;
    if (llvm::to_integer(llvm::StringRef(text).slice(line, line_end), offset)) {
      const size_t end = text.find_first_not_of(":0123456789", line);
      text.replace(place, end == std::string::npos ? std::string::npos : end - place,
                   absl::StrFormat("0x%x", offset));
    }
  }
  std::replace(text.begin(), text.end(), '\n', ' ');
  while (text.ends_with('.')) text.pop_back();
  return text;
}

// Once for each text; the first place is enough.
void AddReason(std::vector<LoopReport::Reason>& list, LoopReport::Reason reason) {
  for (const LoopReport::Reason& known : list) {
    if (known.text == reason.text) return;
  }
  list.push_back(std::move(reason));
}

bool HasAnchorAt(const llvm::Loop& loop, uint32_t offset) {
  for (const llvm::BasicBlock* block : loop.blocks()) {
    for (const llvm::Instruction& instruction : *block) {
      if (AsAnchor(const_cast<llvm::Instruction*>(&instruction)) != nullptr &&
          instruction.getDebugLoc() && instruction.getDebugLoc().getLine() == offset) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

LoopReports::LoopReports(const runtime::Module& module, uint32_t function, std::string entry)
    : module_(module), entry_(std::move(entry)) {
  const size_t loops = RangesOf(function).size();
  for (uint32_t loop = 0; loop < loops; ++loop) ReportOf({nullptr, function, loop});
}

const std::vector<LoopReports::Range>& LoopReports::RangesOf(uint32_t function) {
  const auto [found, is_new] = ranges_.try_emplace(function);
  std::vector<Range>& ranges = found->second;
  if (!is_new || module_.IsImported(function)) return ranges;
  const auto add = [&](uint32_t begin, uint32_t end, uint32_t depth) {
    // Inner loops end first.
    const bool has_inner = !ranges.empty() && ranges.back().begin > begin;
    ranges.push_back({begin, end, depth, !has_inner});
  };
  LoopRangeSink sink(add);
  decode::BodyDecoder<decode::NoChecks, decltype(sink)> decoder(module_, sink);
  (void)decoder.Decode(function);  // it was compiled: the body is valid
  std::sort(ranges.begin(), ranges.end(),
            [](const Range& a, const Range& b) { return a.begin < b.begin; });
  return ranges;
}

std::optional<LoopReports::Key> LoopReports::KeyOf(const llvm::DILocation* location) {
  for (; location != nullptr; location = location->getInlinedAt()) {
    const llvm::DISubprogram* const subprogram = location->getScope()->getSubprogram();
    if (subprogram == nullptr) continue;
    const llvm::StringRef name = subprogram->getName();
    const std::optional<uint32_t> function = FunctionOfSymbol({name.data(), name.size()});
    if (!function) continue;
    const std::vector<Range>& ranges = RangesOf(*function);
    // The last one that begins before it and is not over is the innermost.
    for (size_t i = ranges.size(); i-- > 0;) {
      if (ranges[i].begin <= location->getLine() && location->getLine() < ranges[i].end) {
        return Key{location->getInlinedAt(), *function, static_cast<uint32_t>(i)};
      }
    }
  }
  return std::nullopt;
}

std::optional<LoopReports::Key> LoopReports::KeyOf(const llvm::Loop& loop) {
  std::map<Key, uint32_t> votes;
  for (const llvm::BasicBlock* block : loop.blocks()) {
    const bool is_of_inner_loop = std::ranges::any_of(
        loop.getSubLoops(), [&](const llvm::Loop* inner) { return inner->contains(block); });
    if (is_of_inner_loop) continue;
    for (const llvm::Instruction& instruction : *block) {
      if (const std::optional<Key> key = KeyOf(instruction.getDebugLoc().get())) ++votes[*key];
    }
  }
  // What comes before an inner loop is, too, of that loop: its guard, the begin of vectors.
  for (const llvm::Loop* inner : loop.getSubLoops()) {
    if (const std::optional<Key> key = KeyOf(*inner)) votes.erase(*key);
  }
  const auto most = std::ranges::max_element(
      votes, [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most == votes.end()) return std::nullopt;
  return most->first;
}

LoopReport& LoopReports::ReportOf(const Key& key) {
  const auto [found, is_new] = reports_.try_emplace(key);
  LoopReport& report = found->second;
  if (!is_new) return report;
  const auto& [inlined_at, function, loop] = key;
  const Range& range = RangesOf(function)[loop];
  report.function = function;
  if (const llvm::DILocation* const call = OutermostCall(inlined_at)) report.call = call->getLine();
  report.begin = range.begin;
  report.end = range.end;
  report.depth = range.depth;
  report.is_innermost = range.is_innermost;
  return report;
}

void LoopReports::OnDiagnostic(const llvm::DiagnosticInfo& info) {
  if (const auto* const remark = llvm::dyn_cast<llvm::DiagnosticInfoIROptimization>(&info)) {
    OnRemark(*remark);
  }
}

void LoopReports::OnRemark(const llvm::DiagnosticInfoIROptimization& remark) {
  const llvm::StringRef pass = remark.getPassName();
  if (pass != "loop-vectorize" && pass != "loop-unroll" && pass != "slp-vectorizer" &&
      pass != kLoopRemarkPass) {
    return;
  }
  if (remark.getFunction().getName() != llvm::StringRef(entry_)) return;
  const auto* const block = llvm::dyn_cast_or_null<llvm::BasicBlock>(remark.getCodeRegion());
  if (block == nullptr) return;
  const llvm::DominatorTree dominators(const_cast<llvm::Function&>(remark.getFunction()));
  const llvm::LoopInfo loops(dominators);
  const llvm::Loop* const loop = loops.getLoopFor(block);
  if (loop == nullptr) return;
  const std::optional<Key> key = KeyOf(*loop);
  if (!key) return;
  // Remarks on a loop as a whole have its place, which says nothing new.
  uint32_t offset = NumberOf(remark, kOffsetKey);
  if (offset == 0 && remark.isLocationAvailable() && pass != kLoopRemarkPass) {
    const llvm::DebugLoc start = loop->getStartLoc();
    const uint32_t line = remark.getLocation().getLine();
    if (block != loop->getHeader() || !start || start.getLine() != line) offset = line;
  }
  Tell(ReportOf(*key), remark, HasAnchorAt(*loop, offset), offset);
}

void LoopReports::Tell(LoopReport& report, const llvm::DiagnosticInfoIROptimization& remark,
                       bool is_of_anchor, uint32_t offset) {
  const llvm::StringRef pass = remark.getPassName();
  const llvm::StringRef name = remark.getRemarkName();
  if (pass == kLoopRemarkPass) {
    if (name == kVersionedRemark) report.is_versioned = true;
    if (name == kRerolledRemark) report.rerolled = NumberOf(remark, kFactorKey);
    if (name == kNotVersionedRemark) AddReason(report.not_versioned, {remark.getMsg(), offset});
  } else if (pass == "slp-vectorizer") {
    report.has_vector_code |= remark.isPassed();
  } else if (pass == "loop-unroll") {
    report.is_unrolled |= name == "FullyUnrolled";
  } else if (remark.isPassed()) {
    if (name != "Vectorized") return;
    report.vector_width = std::max(report.vector_width, NumberOf(remark, "VectorizationFactor"));
    report.interleaved = std::max(report.interleaved, NumberOf(remark, "InterleaveCount"));
  } else if (name != "AllDisabled" && !name.starts_with("Interleav")) {
    // The slow copy of a guarded loop is disabled; a remark without a reason sums up others.
    std::string reason = ReasonIn(remark.getMsg());
    if (is_of_anchor) reason = "an access that may trap";  // to LLVM, a call
    const bool says_nothing =
        reason == "loop not vectorized" ||
        (reason == "instruction cannot be vectorized" && !report.not_vectorized.empty());
    if (!says_nothing) AddReason(report.not_vectorized, {std::move(reason), offset});
  }
}

void LoopReports::OnEnd(const llvm::Function& entry) {
  const llvm::DominatorTree dominators(const_cast<llvm::Function&>(entry));
  const llvm::LoopInfo loops(dominators);
  for (const llvm::Loop* loop : loops.getLoopsInPreorder()) {
    if (const std::optional<Key> key = KeyOf(*loop)) ReportOf(*key).remains = true;
  }
}

std::vector<LoopReport> LoopReports::Take() {
  std::vector<LoopReport> list;
  for (auto& [key, report] : reports_) {
    // What LLVM says of one copy does not matter if it has vectorized another.
    if (report.vector_width != 0) report.not_vectorized.clear();
    if (report.is_versioned) report.not_versioned.clear();
    list.push_back(std::move(report));
  }
  const auto place = [](const LoopReport& report) {
    return std::tuple(report.call != 0 ? report.call : report.begin, report.function, report.begin);
  };
  std::ranges::sort(list, {}, place);
  return list;
}

}  // namespace wasmtier::optimizing
