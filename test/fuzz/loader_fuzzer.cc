// Loader and validator: any bytes give an error or a module. Run by `./dev fuzz`; seeds in
// corpus/loader.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engine/load/load.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wasmtier;
  runtime::TypeRegistry registry;
  engine::LoadOptions options;
  options.lazy_validation = size % 2 != 0;
  const auto module = engine::LoadModule(engine::BorrowBytes({data, size}), registry, options);
  if (!module.ok()) {
    if (module.status().message().empty()) std::abort();
    return 0;
  }
  for (uint32_t function = 0; function < (*module)->function_count(); ++function) {
    if ((*module)->DescribeFunction(function).empty()) std::abort();
    if ((*module)->IsImported(function)) continue;
    const runtime::ByteRange body = (*module)->body(function);
    (void)(*module)->BytesOf(body);
    (void)(*module)->FindSourceLine(body.offset + body.size / 2);
  }
  (void)(*module)->ModuleName();
  (void)(*module)->features.List();
  return 0;
}
