// Constants of generated code, often the border of something, and other short code.
#ifndef WASMTIER_TEST_DIFFERENTIAL_CONSTANTS_H_
#define WASMTIER_TEST_DIFFERENTIAL_CONSTANTS_H_

#include "test/differential/choices.h"
#include "test/support/module_builder.h"

namespace wasmtier::test {

// Instructions that push a value of this type: zero or null, anything, a divisor other than 0 and
// -1.
void AppendZero(Code& code, char type);
void AppendConstant(Choices& choices, Code& code, char type);
void AppendDivisor(Choices& choices, Code& code, char type);
// Makes an integer odd and positive: neither 0 nor -1.
void AppendMakeOdd(Code& code, char type);
// Joins the two topmost values.
void AppendFold(Choices& choices, Code& code, char type);
// The lane, or the lanes of a shuffle, that an instruction names; nothing for others.
void AppendLanes(Choices& choices, Code& code, decode::Opcode opcode);
// Makes lanes (of 32 or 64 bits) of a vector that are NaNs, whose bits are open, zeros; `local` is
// one of its own.
void AppendWithoutNanLanes(Code& code, uint32_t local, int bits);
// Makes a float that is no NaN one between 0 and 1000, so that truncation does not trap.
void AppendMakeSmall(Code& code, char type);

}  // namespace wasmtier::test

#endif  // WASMTIER_TEST_DIFFERENTIAL_CONSTANTS_H_
