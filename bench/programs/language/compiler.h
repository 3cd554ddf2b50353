// What the compiler's two files share: the function that is being compiled, and emitting code.
#ifndef WASMTIER_BENCH_PROGRAMS_LANGUAGE_COMPILER_H_
#define WASMTIER_BENCH_PROGRAMS_LANGUAGE_COMPILER_H_

#include "lexer.h"

// An instruction is an operation in its low 8 bits and an operand, often signed, in the others.
typedef enum {
  kPushNil,
  kPushTrue,
  kPushFalse,
  kPushInteger,   // the operand
  kPushConstant,  // constants[operand]
  kGetLocal,      // base[operand]; the kGet... are in the order of the kSet...
  kGetUpvalue,
  kGetGlobal,  // the name is constants[operand]
  kGetField,   // table -> table.constants[operand]
  kGetIndex,   // table key -> table[key]
  kSetLocal,   // value ->
  kSetUpvalue,
  kSetGlobal,
  kSetField,  // table value ->
  kSetIndex,  // table key value ->
  kMethod,    // object -> object.constants[operand] object
  kNewTable,
  kAppend,      // table value -> table
  kStoreField,  // table value -> table
  kStoreIndex,  // table key value -> table
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
  kPower,
  kConcatenate,
  kIsEqual,
  kIsNotEqual,
  kIsLess,
  kIsLessEqual,
  kIsGreater,
  kIsGreaterEqual,
  kNegate,
  kInvert,  // not
  kLength,
  kAddInteger,        // number -> number + operand
  kJump,              // by the operand, from the next instruction
  kJumpIfFalse,       // value ->
  kJumpIfFalseOrPop,  // keeps the value if it jumps: `and`
  kJumpIfTrueOrPop,   // `or`
  kCall,              // function arguments... -> result; operand: arguments
  kReturn,            // value ->
  kMakeClosure,       // constants[operand] is the prototype
  kPop,
  kClose,       // pops the locals from base[operand] on; closures keep their values
  kForPrepare,  // base[operand] is a counter, with limit and step; the next word is a jump if it is
                // done
  kForLoop,     // the next word is a jump if it is not done
  kForEach,     // base[operand] is a table and a position, then key and value; a jump if it is done
} Operation;

enum { kMostLocals = 120, kMostJumps = 60 };

typedef struct {
  Text* name;  // NULL: not for the script's eyes
  bool captured;
} Local;

typedef struct Loop {
  struct Loop* outer;
  int local_count;  // outside
  int breaks[kMostJumps];
  int break_count;
} Loop;

typedef struct Function {
  struct Function* outer;
  Prototype* prototype;
  Local locals[kMostLocals];
  int local_count;
  Loop* loop;
} Function;

typedef struct {
  Lexer lexer;
  Machine* machine;
  Function* function;
} Compiler;

int Emit(Compiler* compiler, Operation operation, int operand);
void EmitWord(Compiler* compiler, uint32_t word);
int Here(const Compiler* compiler);
// Makes the jump at `from` (an instruction, or a word after one) go here.
void Land(Compiler* compiler, int from);
void LandWord(Compiler* compiler, int from);
int Constant(Compiler* compiler, Value value);
int AddLocal(Compiler* compiler, Text* name);

bool Accept(Compiler* compiler, int token);
void Expect(Compiler* compiler, int token, const char* what);
Text* ExpectName(Compiler* compiler);

void Expression(Compiler* compiler);
// A name, call, field ... without operators; what assignments and calls start with.
void SuffixedExpression(Compiler* compiler);
// The body of a function up to its `end`, from its parameters on. Its closure is pushed.
void FunctionBody(Compiler* compiler, Text* name, bool has_self);
void Block(Compiler* compiler);

#endif  // WASMTIER_BENCH_PROGRAMS_LANGUAGE_COMPILER_H_
