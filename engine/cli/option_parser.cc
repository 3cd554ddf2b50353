#include "engine/cli/option_parser.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/cli/exit_codes.h"
#include "engine/cli/output.h"

namespace wasmtier::cli {
namespace {

constexpr size_t kHelpWidth = 90;
constexpr size_t kHelpColumn = 28;

// Appends `text` in lines of at most kHelpWidth, those after the first indented; `column` is where
// the first one begins.
void AppendWrapped(const std::string& text, size_t column, size_t indent, std::string* out) {
  bool is_first_word = true;
  for (const absl::string_view word : absl::StrSplit(text, ' ')) {
    if (!is_first_word && column + 1 + word.size() > kHelpWidth) {
      out->append("\n").append(indent, ' ');
      column = indent;
    } else if (!is_first_word) {
      out->append(" ");
      ++column;
    }
    out->append(word.data(), word.size());
    column += word.size();
    is_first_word = false;
  }
  out->append("\n");
}

class Formatter : public CLI::Formatter {
 public:
  explicit Formatter(std::string usage) : usage_(std::move(usage)) {}

  std::string make_help(const CLI::App* app, std::string, CLI::AppFormatMode) const override {
    std::string text;
    AppendWrapped(app->get_description(), 0, 0, &text);
    // CLI11 cannot know where FILE stands: to it FILE is an extra argument.
    absl::StrAppend(&text, "\nUsage: wasm-tier ", usage_, "\n\nOptions:\n");
    for (const CLI::Option* option : app->get_options()) {
      std::string names = absl::StrCat("  ", option->get_name(false, true));
      if (!option->get_type_name().empty()) absl::StrAppend(&names, " ", option->get_type_name());
      text += names;
      if (names.size() + 2 > kHelpColumn) {
        text += '\n';
        names.clear();
      }
      text.append(kHelpColumn - names.size(), ' ');
      AppendWrapped(option->get_description(), kHelpColumn, kHelpColumn, &text);
    }
    text += '\n';
    AppendWrapped(app->get_footer(), 0, 0, &text);
    return text;
  }

 private:
  std::string usage_;
};

}  // namespace

struct OptionParser::App {
  App(const std::string& usage, const std::string& description)
      : app(description), command(usage.substr(0, usage.find(' '))) {
    app.formatter(std::make_shared<Formatter>(usage));
    app.set_help_flag("-h,--help", "print this text");
  }
  CLI::Option* Added(CLI::Option* option) {
    if (is_shared) shared.push_back(option);
    return option;
  }

  CLI::App app;
  std::string command;
  bool is_shared = false;
  std::vector<CLI::Option*> shared;
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
  app_->Added(app_->app.add_flag(name, *value, help));
}

void OptionParser::Text(const std::string& name, const std::string& placeholder,
                        std::optional<std::string>* value, const std::string& help) {
  app_->Added(app_->app.add_option_function<std::string>(
                  name, [value](const std::string& text) { *value = text; }, help))
      ->type_name(placeholder);
}

void OptionParser::List(const std::string& name, const std::string& placeholder,
                        std::vector<std::string>* values, const std::string& help) {
  app_->Added(app_->app.add_option(name, *values, help))
      ->type_name(placeholder)
      ->allow_extra_args(false);
}

void OptionParser::BeginShared() { app_->is_shared = true; }

std::vector<std::string> OptionParser::Shared() const {
  std::vector<std::string> words;
  for (const CLI::Option* option : app_->shared) {
    const bool is_flag = option->get_expected_max() == 0;
    for (const std::string& value : option->results()) {
      words.push_back(is_flag ? option->get_name() : absl::StrCat(option->get_name(), "=", value));
    }
  }
  return words;
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
