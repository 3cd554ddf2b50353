// The numeric and memory instructions, by what they give.
#ifndef WASMTIER_TEST_DIFFERENTIAL_OPERATIONS_H_
#define WASMTIER_TEST_DIFFERENTIAL_OPERATIONS_H_

#include <string>
#include <vector>

#include "tiers/decode/opcode.h"

namespace wasmtier::test {

struct Operation {
  decode::Opcode opcode = decode::Opcode::kNop;
  std::string params;  // letters; an address is 'a'
  // What generated code has to take care of.
  bool may_divide_by_zero = false;
  bool may_overflow = false;  // of a float that is no such integer
  bool shows_nan = false;     // the last parameter's bits, also those of a NaN, are in the result
  int nan_lane_bits = 0;      // of lanes of the result that may be NaNs of open bits, or 0
};

// Numeric instructions with a result of this type that the engine executes; without `vectors` none
// that has to do with v128.
const std::vector<Operation>& OperationsFor(char result, bool vectors);
// Those of two operands of the result's own type: what programs do most.
const std::vector<Operation>& ArithmeticFor(char result, bool vectors);
// Those of two operands of this type.
const std::vector<Operation>& ComparisonsOf(char param);
// Accesses to memory may take and give lanes: then a vector is the second parameter.
const std::vector<Operation>& LoadsFor(char result);
const std::vector<Operation>& Stores(bool vectors);

}  // namespace wasmtier::test

#endif  // WASMTIER_TEST_DIFFERENTIAL_OPERATIONS_H_
