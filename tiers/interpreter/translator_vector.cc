// Translator: vectors. They are never lazy constants and never in accumulators: instructions name
// the slots of all their operands.
#include <array>

#include "runtime/memory.h"
#include "tiers/decode/opcode.h"
#include "tiers/interpreter/translator.h"

namespace wasmtier::interpreter {

using decode::Info;
using decode::Opcode;
using decode::Shape;
using runtime::MemoryStrategy;
using runtime::ValueType;

// A result, and the destination field of the instruction that makes it.
void Translator::PushDestination(ValueType type) {
  PushResult(type);
  if (Top().is_vector) {
    writer_.VectorDestination(Top().slot);
  } else {
    writer_.Destination(Top().slot, IsFloat(type));
  }
}

void Translator::VectorConst(const uint8_t* bytes) {
  writer_.set_module_offset(state_->offset());
  writer_.Begin(SimpleHandler(Simple::kVectorConst));
  PushDestination(runtime::kV128);
  for (int i = 0; i < 16; ++i) writer_.Write<uint8_t>(bytes[i]);
  writer_.End();
}

void Translator::EmitVectorSelect() {
  const auto height = static_cast<uint32_t>(operands_.size());
  Prepare(height - 1, false);
  const std::array sources = {Top(2).source(), Top(1).source(), Top(0).source()};
  writer_.Begin(SimpleHandler(Simple::kVectorSelect));
  DropTo(height - 3);
  PushDestination(runtime::kV128);
  for (uint32_t source : sources) writer_.Write<uint16_t>(static_cast<uint16_t>(source));
  writer_.End();
}

// An instruction with a result up to its operands; the lanes are still to be written.
void Translator::EmitVectorOperands(Opcode opcode) {
  writer_.set_module_offset(state_->offset());
  const decode::Signature& signature = Info(opcode).signature;
  const uint32_t base = static_cast<uint32_t>(operands_.size()) - signature.param_count;
  std::array<uint32_t, decode::Signature::kMaxParams> sources{};
  for (uint32_t i = 0; i < signature.param_count; ++i) Prepare(base + i, false);
  for (uint32_t i = 0; i < signature.param_count; ++i) sources[i] = operands_[base + i].source();
  writer_.Begin(VectorHandler(opcode, relaxed_simd_));
  DropTo(base);
  PushDestination(signature.result);
  for (uint32_t i = 0; i < signature.param_count; ++i)
    writer_.Write<uint16_t>(static_cast<uint16_t>(sources[i]));
}

void Translator::EmitVector(Opcode opcode) {
  EmitVectorOperands(opcode);
  writer_.End();
}

void Translator::EmitVectorLane(Opcode opcode, uint32_t lane) {
  EmitVectorOperands(opcode);
  writer_.Write<uint8_t>(static_cast<uint8_t>(lane));
  writer_.End();
}

void Translator::VectorShuffle(const uint8_t* lanes) {
  EmitVectorOperands(Opcode::kI8x16Shuffle);
  for (int i = 0; i < 16; ++i) writer_.Write<uint8_t>(lanes[i]);
  writer_.End();
}

void Translator::EmitVectorMemory(Opcode opcode, const decode::MemoryArgument& argument,
                                  uint32_t lane) {
  writer_.set_module_offset(state_->offset());
  const Shape shape = Info(opcode).shape;
  const bool has_result = shape == Shape::kVectorLoad || shape == Shape::kVectorLoadLane;
  const bool has_vector = shape != Shape::kVectorLoad;
  const bool has_lane = shape == Shape::kVectorLoadLane || shape == Shape::kVectorStoreLane;
  // The guard behind a reserved memory covers small offsets only.
  const bool unchecked = IsPlain(argument.memory) && strategy_ == MemoryStrategy::kReserved &&
                         argument.offset < runtime::kGuardBytes;
  const uint32_t base = static_cast<uint32_t>(operands_.size()) - (has_vector ? 2 : 1);
  Prepare(base, false);
  const Source address = SourceOf(base, unchecked);
  const uint32_t vector = Top().source();
  writer_.Begin(unchecked ? VectorMemoryHandler(opcode, address.form)
                          : AnyVectorMemoryHandler(opcode));
  DropTo(base);
  if (has_result) PushDestination(runtime::kV128);
  if (unchecked) {
    writer_.Write<uint32_t>(static_cast<uint32_t>(argument.offset));
  } else {
    writer_.Write<uint64_t>(argument.offset);
    writer_.Write<uint32_t>(argument.memory);
  }
  if (has_vector) writer_.Write<uint16_t>(static_cast<uint16_t>(vector));
  if (has_lane) writer_.Write<uint8_t>(static_cast<uint8_t>(lane));
  WriteSource(address);
  if (has_result) writer_.End();
}

}  // namespace wasmtier::interpreter
