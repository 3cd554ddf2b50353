#include "wasmtier/source_line.h"

#include "absl/strings/str_cat.h"

namespace wasmtier {

std::string SourceLine::ToString() const {
  std::string text = absl::StrCat(file, ":", line);
  if (column != 0) absl::StrAppend(&text, ":", column);
  return text;
}

}  // namespace wasmtier
