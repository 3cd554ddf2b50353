// Text to tokens.
#ifndef WASMTIER_BENCH_PROGRAMS_LANGUAGE_LEXER_H_
#define WASMTIER_BENCH_PROGRAMS_LANGUAGE_LEXER_H_

#include "value.h"

// Tokens of one character are that character.
typedef enum {
  kEnd = 256,
  kName,
  kNumberToken,
  kTextToken,
  kEqualEqual,
  kNotEqual,
  kLessEqual,
  kGreaterEqual,
  kDotDot,
  kAnd,
  kBreak,
  kDo,
  kElse,
  kElseif,
  kEndWord,
  kFalse,
  kFor,
  kFunctionWord,
  kIf,
  kIn,
  kLocal,
  kNilWord,
  kNot,
  kOr,
  kRepeat,
  kReturnWord,
  kThen,
  kTrue,
  kUntil,
  kWhile,
} Token;

typedef struct {
  Machine* machine;
  const char* rest;
  uint32_t line;
  int token;
  double number;  // of kNumberToken
  Text* text;     // of kName and kTextToken
} Lexer;

void Advance(Lexer* lexer);
_Noreturn void SyntaxError(const Lexer* lexer, const char* what);

#endif  // WASMTIER_BENCH_PROGRAMS_LANGUAGE_LEXER_H_
