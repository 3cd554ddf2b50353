// SourceLine: where in a program's source code an instruction comes from.
#ifndef WASMTIER_SOURCE_LINE_H_
#define WASMTIER_SOURCE_LINE_H_

#include <cstdint>
#include <string>

namespace wasmtier {

struct SourceLine {
  // As the compiler has named it, so it may be relative to the folder that it ran in. Valid UTF-8
  // without control characters.
  std::string file;
  uint32_t line = 0;    // from 1
  uint32_t column = 0;  // from 1; 0: not known

  // "src/sum.c:12:5"
  std::string ToString() const;
};

}  // namespace wasmtier

#endif  // WASMTIER_SOURCE_LINE_H_
