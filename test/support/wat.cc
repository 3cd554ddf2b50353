#include "test/support/wat.h"

#include <wabt/binary-writer.h>
#include <wabt/error-formatter.h>
#include <wabt/feature.h>
#include <wabt/ir.h>
#include <wabt/stream.h>
#include <wabt/wast-lexer.h>
#include <wabt/wast-parser.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace wasmtier::test {

std::vector<uint8_t> CompileWat(std::string_view text) {
  wabt::Errors errors;
  wabt::Features features;
  features.EnableAll();
  std::unique_ptr<wabt::WastLexer> lexer =
      wabt::WastLexer::CreateBufferLexer("test.wat", text.data(), text.size(), &errors);
  wabt::WastParseOptions parse_options(features);
  std::unique_ptr<wabt::Module> module;
  wabt::MemoryStream stream;
  wabt::Result result = wabt::ParseWatModule(lexer.get(), &module, &errors, &parse_options);
  if (wabt::Succeeded(result)) {
    wabt::WriteBinaryOptions write_options(features, /*canonicalize_lebs=*/true,
                                           /*relocatable=*/false, /*write_debug_names=*/true);
    result = wabt::WriteBinaryModule(&stream, module.get(), write_options);
  }
  if (wabt::Failed(result)) {
    std::string reasons = wabt::FormatErrorsToString(errors, wabt::Location::Type::Text);
    std::fprintf(stderr, "CompileWat: %s\n%.*s\n", reasons.c_str(), static_cast<int>(text.size()),
                 text.data());
    std::abort();
  }
  return stream.output_buffer().data;
}

std::string Repeat(int count, std::string_view part) {
  std::string result;
  for (int i = 0; i < count; ++i) {
    std::string_view rest = part;
    for (size_t at; (at = rest.find("%d")) != std::string_view::npos; rest.remove_prefix(at + 2)) {
      result.append(rest.substr(0, at)).append(std::to_string(i));
    }
    result.append(rest);
  }
  return result;
}

}  // namespace wasmtier::test
