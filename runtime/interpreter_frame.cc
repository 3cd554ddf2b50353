#include "runtime/interpreter_frame.h"

namespace wasmtier::runtime {
namespace {

constinit InterpreterLayout interpreter_layout;

}  // namespace

void SetInterpreterLayout(const InterpreterLayout& layout) { interpreter_layout = layout; }

const InterpreterLayout& GetInterpreterLayout() { return interpreter_layout; }

}  // namespace wasmtier::runtime
