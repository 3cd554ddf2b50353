#include "engine/cli/text_module.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

#ifdef WASMTIER_HAS_WABT

#include <memory>
#include <string_view>

#include "engine/cli/read_file.h"
#include "wabt/binary-writer.h"
#include "wabt/error-formatter.h"
#include "wabt/feature.h"
#include "wabt/ir.h"
#include "wabt/stream.h"
#include "wabt/wast-lexer.h"
#include "wabt/wast-parser.h"

namespace wasmtier::cli {

absl::StatusOr<std::vector<uint8_t>> TranslateTextModule(const std::string& path) {
  absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();

  wabt::Features features;
  features.EnableAll();
  wabt::Errors errors;
  const std::unique_ptr<wabt::WastLexer> lexer =
      wabt::WastLexer::CreateBufferLexer(path, text->data(), text->size(), &errors);
  std::unique_ptr<wabt::Module> module;
  wabt::WastParseOptions parse_options(features);
  if (wabt::Failed(wabt::ParseWatModule(lexer.get(), &module, &errors, &parse_options))) {
    std::string message = wabt::FormatErrorsToString(errors, wabt::Location::Type::Text);
    while (message.ends_with('\n')) message.pop_back();
    return absl::InvalidArgumentError(message);
  }
  wabt::MemoryStream stream;
  wabt::WriteBinaryOptions write_options(features, /*canonicalize_lebs=*/true,
                                         /*relocatable=*/false, /*write_debug_names=*/true);
  if (wabt::Failed(wabt::WriteBinaryModule(&stream, module.get(), write_options))) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be written as a binary module"));
  }
  return stream.output_buffer().data;
}

}  // namespace wasmtier::cli

#else

namespace wasmtier::cli {

absl::StatusOr<std::vector<uint8_t>> TranslateTextModule(const std::string& path) {
  return absl::UnimplementedError(
      absl::StrCat(path, ": text modules need libwabt, which this command was built without"));
}

}  // namespace wasmtier::cli

#endif
