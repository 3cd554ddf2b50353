// Extern: what can be imported and exported (spec: "External Values").
#ifndef WASMTIER_EXTERN_H_
#define WASMTIER_EXTERN_H_

#include <variant>

#include "wasmtier/func.h"
#include "wasmtier/global.h"
#include "wasmtier/memory.h"
#include "wasmtier/table.h"
#include "wasmtier/types.h"

namespace wasmtier {

// Handles (see Store), in the order of ExternKind.
using Extern = std::variant<Func, Table, Memory, Global>;

inline ExternKind KindOf(const Extern& value) { return static_cast<ExternKind>(value.index()); }
ExternType TypeOf(const Extern& value);

}  // namespace wasmtier

#endif  // WASMTIER_EXTERN_H_
