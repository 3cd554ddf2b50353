// Writes instructions of slot bytecode, remembers the last one for peepholes, and which slots the
// accumulators mirror.
#ifndef WASMTIER_TIERS_INTERPRETER_BYTECODE_WRITER_H_
#define WASMTIER_TIERS_INTERPRETER_BYTECODE_WRITER_H_

#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "tiers/decode/opcode.h"
#include "tiers/interpreter/bytecode.h"
#include "tiers/interpreter/handlers.h"

namespace wasmtier::interpreter {

// Which bytecode came from which place in the module.
struct SourcePosition {
  uint32_t bytecode_offset;
  uint32_t module_offset;
};

class BytecodeWriter {
 public:
  static constexpr int32_t kNoSlot = -1;

  // What the accumulators hold: the values of these slots.
  struct Accumulators {
    int32_t integer = kNoSlot;
    int32_t floating = kNoSlot;
    int32_t of(bool is_float) const { return is_float ? floating : integer; }
  };

  // The instruction written last, while nothing else was written and no label lies behind it.
  struct Last {
    uint32_t start;
    uint32_t destination_offset;  // 0: it has none
    uint32_t operands_offset;
    uint16_t destination;
    bool is_float;
    bool is_vector;
    decode::Opcode opcode;  // if has_opcode: a Binary, Compare or Test shape that may be fused with
                            // what follows
    bool has_opcode;
    Form a;
    Form b;
    uint8_t shift;  // of a ScaledAdd, else 0
    Accumulators before;
  };

  void Reset(std::vector<SourcePosition>* positions) {
    size_ = 0;
    Label();
    positions_ = positions;
  }

  uint32_t size() const { return size_; }
  std::span<const uint8_t> code() const { return {bytes_.data(), size_}; }
  // Where the wasm instruction is that the next instructions are made from.
  void set_module_offset(uint32_t offset) { module_offset_ = offset; }

  // Starts an instruction and returns its offset.
  uint32_t Begin(Handler handler) {
    Reserve(kLongestFixedInstruction);
    previous_ = last_;
    previous_valid_ = last_valid_;
    last_ = {};
    last_.start = size_;
    last_.before = accumulators_;
    last_valid_ = false;
    if (positions_ != nullptr) positions_->push_back({size_, module_offset_});
    Write<int32_t>(HandlerDistance(handler));
    return last_.start;
  }
  // The destination field; the accumulator of the class then mirrors the slot.
  void Destination(uint32_t slot, bool is_float) {
    last_.destination_offset = size_;
    last_.destination = static_cast<uint16_t>(slot);
    last_.is_float = is_float;
    Write<uint16_t>(static_cast<uint16_t>(slot));
    last_.operands_offset = size_;
    Mirror(slot, is_float);
  }
  // The same for a vector, which no accumulator mirrors.
  void VectorDestination(uint32_t slot) {
    last_.destination_offset = size_;
    last_.destination = static_cast<uint16_t>(slot);
    last_.is_vector = true;
    Write<uint16_t>(static_cast<uint16_t>(slot));
    last_.operands_offset = size_;
    Forget(slot);
    Forget(slot + 1);
  }
  // Ends an instruction that a peephole may change; others need no end.
  void End() { last_valid_ = true; }
  void EndFusable(decode::Opcode opcode, Form a, Form b) {
    last_.opcode = opcode;
    last_.has_opcode = true;
    last_.a = a;
    last_.b = b;
    last_valid_ = true;
  }
  void EndScaledAdd(uint8_t shift, Form a, Form b) {
    last_.shift = shift;
    last_.a = a;
    last_.b = b;
    last_valid_ = true;
  }

  template <typename T>
  void Write(T value) {
    std::memcpy(bytes_.data() + size_, &value, sizeof(T));
    size_ += sizeof(T);
  }
  template <typename T>
  void WriteAt(uint32_t offset, T value) {
    std::memcpy(bytes_.data() + offset, &value, sizeof(T));
  }
  void Reserve(size_t bytes) {
    if (size_ + bytes > bytes_.size()) bytes_.resize((size_ + bytes) * 2);
  }

