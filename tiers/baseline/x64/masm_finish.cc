// Beginning and end of a piece of code: the listing, what was put off, data, and the copy into the
// code space.
#include <cstring>

#include "absl/status/status.h"
#include "tiers/baseline/x64/assembler.h"

namespace wasmtier::baseline {
namespace {

Thunks ThunksOf(const Stubs& stubs) {
  Thunks thunks;
#define TRAP(Name, message)                                       \
  thunks.traps[static_cast<size_t>(runtime::TrapCode::k##Name)] = \
      stubs.trap(runtime::TrapCode::k##Name);
#include "runtime/traps.def"
#undef TRAP
  thunks.runtime_call = stubs.runtime_call();
  thunks.hot = stubs.hot();
  return thunks;
}

}  // namespace

Masm::Masm(runtime::CodeSpace& space, const Stubs& stubs) : Masm(space, ThunksOf(stubs)) {}
Masm::Masm(runtime::CodeSpace& space, const Thunks& thunks)
    : assembler_(std::make_unique<Assembler>(space, thunks)) {
  assembler_->masm = this;
  Reset(nullptr);
}
Masm::~Masm() = default;

void Masm::Reset(std::string* listing) { assembler_->Reset(listing); }

void Masm::set_entries(const std::atomic<void*>* entries) { assembler_->entries = entries; }

void Masm::Comment(std::string_view text) {
  if (assembler_->listing == nullptr) return;
  assembler_->listing->append("; ").append(text).append("\n");
}

uint32_t Masm::code_offset() const { return assembler_->Offset(); }

void Masm::Cold(Label entry, std::function<void()> emit) {
  assembler_->cold.push_back({entry, std::move(emit), module_offset_});
}

void Masm::Assembler::EmitPutOffCode() {
  // Cold code may make more of both.
  size_t next_cold = 0;
  size_t next_slow = 0;
  while (next_cold < cold.size() || next_slow < slow_paths.size()) {
    for (; next_slow < slow_paths.size(); ++next_slow) {
      SlowPath path = slow_paths[next_slow];
      masm->module_offset_ = path.module_offset;
      EmitSlowPath(path);
    }
    for (; next_cold < cold.size(); ++next_cold) {
      ColdCode code = std::move(cold[next_cold]);
      masm->module_offset_ = code.module_offset;
      Bind(code.entry);
      code.emit();
    }
  }
}

void Masm::Assembler::EmitTrapStubs() {
  const TrapSite* last = nullptr;
  uint32_t stub = 0;
  for (const TrapSite& site : trap_sites) {
    if (last == nullptr || last->code != site.code || last->module_offset != site.module_offset) {
      stub = Offset();
      masm->module_offset_ = site.module_offset;
      masm->Trap(site.code);
    }
    last = &site;
    int32_t distance = static_cast<int32_t>(stub - (site.displacement + 4));
    std::memcpy(emitter.bufferData() + site.displacement, &distance, 4);
  }
}

void Masm::Assembler::WriteData(uint8_t* writable) {
  constexpr uint64_t kMasks[4] = {0x7fffffff7fffffff, 0x8000000080000000, 0x7fffffffffffffff,
                                  0x8000000000000000};
  if (used_masks != 0) {
    for (int i = 0; i < 8; ++i) std::memcpy(writable + masks_offset + i * 8, &kMasks[i / 2], 8);
  }
  if (uses_vectors) {
    std::memcpy(writable + vectors_offset, vectors.data(), vectors.size() * 16);
  }
  if (!constants.empty()) {
    std::memcpy(writable + constants_offset, constants.data(), constants.size() * 8);
  }
  for (const Table& table : tables) {
    for (uint32_t i = table.first; i < table.first + table.size; ++i) {
      int32_t distance = static_cast<int32_t>(labels[table_labels[i]].offset) -
                         static_cast<int32_t>(tables_offset + table.first * 4);
      std::memcpy(writable + tables_offset + i * 4, &distance, 4);
    }
  }
}

void Masm::Assembler::Patch(const runtime::CodeBuffer& buffer) {
  const uint64_t begin = reinterpret_cast<uint64_t>(buffer.executable);
  for (const Target& target : targets) {
    uint64_t address = target.value;
    switch (target.kind) {
      case Target::Kind::kConstant:
        address = begin + constants_offset + target.value * 8;
        break;
      case Target::Kind::kMask:
        address = begin + masks_offset + target.value * 16;
        break;
      case Target::Kind::kVector:
        address = begin + vectors_offset + target.value * 16;
        break;
      case Target::Kind::kTable:
        address = begin + tables_offset + tables[target.value].first * 4;
        break;
      case Target::Kind::kAddress:
      case Target::Kind::kNone:
        break;
    }
    int32_t distance =
        static_cast<int32_t>(address - (begin + target.offset + 4 + target.bytes_behind));
    std::memcpy(buffer.writable + target.offset, &distance, 4);
  }
}

absl::StatusOr<runtime::CodeBuffer> Masm::Finish(runtime::CompiledCode* code) {
  Assembler& as = *assembler_;
  as.EmitPutOffCode();
  as.EmitTrapStubs();
  bool unbound = as.unbound_labels != 0;
  for (uint32_t label : as.table_labels) {
    unbound |= as.labels[label].offset == Assembler::LabelState::kUnbound;
  }
  if (unbound) return absl::InternalError("machine code with a label that was never bound");
  if (as.error != asmjit::kErrorOk) {
    return absl::ResourceExhaustedError(std::string("asmjit: ") +
                                        asmjit::DebugUtils::errorAsString(as.error));
  }
  const uint32_t code_size = as.Offset();
  uint32_t size = code_size;
  if (as.used_masks != 0) {
    as.masks_offset = (size + 15) & ~15u;
    size = as.masks_offset + 64;
  }
  if (as.uses_vectors) {
    as.vectors_offset = (size + 15) & ~15u;
    size = as.vectors_offset + static_cast<uint32_t>(as.vectors.size()) * 16;
  }
  if (!as.constants.empty()) {
    as.constants_offset = (size + 7) & ~7u;
    size = as.constants_offset + static_cast<uint32_t>(as.constants.size()) * 8;
  }
  if (!as.tables.empty()) {
    as.tables_offset = (size + 3) & ~3u;
    size = as.tables_offset + static_cast<uint32_t>(as.table_labels.size()) * 4;
  }
  absl::StatusOr<runtime::CodeBuffer> buffer = as.space.Allocate(size);
  if (!buffer.ok()) return buffer.status();
  std::memcpy(buffer->writable, as.emitter.bufferData(), code_size);
  // Between code and data: int3.
  std::memset(buffer->writable + code_size, 0xcc, size - code_size);
  as.WriteData(buffer->writable);
  as.Patch(*buffer);
  code->begin = buffer->executable;
  code->size = size;
  code->prologue_size = as.prologue_size;
  code->positions = runtime::EncodePositions(as.positions);
  return buffer;
}

}  // namespace wasmtier::baseline
