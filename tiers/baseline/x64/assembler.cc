#include "tiers/baseline/x64/assembler.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace wasmtier::baseline {
Masm::Assembler::Assembler(runtime::CodeSpace& space, const Thunks& thunks)
    : space(space), thunks(thunks), cpu(HostCpu()) {
  emitter.addEncodingOptions(asmjit::EncodingOptions::kOptimizedAlign);
  logger.setFlags(asmjit::FormatFlags::kNone);
}

Masm::Assembler::~Assembler() { holder.reset(asmjit::ResetPolicy::kHard); }

void Masm::Assembler::Reset(std::string* listing_or_null) {
  // The buffer stays as it has grown.
  if (!holder.isInitialized() || error != asmjit::kErrorOk) {
    holder.reset(asmjit::ResetPolicy::kSoft);
    error = holder.init(asmjit::Environment::host());
    holder.setErrorHandler(this);
    holder.attach(&emitter);
  } else {
    emitter.setOffset(0);
  }
  if ((listing_or_null != nullptr) != (holder.logger() != nullptr)) {
    holder.setLogger(listing_or_null != nullptr ? &logger : nullptr);
  }
  listing = listing_or_null;
  pending = {};
  first_counter = nullptr;
  prologue_size = 0;
  labels.clear();
  unbound_labels = 0;
  positions.clear();
  targets.clear();
  trap_sites.clear();
  slow_paths.clear();
  cold.clear();
  constants.clear();
  vectors.assign(1, {0, 0});
  uses_vectors = false;
  tables.clear();
  table_labels.clear();
  used_masks = 0;
}

void Masm::Assembler::handleError(asmjit::Error code, const char*, asmjit::BaseEmitter*) {
  if (error == asmjit::kErrorOk) error = code;
}

asmjit::Error Masm::Assembler::Listing::_log(const char* data, size_t size) noexcept {
  std::string_view line(data, size);
  while (!line.empty() && (line.back() == '\n' || line.back() == ' ')) line.remove_suffix(1);
  std::string& out = *assembler_.listing;
  if (line.starts_with(".align") || line.starts_with("align")) return asmjit::kErrorOk;
  if (line.starts_with(".db")) return asmjit::kErrorOk;  // EmitBytes writes its own text
  char offset[16];
  std::snprintf(offset, sizeof offset, "%5x  ", assembler_.Offset());
  out.append(offset);
  size_t rip = line.find("[rip]");
  if (rip != std::string_view::npos && assembler_.pending.kind != Target::Kind::kNone) {
    out.append(line.substr(0, rip + 1));
    out.append(assembler_.TargetName(assembler_.pending));
    line.remove_prefix(rip + 4);
  }
  out.append(line);
  out.push_back('\n');
  return asmjit::kErrorOk;
}

std::string Masm::Assembler::TargetName(const Target& target) const {
  char text[48];
  switch (target.kind) {
    case Target::Kind::kConstant:
      std::snprintf(text, sizeof text, "constant 0x%llx",
                    static_cast<unsigned long long>(constants[target.value]));
      return text;
    case Target::Kind::kMask: {
      constexpr const char* kNames[] = {"f32 value mask", "f32 sign mask", "f64 value mask",
                                        "f64 sign mask"};
      return kNames[target.value];
    }
    case Target::Kind::kVector:
      std::snprintf(text, sizeof text, "v128 0x%016llx%016llx",
                    static_cast<unsigned long long>(vectors[target.value].high),
                    static_cast<unsigned long long>(vectors[target.value].low));
      return text;
    case Target::Kind::kTable:
      std::snprintf(text, sizeof text, "table %llu", static_cast<unsigned long long>(target.value));
      return text;
    case Target::Kind::kAddress:
      std::snprintf(text, sizeof text, "counter %td",
                    reinterpret_cast<const uint32_t*>(target.value) - first_counter);
      return text;
    case Target::Kind::kNone:
      break;
  }
  return "?";
}

void Masm::Assembler::EmitBytes(std::initializer_list<uint8_t> bytes, std::string_view text) {
  if (listing != nullptr) logger._log(text.data(), text.size());
  if (emitter.remainingSpace() < bytes.size()) [[unlikely]] {
    emitter.embed(bytes.begin(), bytes.size());
    return;
  }
  // embed's checks cost more than the bytes.
  std::memcpy(emitter._bufferPtr, bytes.begin(), bytes.size());
  emitter._bufferPtr += bytes.size();
  // From this asmjit decides whether the buffer must grow.
  asmjit::CodeBuffer& buffer = holder.textSection()->_buffer;
  buffer._size = std::max<size_t>(buffer._size, Offset());
}

void Masm::Assembler::NoteTarget(uint8_t bytes_behind) {
  pending.offset = Offset() - bytes_behind - 4;
  pending.bytes_behind = bytes_behind;
  targets.push_back(pending);
  pending.kind = Target::Kind::kNone;
}

x86::Mem Masm::Assembler::ConstantInPool(uint64_t bits, uint32_t size) {
  // Only the latest are compared, so that the time stays linear.
  size_t first = constants.size() > 16 ? constants.size() - 16 : 0;
  auto found = std::find(constants.begin() + first, constants.end(), bits);
  uint64_t index = static_cast<uint64_t>(found - constants.begin());
  if (found == constants.end()) constants.push_back(bits);
  pending = {Target::Kind::kConstant, 0, 0, index};
  return x86::ptr(x86::rip, 0, size);
}

