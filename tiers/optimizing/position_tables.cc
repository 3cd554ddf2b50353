#include "tiers/optimizing/position_tables.h"

#include <llvm/Config/llvm-config.h>
#include <llvm/DebugInfo/DWARF/DWARFContext.h>
#include <llvm/DebugInfo/DWARF/DWARFDebugFrame.h>
#include <llvm/DebugInfo/DWARF/DWARFDebugLine.h>
#include <llvm/DebugInfo/DWARF/DWARFDie.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Support/MemoryBuffer.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "tiers/optimizing/symbols.h"

namespace wasmtier::optimizing {
namespace {

// DWARF register number (System V ABI, AMD64 supplement, figure 3.36).
constexpr uint32_t kRsp = 7;

absl::Status ToStatus(llvm::Error error) {
  return absl::InternalError(llvm::toString(std::move(error)));
}

// Addresses of an object file are offsets in their section; all code is in one.
class Reader {
 public:
  explicit Reader(llvm::DWARFContext& context) : context_(context) {}

  absl::StatusOr<PositionTables> Read() && {
    for (const auto& unit : context_.compile_units()) {
      ReadLines(*unit);
      ReadScopes(unit->getUnitDIE(/*ExtractUnitDIEOnly=*/false));
    }
    std::sort(tables_.positions.begin(), tables_.positions.end(),
              [](const auto& a, const auto& b) { return a.code_offset < b.code_offset; });
    std::sort(scopes_.begin(), scopes_.end());
    for (const OrderedScope& scope : scopes_) tables_.scopes.push_back(scope.scope);
    std::vector<uint32_t>& tail_calls = tables_.tail_calls;
    std::sort(tail_calls.begin(), tail_calls.end());
    tail_calls.erase(std::unique(tail_calls.begin(), tail_calls.end()), tail_calls.end());
    if (llvm::Error error = ReadFrames()) return ToStatus(std::move(error));
    return std::move(tables_);
  }

 private:
  struct OrderedScope {
    runtime::CodeScope scope;
    size_t order;  // as read: outer before inner
    bool operator<(const OrderedScope& other) const {
      if (scope.begin != other.scope.begin) return scope.begin < other.scope.begin;
      if (scope.end != other.scope.end) return scope.end > other.scope.end;
      return order < other.order;
    }
  };

  // Instructions that stand for several (merged or made up by LLVM) have line 0: they count as part
  // of what lies before them.
  void ReadLines(llvm::DWARFUnit& unit) {
    const llvm::DWARFDebugLine::LineTable* const table = context_.getLineTableForUnit(&unit);
    if (table == nullptr) return;
    uint32_t last_line = 0;
    for (const llvm::DWARFDebugLine::Row& row : table->Rows) {
      const auto offset = static_cast<uint32_t>(row.Address.Address);
      if (row.PrologueEnd && tables_.prologue_size == 0) tables_.prologue_size = offset;
      if (row.EndSequence || row.Line == 0) continue;
      if (row.Column == kTailCallColumn) tables_.tail_calls.push_back(row.Line);
      if (row.Line == last_line) continue;
      last_line = row.Line;
      std::vector<runtime::CodePositionEntry>& positions = tables_.positions;
      // Of several rows of one address the last one holds.
      if (!positions.empty() && positions.back().code_offset == offset) positions.pop_back();
      positions.push_back({offset, row.Line});
    }
  }

  void ReadScopes(const llvm::DWARFDie& parent) {
    for (const llvm::DWARFDie& die : parent.children()) {
      const bool is_inlined = die.getTag() == llvm::dwarf::DW_TAG_inlined_subroutine;
      if (is_inlined || die.getTag() == llvm::dwarf::DW_TAG_subprogram) AddScope(die, is_inlined);
      ReadScopes(die);
    }
  }

