// Constants of generated code, often the border of something.
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
// Makes a float that is no NaN one between 0 and 1000, so that truncation does not trap.
void AppendMakeSmall(Code& code, char type);

}  // namespace wasmtier::test

#endif  // WASMTIER_TEST_DIFFERENTIAL_CONSTANTS_H_
