// Modules written as text in tests.
#ifndef WASMTIER_TEST_SUPPORT_WAT_H_
#define WASMTIER_TEST_SUPPORT_WAT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wasmtier::test {

// The binary of a module in the text format, with a name section, made by libwabt with all its
// features on. Text that does not parse ends the process with the reason. The module is not
// validated: it may be invalid on purpose.
std::vector<uint8_t> CompileWat(std::string_view text);

// `part` repeated `count` times, "%d" in it replaced by 0, 1, 2 ...
std::string Repeat(int count, std::string_view part);

}  // namespace wasmtier::test

#endif  // WASMTIER_TEST_SUPPORT_WAT_H_
