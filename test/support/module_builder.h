// Modules made in memory, without a loader, for tests of what works on a Module: decoding,
// validation, translation.
#ifndef WASMTIER_TEST_SUPPORT_MODULE_BUILDER_H_
#define WASMTIER_TEST_SUPPORT_MODULE_BUILDER_H_

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/model/module.h"
#include "tiers/decode/opcode.h"

namespace wasmtier::test {

// Assembles code: Code().LocalGet(0).I32Const(-1).Op(Opcode::kI32Add).End().
class Code {
 public:
  using Opcode = decode::Opcode;
  static constexpr uint8_t kEmptyBlock = 0x40;
  static constexpr uint8_t kI32Block = 0x7f;
  static constexpr uint8_t kI64Block = 0x7e;

  // An opcode and its immediates, each an unsigned LEB128.
  template <typename... Immediates>
  Code& Op(Opcode opcode, Immediates... immediates) {
    const uint32_t code = decode::Info(opcode).code;
    if (code > 0xff) {
      bytes_.push_back(static_cast<uint8_t>(code >> 16));
      U64(code & 0xffff);
    } else {
      bytes_.push_back(static_cast<uint8_t>(code));
    }
    (U64(immediates), ...);
    return *this;
  }
  Code& Raw(std::initializer_list<int> bytes) {
    for (int byte : bytes) bytes_.push_back(static_cast<uint8_t>(byte));
    return *this;
  }
  Code& Raw(const std::vector<uint8_t>& bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  Code& I32Const(int32_t value) {
    Op(Opcode::kI32Const);
    return S64(value);
  }
  Code& I64Const(int64_t value) {
    Op(Opcode::kI64Const);
    return S64(value);
  }
  Code& F32Const(float value) {
    Op(Opcode::kF32Const);
    return Bits(std::bit_cast<uint32_t>(value), 4);
  }
  Code& F64Const(double value) {
    Op(Opcode::kF64Const);
    return Bits(std::bit_cast<uint64_t>(value), 8);
  }
  // `type`: kEmptyBlock, a value type's byte, or a type index below 64.
  Code& Block(int type = kEmptyBlock) { return Op(Opcode::kBlock).Raw({type}); }
  Code& Loop(int type = kEmptyBlock) { return Op(Opcode::kLoop).Raw({type}); }
  Code& If(int type = kEmptyBlock) { return Op(Opcode::kIf).Raw({type}); }
  Code& Else() { return Op(Opcode::kElse); }
  Code& End() { return Op(Opcode::kEnd); }
  Code& LocalGet(uint32_t index) { return Op(Opcode::kLocalGet, index); }
  Code& LocalSet(uint32_t index) { return Op(Opcode::kLocalSet, index); }
  Code& Unreachable() { return Op(Opcode::kUnreachable); }
  Code& Drop() { return Op(Opcode::kDrop); }

  Code& U64(uint64_t value) {
    do {
      const uint8_t byte = value & 0x7f;
      value >>= 7;
      bytes_.push_back(byte | (value != 0 ? 0x80 : 0));
    } while (value != 0);
    return *this;
  }
  Code& S64(int64_t value) {
    while (value < -64 || value > 63) {
      bytes_.push_back(static_cast<uint8_t>(value & 0x7f) | 0x80);
      value >>= 7;
    }
    bytes_.push_back(value & 0x7f);
    return *this;
  }

  const std::vector<uint8_t>& bytes() const { return bytes_; }

 private:
  Code& Bits(uint64_t bits, int count) {
    for (int i = 0; i < count; ++i) bytes_.push_back(static_cast<uint8_t>(bits >> (8 * i)));
    return *this;
  }

  std::vector<uint8_t> bytes_;
};

class OwnedBytes : public runtime::ModuleBytes {
 public:
  explicit OwnedBytes(std::vector<uint8_t> bytes) : owned_(std::move(bytes)) { bytes_ = owned_; }

 private:
  std::vector<uint8_t> owned_;
};

// Imports must be added before definitions of their kind, as in a binary.
class ModuleBuilder {
 public:
  using ValueType = runtime::ValueType;
  using Types = std::vector<ValueType>;

  uint32_t AddType(Types params, Types results) {
    runtime::TypeDefinition definition;
    definition.func = {std::move(params), std::move(results)};
    definition.group_start = static_cast<uint32_t>(module_->types.size());
    module_->types.push_back(std::move(definition));
    return definition.group_start;
  }
  uint32_t AddStructType() {
    module_->types.emplace_back().kind = runtime::TypeDefinition::Kind::kStruct;
    return static_cast<uint32_t>(module_->types.size() - 1);
  }
  uint32_t ImportFunction(uint32_t type) {
    ++module_->imported_functions;
    module_->function_types.push_back(type);
    return module_->function_count() - 1;
  }
  // `locals`: the declarations in bytes, default none.
  uint32_t AddFunction(uint32_t type, const Code& code, const std::vector<uint8_t>& locals = {0}) {
    module_->function_types.push_back(type);
    std::vector<uint8_t> body = locals;
    body.insert(body.end(), code.bytes().begin(), code.bytes().end());
    module_->bodies.push_back(Append(body));
    return module_->function_count() - 1;
  }
  uint32_t AddMemory(bool is_64 = false) {
    module_->memories.push_back({{1, std::nullopt, is_64}, false});
    return static_cast<uint32_t>(module_->memories.size() - 1);
  }
  uint32_t AddTable(ValueType element = runtime::kFuncRef, bool is_64 = false) {
    module_->tables.push_back({{{1, std::nullopt, is_64}, element}, std::nullopt});
    return static_cast<uint32_t>(module_->tables.size() - 1);
  }
  uint32_t ImportGlobal(ValueType type, bool is_mutable) {
    ++module_->imported_globals;
    return AddGlobal(type, is_mutable);
  }
  uint32_t AddGlobal(ValueType type, bool is_mutable) {
    module_->globals.push_back({{type, is_mutable}, {}});
    return static_cast<uint32_t>(module_->globals.size() - 1);
  }
  uint32_t AddPassiveElement(ValueType type) {
    runtime::ElementSegment segment;
    segment.mode = runtime::ElementSegment::Mode::kPassive;
    segment.type = type;
    module_->elements.push_back(segment);
    return static_cast<uint32_t>(module_->elements.size() - 1);
  }
  void SetDataCount(uint32_t count) { module_->data_count = count; }
  void Declare(uint32_t function) {
    if (module_->declared_functions.size() <= function) {
      module_->declared_functions.resize(function + 1);
    }
    module_->declared_functions[function] = true;
  }
  // Bytes between the bodies, for what is not a body: constant expressions, or only distance.
  // Returns where they are.
  runtime::ByteRange Append(const std::vector<uint8_t>& bytes) {
    const runtime::ByteRange range = {static_cast<uint32_t>(bytes_.size()),
                                      static_cast<uint32_t>(bytes.size())};
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return range;
  }

  // The builder is empty afterwards.
  std::unique_ptr<runtime::Module> Build() {
    module_->source = std::make_shared<OwnedBytes>(std::move(bytes_));
    module_->bytes = module_->source->bytes();
    module_->declared_functions.resize(module_->function_types.size());
    bytes_.clear();
    return std::exchange(module_, std::make_unique<runtime::Module>());
  }

 private:
  std::unique_ptr<runtime::Module> module_ = std::make_unique<runtime::Module>();
  std::vector<uint8_t> bytes_;
};

}  // namespace wasmtier::test

#endif  // WASMTIER_TEST_SUPPORT_MODULE_BUILDER_H_
