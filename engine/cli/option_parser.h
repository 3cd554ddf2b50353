// OptionParser: the options of one command, their help, and the parsing of a command line.
#ifndef WASMTIER_ENGINE_CLI_OPTION_PARSER_H_
#define WASMTIER_ENGINE_CLI_OPTION_PARSER_H_

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace wasmtier::cli {

class OptionParser {
 public:
  // Where options end.
  enum class Style {
    kAnywhere,       // they may also follow the other arguments
    kUntilArgument,  // at the first other argument; what follows is untouched
  };

  // `usage` is what follows "wasm-tier ": "run [OPTIONS] FILE [ARGS...]".
  OptionParser(const std::string& usage, const std::string& description, Style style);
  ~OptionParser();
  OptionParser(const OptionParser&) = delete;
  OptionParser& operator=(const OptionParser&) = delete;

  // `name` with its dashes; values are written by Parse and must live until then.
  void Flag(const std::string& name, bool* value, const std::string& help);
  void Text(const std::string& name, const std::string& placeholder,
            std::optional<std::string>* value, const std::string& help);
  // May be given several times, with one value each.
  void List(const std::string& name, const std::string& placeholder,
            std::vector<std::string>* values, const std::string& help);
  // Options that are added from now on are another command's as well: Shared() hands them on.
  void BeginShared();
  // The last paragraph of the help.
  void Footer(const std::string& text);

  // Parses what follows the command's name. Nothing: `rest` holds what is not an option. Otherwise
  // the command ends with this exit code: the help was printed, or what is wrong.
  std::optional<int> Parse(std::span<const char* const> args, std::vector<std::string>* rest);
  // After Parse: the shared options that were given: "--hot=5", "--feedback".
  std::vector<std::string> Shared() const;

 private:
  struct App;
  std::unique_ptr<App> app_;
};

}  // namespace wasmtier::cli

#endif  // WASMTIER_ENGINE_CLI_OPTION_PARSER_H_
