#include "test/support/modes.h"

namespace wasmtier::test {

const std::vector<Mode>& Modes() {
  static const auto* modes = [] {
    auto* list = new std::vector<Mode>;
#define MODE(name, description, statements)        \
  {                                                \
    Config config;                                 \
    statements;                                    \
    list->push_back({#name, description, config}); \
  }
#include "test/support/modes.def"
#undef MODE
    return list;
  }();
  return *modes;
}

}  // namespace wasmtier::test