  void AddScope(const llvm::DWARFDie& die, bool is_inlined) {
    const char* const name = die.getName(llvm::DINameKind::ShortName);
    const std::optional<uint32_t> function =
        name == nullptr ? std::nullopt : FunctionOfSymbol(name);
    llvm::Expected<llvm::DWARFAddressRangesVector> ranges = die.getAddressRanges();
    if (!ranges) llvm::consumeError(ranges.takeError());
    if (!function || !ranges) return;
    const uint32_t call = is_inlined ? static_cast<uint32_t>(llvm::dwarf::toUnsigned(
                                           die.find(llvm::dwarf::DW_AT_call_line), 0))
                                     : runtime::CodeScope::kNotInlined;
    if (is_inlined &&
        llvm::dwarf::toUnsigned(die.find(llvm::dwarf::DW_AT_call_column), 0) == kTailCallColumn) {
      tables_.tail_calls.push_back(call);
    }
    for (const llvm::DWARFAddressRange& range : *ranges) {
      if (range.LowPC >= range.HighPC) continue;
      scopes_.push_back({{static_cast<uint32_t>(range.LowPC), static_cast<uint32_t>(range.HighPC),
                          *function, call},
                         scopes_.size()});
    }
  }

  llvm::Error ReadFrames() {
    llvm::Expected<const llvm::DWARFDebugFrame*> frames = context_.getDebugFrame();
    if (!frames) return frames.takeError();
    for (const llvm::dwarf::FrameEntry& entry : **frames) {
      const auto* const function = llvm::dyn_cast<llvm::dwarf::FDE>(&entry);
      if (function == nullptr) continue;
#if LLVM_VERSION_MAJOR >= 21
      llvm::Expected<llvm::dwarf::UnwindTable> rows = llvm::dwarf::createUnwindTable(function);
#else
      llvm::Expected<llvm::dwarf::UnwindTable> rows = llvm::dwarf::UnwindTable::create(function);
#endif
      if (!rows) return rows.takeError();
      AddFrameless(*rows, function->getInitialLocation() + function->getAddressRange());
    }
    std::sort(tables_.frameless.begin(), tables_.frameless.end(),
              [](const auto& a, const auto& b) { return a.begin < b.begin; });
    return llvm::Error::success();
  }

  // The canonical frame address is that behind the return address, which is a word.
  void AddFrameless(const llvm::dwarf::UnwindTable& rows, uint64_t end) {
    for (size_t i = 0; i < rows.size(); ++i) {
      const llvm::dwarf::UnwindLocation& frame = rows[i].getCFAValue();
      if (frame.getLocation() != llvm::dwarf::UnwindLocation::RegPlusOffset) continue;
      if (frame.getRegister() != kRsp) continue;
      const uint64_t row_end = i + 1 < rows.size() ? rows[i + 1].getAddress() : end;
      if (rows[i].getAddress() >= row_end) continue;
      tables_.frameless.push_back(
          {static_cast<uint32_t>(rows[i].getAddress()), static_cast<uint32_t>(row_end),
           static_cast<uint32_t>(frame.getOffset() - static_cast<int32_t>(sizeof(uint64_t)))});
    }
  }

  llvm::DWARFContext& context_;
  PositionTables tables_;
  std::vector<OrderedScope> scopes_;
};

}  // namespace

absl::StatusOr<PositionTables> ReadPositionTables(std::string_view object) {
  auto file = llvm::object::ObjectFile::createObjectFile(
      llvm::MemoryBufferRef(llvm::StringRef(object.data(), object.size()), "wasm"));
  if (!file) return ToStatus(file.takeError());
  // Complaints are about the object, which LLVM itself has just made.
  const std::unique_ptr<llvm::DWARFContext> context = llvm::DWARFContext::create(
      **file, llvm::DWARFContext::ProcessDebugRelocations::Process, nullptr, "",
      [](llvm::Error error) { llvm::consumeError(std::move(error)); },
      [](llvm::Error warning) { llvm::consumeError(std::move(warning)); });
  return Reader(*context).Read();
}

}  // namespace wasmtier::optimizing
