// The runtime's types as the public ones, and back.
#ifndef WASMTIER_ENGINE_API_CONVERT_TYPES_H_
#define WASMTIER_ENGINE_API_CONVERT_TYPES_H_

#include <optional>

#include "runtime/model/module.h"
#include "runtime/model/source_lines.h"
#include "runtime/model/types.h"
#include "wasmtier/source_line.h"
#include "wasmtier/types.h"

namespace wasmtier::internal {

ValueType ToPublic(runtime::ValueType type);
FuncType ToPublic(const runtime::FuncType& type);
MemoryType ToPublic(const runtime::MemoryType& type);
TableType ToPublic(const runtime::TableType& type);
GlobalType ToPublic(const runtime::GlobalType& type);
std::optional<SourceLine> ToPublic(const std::optional<runtime::SourceLine>& source);

runtime::ValueType ToRuntime(ValueType type);
runtime::FuncType ToRuntime(const FuncType& type);
runtime::MemoryType ToRuntime(const MemoryType& type);
runtime::TableType ToRuntime(const TableType& type);
runtime::GlobalType ToRuntime(const GlobalType& type);

// The type of what has `index` in the index space of `kind`: an import or an export.
ExternType ExternTypeOf(const runtime::Module& module, runtime::ExternKind kind, uint32_t index);

}  // namespace wasmtier::internal

#endif  // WASMTIER_ENGINE_API_CONVERT_TYPES_H_
