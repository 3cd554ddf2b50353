#include "engine/cli/option_parser.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/cli/exit_codes.h"
#include "engine/cli/output.h"

namespace wasmtier::cli {
namespace {

// The usage line says where FILE stands, which CLI11 cannot know: to it FILE is an extra argument.
class Formatter : public CLI::Formatter {
 public:
  explicit Formatter(std::string usage) : usage_(std::move(usage)) { column_width(28); }
  std::string make_usage(const CLI::App*, std::string) const override {
    return absl::StrCat("Usage: wasm-tier ", usage_, "\n");
  }
  std::string make_option_opts(const CLI::Option* option) const override {
    return option->get_type_name().empty() ? "" : absl::StrCat(" ", option->get_type_name());
  }

 private:
  std::string usage_;
};

}  // namespace

struct OptionParser::App {
  App(const std::string& usage, const std::string& description)
      : app(description), command(usage.substr(0, usage.find(' '))) {
    app.formatter(std::make_shared<Formatter>(usage));
    app.set_help_flag("--help,-h", "print this text");
  }
  CLI::App app;
  std::string command;
};

OptionParser::OptionParser(const std::string& usage, const std::string& description, Style style)
    : app_(std::make_unique<App>(usage, description)) {
  if (style == Style::kUntilArgument) {
    app_->app.prefix_command();
  } else {
    app_->app.allow_extras();
  }
}

OptionParser::~OptionParser() = default;

void OptionParser::Flag(const std::string& name, bool* value, const std::string& help) {
  app_->app.add_flag(name, *value, help);
}

void OptionParser::Text(const std::string& name, const std::string& placeholder,
                        std::optional<std::string>* value, const std::string& help) {
  app_->app
      .add_option_function<std::string>(
          name, [value](const std::string& text) { *value = text; }, help)
      ->type_name(placeholder);
}

void OptionParser::List(const std::string& name, const std::string& placeholder,
                        std::vector<std::string>* values, const std::string& help) {
  app_->app.add_option(name, *values, help)->type_name(placeholder)->allow_extra_args(false);
}

void OptionParser::Footer(const std::string& text) { app_->app.footer(text); }

std::optional<int> OptionParser::Parse(std::span<const char* const> args,
                                       std::vector<std::string>* rest) {
  CLI::App& app = app_->app;
  // CLI11 takes them from the last to the first.
  std::vector<std::string> reversed(args.rbegin(), args.rend());
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    Print(app.help());
    return kExitOk;
  } catch (const CLI::ParseError& error) {
    PrintError(absl::StrCat(app_->command, ": ", error.what()));
    return kExitUsage;
  }
  *rest = app.remaining();
  const auto mark = std::find(rest->begin(), rest->end(), "--");
  for (auto argument = rest->begin(); argument != mark; ++argument) {
    if (argument->size() > 1 && argument->front() == '-') {
      PrintError(absl::StrCat(app_->command, ": unknown option ", *argument, "; see wasm-tier ",
                              app_->command, " --help"));
      return kExitUsage;
    }
    // What follows is the guest's.
    if (app.get_prefix_command()) return std::nullopt;
  }
  if (mark != rest->end()) rest->erase(mark);
  return std::nullopt;
}

}  // namespace wasmtier::cli
