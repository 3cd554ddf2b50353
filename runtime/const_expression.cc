#include "runtime/const_expression.h"

#include <cstdlib>
#include <cstring>

#include "absl/container/inlined_vector.h"
#include "runtime/base/leb128.h"

namespace wasmtier::runtime {
namespace {

// Not a second opcode list: floor 0 cannot see tiers/decode, and constant expressions have only
// these instructions (spec: "Constant Expressions"), of which the validator has checked the rest.
enum ConstOpcode : uint8_t {
  kEnd = 0x0b,
  kGlobalGet = 0x23,
  kI32Const = 0x41,
  kI64Const = 0x42,
  kF32Const = 0x43,
  kF64Const = 0x44,
  kI32Add = 0x6a,
  kI32Sub = 0x6b,
  kI32Mul = 0x6c,
  kI64Add = 0x7c,
  kI64Sub = 0x7d,
  kI64Mul = 0x7e,
  kRefNull = 0xd0,
  kRefFunc = 0xd2,
  kVectorPrefix = 0xfd,
};
constexpr uint32_t kV128Const = 12;  // behind kVectorPrefix

template <typename T, int kBits = sizeof(T) * 8>
T ReadInteger(const uint8_t** position, const uint8_t* end) {
  T value = 0;
  if (ReadLeb<T, kBits>(position, end, &value) != LebError::kNone) std::abort();
  return value;
}

GlobalCell ReadBytes(const uint8_t** position, const uint8_t* end, size_t size) {
  if (size > static_cast<size_t>(end - *position)) std::abort();
  GlobalCell cell{};
  std::memcpy(cell.slots, *position, size);
  *position += size;
  return cell;
}

uint64_t Arithmetic(uint8_t opcode, uint64_t left, uint64_t right) {
  switch (opcode) {
    case kI32Add:
      return static_cast<uint32_t>(left + right);
    case kI32Sub:
      return static_cast<uint32_t>(left - right);
    case kI32Mul:
      return static_cast<uint32_t>(left * right);
    case kI64Add:
      return left + right;
    case kI64Sub:
      return left - right;
    default:
      return left * right;
  }
}

// The value of an instruction without operands.
GlobalCell ReadValue(Instance& instance, uint8_t opcode, const uint8_t** position,
                     const uint8_t* end) {
  switch (opcode) {
    case kI32Const:
      return {{static_cast<uint32_t>(ReadInteger<int32_t>(position, end)), 0}};
    case kI64Const:
      return {{static_cast<uint64_t>(ReadInteger<int64_t>(position, end)), 0}};
    case kF32Const:
      return ReadBytes(position, end, 4);
    case kF64Const:
      return ReadBytes(position, end, 8);
    case kGlobalGet:
      return instance.global(ReadInteger<uint32_t>(position, end)).cell;
    case kRefNull:
      ReadInteger<int64_t, 33>(position, end);
      return {{0, 0}};
    case kRefFunc: {
      const FunctionReference* const function =
          instance.GetFunction(ReadInteger<uint32_t>(position, end));
      return {{reinterpret_cast<uint64_t>(function), 0}};
    }
    case kVectorPrefix:
      if (ReadInteger<uint32_t>(position, end) == kV128Const) return ReadBytes(position, end, 16);
      break;
  }
  // A validated expression has nothing else, and a feature that adds to it is refused before.
  std::abort();
}

}  // namespace

GlobalCell EvaluateConstExpression(Instance& instance, const uint8_t** position,
                                   const uint8_t* end) {
  absl::InlinedVector<GlobalCell, 4> stack;
  while (*position < end) {
    const uint8_t opcode = *(*position)++;
    switch (opcode) {
      case kEnd:
        if (stack.empty()) std::abort();
        return stack.back();
      case kI32Add:
      case kI32Sub:
      case kI32Mul:
      case kI64Add:
      case kI64Sub:
      case kI64Mul: {
        if (stack.size() < 2) std::abort();
        const uint64_t right = stack.back().slots[0];
        stack.pop_back();
        stack.back().slots[0] = Arithmetic(opcode, stack.back().slots[0], right);
        break;
      }
      default:
        stack.push_back(ReadValue(instance, opcode, position, end));
    }
  }
  std::abort();  // a validated expression ends
}

GlobalCell EvaluateConstExpression(Instance& instance, const ConstExpression& expression) {
  const std::span<const uint8_t> bytes = instance.module().BytesOf(expression.bytes);
  const uint8_t* position = bytes.data();
  return EvaluateConstExpression(instance, &position, bytes.data() + bytes.size());
}

}  // namespace wasmtier::runtime