  // The instruction before the last one, if there is nothing between them.
  const Last* previous() const { return previous_valid_ ? &previous_ : nullptr; }
  template <typename T>
  T ReadAt(uint32_t offset) const {
    return ReadField<T>(bytes_.data(), static_cast<int>(offset));
  }
  // Of the last instruction, whose second operand is an immediate of 32 bits.
  uint32_t LastImmediate() const { return ReadAt<uint32_t>(size_ - 4); }
  // The last instruction if its result went to `slot` and may still be changed, else null.
  const Last* LastWriting(uint32_t slot) const {
    return last_valid_ && last_.destination_offset != 0 && last_.destination == slot ? &last_
                                                                                     : nullptr;
  }
  // Makes the last instruction write to `slot` instead.
  void RedirectLast(uint32_t slot) {
    WriteAt<uint16_t>(last_.destination_offset, static_cast<uint16_t>(slot));
    Forget(last_.destination);
    last_.destination = static_cast<uint16_t>(slot);
    if (last_.is_vector) {
      Forget(slot);
      Forget(slot + 1);
    } else {
      Mirror(slot, last_.is_float);
    }
  }
  // Exchanges the last instruction's handler for one of the same operands.
  void ReplaceLastHandler(Handler handler, decode::Opcode opcode) {
    WriteAt<int32_t>(last_.start, HandlerDistance(handler));
    last_.opcode = opcode;
  }
  // Takes the last instruction back; returns the bytes of its operands (valid until the next
  // Reserve).
  struct TakenOperands {
    uint8_t bytes[24];
    uint32_t size;
  };
  TakenOperands TakeBackLast() {
    TakenOperands operands;
    operands.size = size_ - last_.operands_offset;
    std::memcpy(operands.bytes, bytes_.data() + last_.operands_offset, operands.size);
    size_ = last_.start;
    accumulators_ = last_.before;
    // The one before is the last one again.
    last_ = previous_;
    last_valid_ = previous_valid_;
    previous_valid_ = false;
    if (positions_ != nullptr) {
      while (!positions_->empty() && positions_->back().bytecode_offset >= size_)
        positions_->pop_back();
    }
    return operands;
  }
  void WriteOperands(const TakenOperands& operands) {
    std::memcpy(bytes_.data() + size_, operands.bytes, operands.size);
    size_ += operands.size;
  }

  const Accumulators& accumulators() const { return accumulators_; }
  void Mirror(uint32_t slot, bool is_float) {
    Forget(slot);
    (is_float ? accumulators_.floating : accumulators_.integer) = static_cast<int32_t>(slot);
  }
  // Something else was written to `slot`.
  void Forget(uint32_t slot) {
    if (accumulators_.integer == static_cast<int32_t>(slot)) accumulators_.integer = kNoSlot;
    if (accumulators_.floating == static_cast<int32_t>(slot)) accumulators_.floating = kNoSlot;
  }
  // Control may come from elsewhere: nothing is known.
  void Label() {
    accumulators_ = {};
    last_valid_ = false;
    previous_valid_ = false;
  }

 private:
  static constexpr size_t kLongestFixedInstruction = 64;

  std::vector<uint8_t> bytes_;
  uint32_t size_ = 0;
  uint32_t module_offset_ = 0;
  Accumulators accumulators_;
  Last last_{};
  bool last_valid_ = false;
  // The instruction before the last one, if there is nothing between them.
  Last previous_{};
  bool previous_valid_ = false;
  std::vector<SourcePosition>* positions_ = nullptr;
};

}  // namespace wasmtier::interpreter

#endif  // WASMTIER_TIERS_INTERPRETER_BYTECODE_WRITER_H_
