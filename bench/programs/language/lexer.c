#include "lexer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  const char* word;
  Token token;
} kWords[] = {
    {"and", kAnd},
    {"break", kBreak},
    {"do", kDo},
    {"else", kElse},
    {"elseif", kElseif},
    {"end", kEndWord},
    {"false", kFalse},
    {"for", kFor},
    {"function", kFunctionWord},
    {"if", kIf},
    {"in", kIn},
    {"local", kLocal},
    {"nil", kNilWord},
    {"not", kNot},
    {"or", kOr},
    {"repeat", kRepeat},
    {"return", kReturnWord},
    {"then", kThen},
    {"true", kTrue},
    {"until", kUntil},
    {"while", kWhile},
};

void SyntaxError(const Lexer* lexer, const char* what) {
  printf("line %u: %s near '%.12s'\n", (unsigned)lexer->line, what, lexer->rest);
  exit(1);
}

static bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool IsDigit(char c) { return c >= '0' && c <= '9'; }

static void SkipSpace(Lexer* lexer) {
  for (;;) {
    char c = *lexer->rest;
    if (c == '\n') lexer->line++;
    if (c == ' ' || c == '\n' || c == '\t') {
      lexer->rest++;
    } else if (c == '-' && lexer->rest[1] == '-') {
      while (*lexer->rest != '\n' && *lexer->rest != '\0') lexer->rest++;
    } else {
      return;
    }
  }
}

static void ReadName(Lexer* lexer) {
  const char* start = lexer->rest;
  while (IsLetter(*lexer->rest) || IsDigit(*lexer->rest)) lexer->rest++;
  size_t length = (size_t)(lexer->rest - start);
  for (size_t i = 0; i < sizeof(kWords) / sizeof(kWords[0]); i++) {
    if (strlen(kWords[i].word) == length && memcmp(kWords[i].word, start, length) == 0) {
      lexer->token = (int)kWords[i].token;
      return;
    }
  }
  lexer->token = kName;
  lexer->text = MakeText(lexer->machine, start, length);
}

static void ReadNumber(Lexer* lexer) {
  double number = 0;
  while (IsDigit(*lexer->rest)) number = number * 10 + (*lexer->rest++ - '0');
  if (*lexer->rest == '.' && IsDigit(lexer->rest[1])) {
    lexer->rest++;
    double scale = 1;
    while (IsDigit(*lexer->rest)) {
      number = number * 10 + (*lexer->rest++ - '0');
      scale *= 10;
    }
    number /= scale;
  }
  lexer->token = kNumberToken;
  lexer->number = number;
}

static void ReadText(Lexer* lexer) {
  char bytes[512];
  size_t length = 0;
  char quote = *lexer->rest++;
  while (*lexer->rest != quote) {
    char c = *lexer->rest++;
    if (c == '\0' || c == '\n' || length == sizeof(bytes)) SyntaxError(lexer, "open string");
    if (c == '\\') {
      char escaped = *lexer->rest++;
      c = escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped;
    }
    bytes[length++] = c;
  }
  lexer->rest++;
  lexer->token = kTextToken;
  lexer->text = MakeText(lexer->machine, bytes, length);
}

static int Pair(char first, char second) {
  if (second == '=') {
    switch (first) {
      case '=':
        return kEqualEqual;
      case '~':
        return kNotEqual;
      case '<':
        return kLessEqual;
      case '>':
        return kGreaterEqual;
    }
  }
  return first == '.' && second == '.' ? (int)kDotDot : 0;
}

void Advance(Lexer* lexer) {
  SkipSpace(lexer);
  char c = *lexer->rest;
  if (c == '\0') {
    lexer->token = kEnd;
  } else if (IsLetter(c)) {
    ReadName(lexer);
  } else if (IsDigit(c)) {
    ReadNumber(lexer);
  } else if (c == '"' || c == '\'') {
    ReadText(lexer);
  } else if ((lexer->token = Pair(c, lexer->rest[1])) != 0) {
    lexer->rest += 2;
  } else if (strchr("+-*/%^#<>=(){}[];:,.", c) != NULL) {
    lexer->token = (unsigned char)c;
    lexer->rest++;
  } else {
    SyntaxError(lexer, "unknown character");
  }
}