x86::Mem Masm::Assembler::MaskInPool(bool is_64, bool sign) {
  uint64_t index = (is_64 ? 2 : 0) + (sign ? 1 : 0);
  used_masks |= 1u << index;
  pending = {Target::Kind::kMask, 0, 0, index};
  return x86::ptr(x86::rip, 0, 16);
}

void Masm::Assembler::NoteFault() {
  // The return address of a call just before is looked up in the same table, but is of another
  // instruction.
  if (!positions.empty() && positions.back().code_offset == Offset()) Emit(Inst::kIdNop);
  positions.push_back({Offset(), masm->module_offset_});
}

namespace {

constexpr const char* kConditionNames[] = {"o", "no", "b", "ae", "e", "ne", "be", "a",
                                           "s", "ns", "p", "np", "l", "ge", "le", "g"};

std::string JumpText(const char* condition, uint32_t label) {
  return std::string("j") + condition + " L" + std::to_string(label);
}

}  // namespace

void Masm::Assembler::Bind(Label label) {
  LabelState& state = labels[label.id];
  state.offset = Offset();
  if (state.last_use != 0) {
    --unbound_labels;
    uint8_t* code = emitter.bufferData();
    if (state.is_short) {
      code[state.last_use] = static_cast<uint8_t>(state.offset - (state.last_use + 1));
    } else {
      for (uint32_t field = state.last_use; field != 0;) {
        uint32_t next;
        std::memcpy(&next, code + field, 4);
        const uint32_t distance = state.offset - (field + 4);
        std::memcpy(code + field, &distance, 4);
        field = next;
      }
    }
  }
  if (listing != nullptr) listing->append("L" + std::to_string(label.id) + ":\n");
}

void Masm::Assembler::UseLabel(Label target) {
  LabelState& state = labels[target.id];
  const uint32_t field = Offset() - 4;
  uint32_t value = state.last_use;
  if (state.offset != LabelState::kUnbound) {
    value = state.offset - (field + 4);
  } else {
    if (state.last_use == 0) ++unbound_labels;
    state.last_use = field;
  }
  std::memcpy(emitter.bufferData() + field, &value, 4);
}

void Masm::Assembler::Jump(Label target) {
  std::string text;
  if (listing != nullptr) text = JumpText("mp", target.id);
  const uint32_t offset = labels[target.id].offset;
  const int64_t distance = int64_t{offset} - (int64_t{Offset()} + 2);
  if (offset != LabelState::kUnbound && distance >= INT8_MIN) {
    return EmitBytes({0xeb, static_cast<uint8_t>(distance)}, text);
  }
  EmitBytes({0xe9, 0, 0, 0, 0}, text);
  UseLabel(target);
}

void Masm::Assembler::JumpIf(CondCode condition, Label target) {
  std::string text;
  const uint8_t code = static_cast<uint8_t>(condition);
  if (listing != nullptr) text = JumpText(kConditionNames[code], target.id);
  const uint32_t offset = labels[target.id].offset;
  const int64_t distance = int64_t{offset} - (int64_t{Offset()} + 2);
  if (offset != LabelState::kUnbound && distance >= INT8_MIN) {
    return EmitBytes({static_cast<uint8_t>(0x70 + code), static_cast<uint8_t>(distance)}, text);
  }
  EmitBytes({0x0f, static_cast<uint8_t>(0x80 + code), 0, 0, 0, 0}, text);
  UseLabel(target);
}

void Masm::Assembler::JumpShort(CondCode condition, Label target) {
  std::string text;
  const uint8_t code = static_cast<uint8_t>(condition);
  if (listing != nullptr) text = JumpText(kConditionNames[code], target.id);
  EmitBytes({static_cast<uint8_t>(0x70 + code), 0}, text);
  ++unbound_labels;
  labels[target.id].last_use = Offset() - 1;
  labels[target.id].is_short = true;
}

void Masm::Assembler::TrapJump(CondCode condition, runtime::TrapCode code) {
  std::string text;
  if (listing != nullptr) {
    text = std::string("j") + kConditionNames[static_cast<int>(condition)] +
           " trap: " + runtime::TrapMessage(code);
  }
  EmitBytes({0x0f, static_cast<uint8_t>(0x80 + static_cast<uint8_t>(condition)), 0, 0, 0, 0}, text);
  trap_sites.push_back({Offset() - 4, code, masm->module_offset_});
}

void Masm::Assembler::CallThunk(const void* thunk, std::string_view name) {
  EmitBytes({0xe8, 0, 0, 0, 0}, name);
  targets.push_back({Target::Kind::kAddress, 0, Offset() - 4, reinterpret_cast<uint64_t>(thunk)});
}

Masm::Assembler::SlowPath& Masm::Assembler::AddSlowPath(SlowPath::Kind kind) {
  SlowPath& path = slow_paths.emplace_back();
  path.kind = kind;
  path.entry = NewLabel();
  path.done = NewLabel();
  path.module_offset = masm->module_offset_;
  return path;
}

void Masm::Assembler::EmitSlowPath(const SlowPath& path) {
  Bind(path.entry);
  switch (path.kind) {
    case SlowPath::Kind::kDivide:
      return EmitDivideSlowPath(path);
    case SlowPath::Kind::kTruncate:
      return path.truncation.saturates ? EmitSaturateSlowPath(path) : EmitTruncateSlowPath(path);
    case SlowPath::Kind::kConvertUnsigned:
      return EmitConvertSlowPath(path);
    case SlowPath::Kind::kMinMax:
      return EmitMinMaxSlowPath(path);
  }
}

}  // namespace wasmtier::baseline
