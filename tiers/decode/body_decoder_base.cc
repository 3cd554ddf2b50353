#include "tiers/decode/body_decoder_base.h"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/byte_reader.h"
#include "runtime/base/leb128.h"
#include "runtime/model/type_reader.h"
#include "tiers/decode/subtyping.h"

namespace wasmtier::decode {

using runtime::Feature;
using runtime::HeapKind;
using runtime::ToString;
using runtime::TypeDefinition;
using runtime::ValueType;

namespace {

// A type that no operand has: type indices end far below (MODULE_LIMIT types).
constexpr ValueType kNoType = ValueType::Ref(HeapKind::kIndex, true, 0x7fffff);

constexpr char kUnexpectedEnd[] = "unexpected end of section or function";

// Single results of block types that are one byte long, by that byte.
constexpr ValueType kFuncRefResult[] = {runtime::kFuncRef};
constexpr ValueType kExternRefResult[] = {runtime::kExternRef};
constexpr ValueType kV128Result[] = {runtime::kV128};

}  // namespace

BodyDecoderBase::BodyDecoderBase(const runtime::Module& module, const runtime::ModuleLimits& limits)
    : limits_(limits) {
  module_ = &module;
  memory0_address_ = module.memories.empty() ? kNoType : AddressType(0);
}

void BodyDecoderBase::FailAt(const uint8_t* position, std::string message) {
  if (failed_) return;
  failed_ = true;
  error_.offset = code_offset_ + static_cast<uint32_t>(position - code_begin_);
  error_.message = std::move(message);
}

void BodyDecoderBase::Fail(const uint8_t* read_until, std::string message) {
  if (read_until > end_) {
    FailAt(end_, kUnexpectedEnd);
  } else {
    FailAt(instruction_, std::move(message));
  }
}

void BodyDecoderBase::FailIndex(const uint8_t* read_until, std::string_view phrase,
                                uint64_t index) {
  Fail(read_until, absl::StrCat(std::string(phrase), " ", index));
}

void BodyDecoderBase::FailUnsupported(const uint8_t* read_until, Opcode opcode) {
  if (failed_) return;
  error_.is_unimplemented = true;
  Fail(read_until,
       absl::StrCat("needs feature ", ToString(Info(opcode).feature), ": ", Name(opcode)));
}

void BodyDecoderBase::FailTypeMismatch(ValueType expected, ValueType found) {
  FailAt(instruction_,
         absl::StrCat("type mismatch: expected ", ToString(expected), ", found ", ToString(found)));
}

void BodyDecoderBase::BeginBody(uint32_t function, bool needs_read_ahead) {
  const runtime::ByteRange body = module_->body(function);
  const std::span<const uint8_t> code = module_->BytesOf(body);
  function_ = function;
  code_begin_ = code.data();
  code_offset_ = body.offset;
  if (needs_read_ahead && module_->bytes.size() - body.offset - body.size < kReadAhead) {
    padded_.assign(code.begin(), code.end());
    padded_.resize(code.size() + kReadAhead);
    code_begin_ = padded_.data();
  }
  end_ = code_begin_ + code.size();
  instruction_ = code_begin_;
  failed_ = false;
  error_ = DecodeError();
  features_ = runtime::FeatureSet();
  control_count_ = 0;
  block_results_.clear();
  is_reporting_ = true;
  // Each byte of code pushes at most one operand, apart from what ReserveOperands is asked for.
  operands_.Reserve(code.size() + kReadAhead);
  top_ = operands_.data();
  base_ = top_;
}

const uint8_t* BodyDecoderBase::DecodeLocals(const uint8_t* pc) {
  const std::vector<ValueType>& params = module_->function_type(function_).params;
  tracks_initialization_ = false;
  locals_.Reserve(params.size());
  std::copy(params.begin(), params.end(), locals_.data());
  uint64_t count = params.size();
  local_count_ = static_cast<uint32_t>(count);
  const uint8_t* position = pc;
  uint64_t groups = ReadLebSlow<32, false>(pc);
  for (; groups != 0 && !failed_ && pc <= end_; --groups) {
    position = pc;
    const uint64_t group_size = ReadLebSlow<32, false>(pc);
    const ValueType type = ReadValueType(pc);
    if (failed_) return end_;
    count += group_size;
    if (count > limits_.locals) {
      FailAt(position, absl::StrCat("too many locals: ", count, ", the limit is ", limits_.locals));
      return end_;
    }
    locals_.Reserve(count);
    std::fill(locals_.data() + local_count_, locals_.data() + count, type);
    local_count_ = static_cast<uint32_t>(count);
    if (type.IsRef() && !type.nullable()) tracks_initialization_ = true;
  }
  if (pc > end_) FailAt(end_, kUnexpectedEnd);
  if (tracks_initialization_) {
    is_initialized_.assign(local_count_, true);
    for (size_t i = params.size(); i < local_count_; ++i) {
      is_initialized_[i] = !locals_.data()[i].IsRef() || locals_.data()[i].nullable();
    }
    initializations_.clear();
    initialization_heights_.clear();
  }
  return pc;
}

template <int kBits, bool kSigned>
uint64_t BodyDecoderBase::ReadLebSlow(const uint8_t*& pc) {
  std::conditional_t<kSigned, int64_t, uint64_t> value = 0;
  const uint8_t* position = pc;
  const runtime::LebError error = pc >= end_
                                      ? runtime::LebError::kUnexpectedEnd
                                      : runtime::ReadLeb<decltype(value), kBits>(&pc, end_, &value);
  if (error != runtime::LebError::kNone) [[unlikely]] {
    if (error == runtime::LebError::kUnexpectedEnd) {
      FailAt(end_, kUnexpectedEnd);
    } else {
      FailAt(position, ToString(error));
    }
    pc = end_;
    return 0;
  }
  return static_cast<uint64_t>(value);
}
template uint64_t BodyDecoderBase::ReadLebSlow<32, false>(const uint8_t*&);
template uint64_t BodyDecoderBase::ReadLebSlow<64, false>(const uint8_t*&);
template uint64_t BodyDecoderBase::ReadLebSlow<32, true>(const uint8_t*&);
template uint64_t BodyDecoderBase::ReadLebSlow<33, true>(const uint8_t*&);
template uint64_t BodyDecoderBase::ReadLebSlow<64, true>(const uint8_t*&);

// Reads a type as the loader does, from the module's own bytes.
template <typename Read>
ValueType BodyDecoderBase::ReadReferenceType(const uint8_t*& pc, Read&& read) {
  const uint32_t size = static_cast<uint32_t>(end_ - code_begin_);
  const uint32_t position = static_cast<uint32_t>(std::min(pc, end_) - code_begin_);
  runtime::ByteReader reader(module_->bytes, code_offset_ + position, code_offset_ + size);
  const ValueType type = read(reader);
  if (!reader.ok()) {
    // The offset is added when all is known of the error.
    const absl::string_view message = reader.status().message();
    FailAt(pc, std::string(message.substr(0, message.find(" (at offset"))));
    pc = end_;
  } else {
    pc = code_begin_ + (reader.offset() - code_offset_);
  }
  return type;
}

ValueType BodyDecoderBase::ReadHeapType(const uint8_t*& pc, bool nullable) {
  return ReadReferenceType(pc, [&](runtime::ByteReader& reader) {
    return runtime::ReadHeapType(reader, nullable, static_cast<uint32_t>(module_->types.size()),
                                 features_);
  });
}

ValueType BodyDecoderBase::ReadValueType(const uint8_t*& pc) {
  static constexpr ValueType kNumeric[] = {runtime::kF64, runtime::kF32, runtime::kI64,
                                           runtime::kI32};
  if (pc < end_ && *pc >= 0x7c && *pc <= 0x7f) return kNumeric[*pc++ - 0x7c];
  return ReadReferenceType(pc, [&](runtime::ByteReader& reader) {
    return runtime::ReadValueType(reader, static_cast<uint32_t>(module_->types.size()), features_);
  });
}

BlockType BodyDecoderBase::ReadBlockTypeSlow(const uint8_t*& pc) {
  const uint8_t* position = pc;
  if (pc >= end_) {
    FailAt(end_, kUnexpectedEnd);
    return {};
  }
  const uint8_t byte = *pc;
  if ((byte & 0xc0) == 0x40) {  // a negative number of one byte: a value type
    const ValueType type = ReadValueType(pc);
    if (failed_) return {};
    if (type == runtime::kV128) return {{}, kV128Result};
    if (type == runtime::kFuncRef) return {{}, kFuncRefResult};
    if (type == runtime::kExternRef) return {{}, kExternRefResult};
    const ValueType& stored = block_results_.emplace_back(type);
    return {{}, {&stored, 1}};
  }
  const int64_t index = static_cast<int64_t>(ReadLebSlow<33, true>(pc));
  if (failed_) return {};
  if (index < 0) {
    FailAt(position, "malformed block type");
    return {};
  }
  if (static_cast<uint64_t>(index) >= module_->types.size() ||
      module_->types[index].kind != TypeDefinition::Kind::kFunc) {
    FailAt(position, absl::StrCat("unknown type ", index));
    return {};
  }
  features_.Add(Feature::kMultiValue);
  const runtime::FuncType& type = module_->types[index].func;
  return {type.params, type.results};
}

BodyDecoderBase::MemoryAccess BodyDecoderBase::ReadMemoryAccessSlow(const uint8_t* pc,
                                                                    uint32_t natural_alignment) {
  constexpr uint32_t kHasMemoryIndex = 64;
  MemoryAccess access = {{}, runtime::kI32, end_};
  uint32_t flags = static_cast<uint32_t>(ReadLebSlow<32, false>(pc));
  if (flags >= 2 * kHasMemoryIndex) {
    Fail(pc, "malformed memop flags");
    return access;
  }
  if ((flags & kHasMemoryIndex) != 0) {
    flags -= kHasMemoryIndex;
    access.argument.memory = static_cast<uint32_t>(ReadLebSlow<32, false>(pc));
    features_.Add(Feature::kMultiMemory);
  }
  access.argument.alignment = flags;
  access.argument.offset = ReadLebSlow<64, false>(pc);
  if (failed_) return access;
  if (access.argument.memory >= module_->memories.size()) {
    FailIndex(pc, "unknown memory", access.argument.memory);
    return access;
  }
  access.address = AddressType(access.argument.memory);
  if (flags > natural_alignment) {
    Fail(pc, "alignment must not be larger than natural");
  } else if (access.address == runtime::kI32 && access.argument.offset > UINT32_MAX) {
    Fail(pc, "offset out of range");
  } else {
    access.next = pc;
  }
  if (access.address == runtime::kI64) features_.Add(Feature::kMemory64);
  return access;
}

ValueType* BodyDecoderBase::ReserveOperands(Cursor cursor, size_t count) {
  const size_t height = cursor.top - operands_.data();
  const size_t bytes_left = cursor.pc < end_ ? end_ - cursor.pc : 0;
  const size_t needed = height + count + bytes_left + kReadAhead;
  if (needed > operands_.capacity()) [[unlikely]] {
    const size_t base = base_ - operands_.data();
    operands_.Reserve(needed);
    base_ = operands_.data() + base;
  }
  return operands_.data() + height;
}

ValueType* BodyDecoderBase::RequireSlow(Cursor cursor, std::span<const ValueType> types,
                                        bool refine) {
  // The index type of memory 0, which the fast path does not check for existence.
  if (!types.empty() && types[0] == kNoType) {
    Fail(cursor.pc, "unknown memory 0");
    return cursor.top;
  }
  const size_t available = cursor.top - base_;
  ValueType* top = cursor.top;
  if (available < types.size()) {
    const size_t missing = types.size() - available;
    if (control().reachable) {
      const ValueType expected = types[missing - 1];
      FailAt(instruction_, absl::StrCat("type mismatch: expected ",
                                        expected.IsBottom() ? "a value" : ToString(expected),
                                        ", found nothing on the stack"));
      return top;
    }
    top = ReserveOperands(cursor, missing);
    std::memmove(static_cast<void*>(top - available + missing), top - available,
                 available * sizeof(ValueType));
    std::fill_n(top - available, missing, runtime::kBottom);
    top += missing;
  }
  ValueType* operand = top - types.size();
  for (const ValueType expected : types) {
    if (*operand != expected && !expected.IsBottom()) {
      if (!IsSubtype(*module_, *operand, expected)) {
        FailTypeMismatch(expected, *operand);
        return top;
      }
      if (refine) *operand = expected;
    }
    ++operand;
  }
  return top;
}

void BodyDecoderBase::CheckNoMoreOperands(const ValueType* top, size_t count) {
  const size_t height = top - base_;
  if (height > count) {
    FailAt(instruction_, absl::StrCat("type mismatch: ", height - count,
                                      " values too many on the stack at the end of a block"));
  }
}

ValueType* BodyDecoderBase::SelectSlow(Cursor cursor) {
  const ValueType any_any_i32[] = {runtime::kBottom, runtime::kBottom, runtime::kI32};
  ValueType* top = RequireSlow(cursor, any_any_i32);
  if (failed_) return top;
  const ValueType first = top[-3];
  const ValueType second = top[-2];
  if (first.IsRef() || second.IsRef()) {
    FailAt(instruction_, "type mismatch: select without a type takes numbers and vectors only");
  } else if (first != second && !first.IsBottom() && !second.IsBottom()) {
    FailTypeMismatch(first, second);
  }
  if (first.IsBottom()) top[-3] = second;
  return top;
}

void BodyDecoderBase::PushControl(ControlKind kind, const BlockType& type, const ValueType* top) {
  base_ = top - type.params.size();
  if (control_count_ == controls_.capacity()) [[unlikely]]
    controls_.Reserve(control_count_ + 64);
  controls_.data()[control_count_++] =
      Control{kind, true, is_reporting_, static_cast<uint32_t>(base_ - operands_.data()), type};
  if (tracks_initialization_) [[unlikely]] {
    initialization_heights_.push_back(static_cast<uint32_t>(initializations_.size()));
  }
}

void BodyDecoderBase::PopControl() {
  if (tracks_initialization_) [[unlikely]] {
    ResetInitialized();
    initialization_heights_.pop_back();
  }
  if (--control_count_ == 0) return;
  const Control& outer = control();
  base_ = operands_.data() + outer.height;
  is_reporting_ = outer.reported && outer.reachable;
}

void BodyDecoderBase::CheckInitialized(const uint8_t* read_until, uint32_t local) {
  if (!is_initialized_[local]) FailIndex(read_until, "uninitialized local", local);
}

void BodyDecoderBase::MarkInitialized(uint32_t local) {
  if (is_initialized_[local]) return;
  is_initialized_[local] = true;
  initializations_.push_back(local);
}

void BodyDecoderBase::ResetInitialized() {
  const uint32_t height = initialization_heights_.back();
  while (initializations_.size() > height) {
    is_initialized_[initializations_.back()] = false;
    initializations_.pop_back();
  }
}

}  // namespace wasmtier::decode
