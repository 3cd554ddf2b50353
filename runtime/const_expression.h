// Evaluation of validated constant expressions (spec: "Constant Expressions").
#ifndef WASMTIER_RUNTIME_CONST_EXPRESSION_H_
#define WASMTIER_RUNTIME_CONST_EXPRESSION_H_

#include "runtime/instance.h"
#include "runtime/model/module.h"

namespace wasmtier::runtime {

// The value in the form of a global's cell. The expression must have been validated; it reads
// globals and functions of `instance` which must exist already.
GlobalCell EvaluateConstExpression(Instance& instance, const ConstExpression& expression);
// The same for one of several that stand one after another: reads at `*position`, which is moved
// behind its `end`.
GlobalCell EvaluateConstExpression(Instance& instance, const uint8_t** position,
                                   const uint8_t* end);

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_CONST_EXPRESSION_H_
