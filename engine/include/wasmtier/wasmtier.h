// The whole C++ API of wasm-tier. See engine/examples for programs that use it.
//
// Engine and Module are shared handles and thread-safe. A Store owns instances and is used by one
// thread at a time; Instance, Func, TypedFunc, Memory, Table and Global are handles into it. Errors
// are absl::Status; traps are statuses that carry a Trap.
#ifndef WASMTIER_WASMTIER_H_
#define WASMTIER_WASMTIER_H_

#include "wasmtier/caller.h"       // IWYU pragma: export
#include "wasmtier/config.h"       // IWYU pragma: export
#include "wasmtier/engine.h"       // IWYU pragma: export
#include "wasmtier/extern.h"       // IWYU pragma: export
#include "wasmtier/func.h"         // IWYU pragma: export
#include "wasmtier/global.h"       // IWYU pragma: export
#include "wasmtier/instance.h"     // IWYU pragma: export
#include "wasmtier/linker.h"       // IWYU pragma: export
#include "wasmtier/memory.h"       // IWYU pragma: export
#include "wasmtier/module.h"       // IWYU pragma: export
#include "wasmtier/profiler.h"     // IWYU pragma: export
#include "wasmtier/source_line.h"  // IWYU pragma: export
#include "wasmtier/store.h"        // IWYU pragma: export
#include "wasmtier/table.h"        // IWYU pragma: export
#include "wasmtier/trap.h"         // IWYU pragma: export
#include "wasmtier/typed_func.h"   // IWYU pragma: export
#include "wasmtier/types.h"        // IWYU pragma: export
#include "wasmtier/value.h"        // IWYU pragma: export

#endif  // WASMTIER_WASMTIER_H_
