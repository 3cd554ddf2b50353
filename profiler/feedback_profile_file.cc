#include "profiler/feedback_profile_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "profiler/code_names.h"

namespace wasmtier::profiler {
namespace {

using nlohmann::json;

// Three centuries.
constexpr uint64_t kMaxNanoseconds = INT64_MAX;
constexpr char kFormat[] = "wasm-tier profile";
// Objects and arrays in each other: file, modules, module, functions, function, call sites, call
// site, targets, target.
constexpr int kMaxDepth = 9;

constexpr runtime::Tier kTiers[] = {runtime::Tier::kBaseline, runtime::Tier::kOptimizing};

// A part of the file, which knows where it stands in it. The first error is kept; after it
// everything read is empty.
class Reader {
 public:
  Reader(const json& value, std::string place, absl::Status& status)
      : value_(value), place_(std::move(place)), status_(status) {}

  bool ok() const { return status_.ok(); }
  void Fail(std::string_view what) const {
    if (status_.ok()) {
      status_ = absl::DataLossError(absl::StrCat(place_, ": ", std::string(what)));
    }
  }
  Reader Member(const char* name) const {
    const std::string place = absl::StrCat(place_, place_.empty() ? "" : ".", name);
    if (!value_.is_object()) {
      Fail("expected an object");
    } else if (const auto member = value_.find(name); member != value_.end()) {
      return Reader(*member, place, status_);
    } else {
      Reader(value_, place, status_).Fail("missing");
    }
    return Reader(kNull, place, status_);
  }
  bool Has(const char* name) const { return value_.is_object() && value_.contains(name); }
  bool IsNull() const { return value_.is_null(); }

  uint64_t Number(uint64_t most) const {
    if (value_.is_number_unsigned() && value_.get<uint64_t>() <= most) {
      return value_.get<uint64_t>();
    }
    Fail(absl::StrCat("expected a number up to ", most));
    return 0;
  }
  uint32_t Count() const { return static_cast<uint32_t>(Number(UINT32_MAX)); }
  std::string Text() const {
    if (value_.is_string()) return value_.get<std::string>();
    Fail("expected a string");
    return "";
  }
  // Of an array.
  template <typename Visit>
  void ForEach(Visit visit) const {
    if (!value_.is_array()) return Fail("expected an array");
    for (size_t i = 0; i < value_.size() && ok(); ++i) {
      visit(Reader(value_[i], absl::StrCat(place_, "[", i, "]"), status_));
    }
  }

 private:
  static const json kNull;

  const json& value_;
  const std::string place_;
  absl::Status& status_;
};

const json Reader::kNull;

ModuleHash ReadHash(const Reader& reader) {
  ModuleHash hash;
  const std::string text = reader.Text();
  if (text.size() != 2 * hash.bytes.size() ||
      text.find_first_not_of("0123456789abcdef") != std::string::npos) {
    reader.Fail("expected 32 hexadecimal digits");
    return hash;
  }
  for (size_t i = 0; i < hash.bytes.size(); ++i) {
    hash.bytes[i] = static_cast<uint8_t>(std::stoul(text.substr(2 * i, 2), nullptr, 16));
  }
  return hash;
}

runtime::Tier ReadTier(const Reader& reader) {
  const std::string text = reader.Text();
  for (const runtime::Tier tier : kTiers) {
    if (text == NameOf(tier)) return tier;
  }
  reader.Fail("expected baseline or optimizing");
  return runtime::Tier::kBaseline;
}

std::vector<uint32_t> ReadCounts(const Reader& reader) {
  std::vector<uint32_t> counts;
  reader.ForEach([&](const Reader& item) {
    counts.push_back(item.IsNull() ? FunctionFeedback::kNotCounted : item.Count());
  });
  return counts;
}

FunctionProfile::CallSite ReadCallSite(const Reader& reader) {
  FunctionProfile::CallSite site;
  site.others = reader.Member("others").Count();
  const Reader targets = reader.Member("targets");
  targets.ForEach([&](const Reader& item) {
    site.targets.push_back({item.Member("function").Count(), item.Member("calls").Count()});
  });
  if (site.targets.size() > size_t{CallSite::kTargets}) targets.Fail("too many");
  return site;
}

FunctionProfile ReadFunction(const Reader& reader) {
  FunctionProfile profile;
  profile.tier = ReadTier(reader.Member("tier"));
  profile.counted_nanoseconds = reader.Member("counted_nanoseconds").Number(kMaxNanoseconds);
  profile.calls = reader.Member("calls").Count();
  profile.loops = ReadCounts(reader.Member("loops"));
  profile.branches = ReadCounts(reader.Member("branches"));
  reader.Member("call_sites").ForEach([&](const Reader& item) {
    profile.call_sites.push_back(ReadCallSite(item));
  });
  const Reader optimized = reader.Member("optimized_loops");
  profile.optimized_loops = ReadCounts(optimized);
  for (size_t i = 0; i < profile.optimized_loops.size(); ++i) {
    const uint32_t loop = profile.optimized_loops[i];
    if (loop >= profile.loops.size()) optimized.Fail(absl::StrCat("there is no loop ", loop));
    if (i != 0 && profile.optimized_loops[i - 1] >= loop) optimized.Fail("not ascending");
  }
  return profile;
}

void ReadModule(const Reader& reader, FeedbackProfile& profile) {
  const Reader hash = reader.Member("xxh3_128");
  const auto [entry, is_new] = profile.try_emplace(ReadHash(hash));
  if (!is_new) return hash.Fail("more than once");
  ModuleProfile& module = entry->second;
  module.module_bytes = reader.Member("bytes").Number(UINT64_MAX);
  module.nanoseconds = reader.Member("nanoseconds").Number(kMaxNanoseconds);
  module.name = reader.Member("name").Text();
  reader.Member("functions").ForEach([&](const Reader& item) {
    const Reader index = item.Member("function");
    const uint32_t function = index.Count();
    if (!module.functions.emplace(function, ReadFunction(item)).second) {
      return index.Fail("more than once");
    }
    module.function_names.emplace(function, item.Member("name").Text());
  });
}

// Without what no profile has, so that the memory that a file can take is bounded.
absl::StatusOr<json> ParseJson(std::string_view text) {
  size_t values = 0;
  bool is_too_deep = false;
  const auto keep = [&](int depth, json::parse_event_t, json&) {
    is_too_deep |= depth > kMaxDepth;
    return ++values <= kMaxProfileValues && !is_too_deep;
  };
  json parsed;
  try {
    parsed = json::parse(text, keep);
  } catch (const json::parse_error& error) {
    return absl::InvalidArgumentError(absl::StrCat(
        "not a profile, or only a part of one: no JSON from byte ", error.byte, " on"));
  }
  if (values > kMaxProfileValues || is_too_deep) {
    return absl::InvalidArgumentError("not a profile: too many values, or too deep in each other");
  }
  return parsed;
}

json CountsOf(const std::vector<uint32_t>& counts) {
  json array = json::array();
  for (const uint32_t count : counts) {
    array.push_back(count == FunctionFeedback::kNotCounted ? json() : json(count));
  }
  return array;
}

json JsonOf(const FunctionProfile& profile) {
  nlohmann::json sites = json::array();
  for (const FunctionProfile::CallSite& site : profile.call_sites) {
    json targets = json::array();
    for (const FunctionProfile::Target& target : site.targets) {
      targets.push_back({{"function", target.function}, {"calls", target.count}});
    }
    sites.push_back({{"others", site.others}, {"targets", std::move(targets)}});
  }
  return {{"tier", NameOf(profile.tier)},
          {"counted_nanoseconds", profile.counted_nanoseconds},
          {"calls", profile.calls},
          {"loops", CountsOf(profile.loops)},
          {"branches", CountsOf(profile.branches)},
          {"call_sites", std::move(sites)},
          {"optimized_loops", CountsOf(profile.optimized_loops)}};
}

absl::Status FileError(const char* what, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", what, " the profile ", path));
}

absl::StatusOr<std::string> ReadWhole(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return FileError("read", path);
  const absl::Cleanup closer = [descriptor] { close(descriptor); };
  std::string text;
  for (;;) {
    char block[1 << 16];
    const ssize_t count = read(descriptor, block, sizeof(block));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return FileError("read", path);
    if (count == 0) return text;
    text.append(block, static_cast<size_t>(count));
    if (text.size() > kMaxProfileBytes) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": not a profile: more than ", kMaxProfileBytes >> 20, " MB"));
    }
  }
}

bool WriteWhole(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(descriptor, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    text.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

}  // namespace

std::string FormatFeedbackProfile(const FeedbackProfile& profile) {
  std::string text =
      absl::StrCat("{\"format\":\"", kFormat, "\",\"version\":", kProfileVersion, ",\"modules\":[");
  const char* module_separator = "\n";
  for (const auto& [hash, module] : profile) {
    absl::StrAppend(&text, module_separator, "{\"xxh3_128\":\"", hash.ToString(),
                    "\",\"bytes\":", module.module_bytes, ",\"nanoseconds\":", module.nanoseconds,
                    ",\"name\":", json(module.name).dump(), ",\"functions\":[");
    module_separator = ",\n";
    const char* separator = "\n";
    for (const auto& [index, function] : module.functions) {
      json object = JsonOf(function);
      object["function"] = index;
      const auto name = module.function_names.find(index);
      object["name"] = name == module.function_names.end() ? "" : name->second;
      absl::StrAppend(&text, separator, object.dump());
      separator = ",\n";
    }
    text += "]}";
  }
  return text + "]}\n";
}

absl::StatusOr<FeedbackProfile> ParseFeedbackProfile(std::string_view text) {
  const absl::StatusOr<json> parsed = ParseJson(text);
  if (!parsed.ok()) return parsed.status();
  absl::Status status;
  const Reader file(*parsed, "", status);
  if (!file.Has("format") || file.Member("format").Text() != kFormat) {
    return absl::InvalidArgumentError("not a profile");
  }
  const uint64_t version = file.Member("version").Number(UINT64_MAX);
  if (status.ok() && version != kProfileVersion) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a profile of version ", version, "; only version ", kProfileVersion, " can be used"));
  }
  FeedbackProfile profile;
  file.Member("modules").ForEach([&](const Reader& item) { ReadModule(item, profile); });
  if (!status.ok()) {
    return absl::DataLossError(absl::StrCat("a damaged profile: ", std::string(status.message())));
  }
  return profile;
}

absl::StatusOr<FeedbackProfile> ReadFeedbackProfile(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadWhole(path);
  if (!text.ok()) return text.status();
  absl::StatusOr<FeedbackProfile> profile = ParseFeedbackProfile(*text);
  if (!profile.ok()) {
    return absl::Status(profile.status().code(),
                        absl::StrCat(path, ": ", std::string(profile.status().message())));
  }
  return profile;
}

absl::Status WriteFeedbackProfile(const std::string& path, const FeedbackProfile& profile) {
  // What is not a file, such as /dev/stdout, is written to; a file is replaced when all is there.
  struct stat information;
  const bool is_replaced = stat(path.c_str(), &information) != 0 || S_ISREG(information.st_mode);
  const std::string target = is_replaced ? absl::StrCat(path, ".", getpid(), ".tmp") : path;
  const int descriptor = open(target.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) return FileError("write", path);
  bool is_written = WriteWhole(descriptor, FormatFeedbackProfile(profile));
  int error = errno;
  if (close(descriptor) != 0 && is_written) {
    is_written = false;
    error = errno;
  }
  if (is_written && is_replaced && rename(target.c_str(), path.c_str()) != 0) {
    is_written = false;
    error = errno;
  }
  if (is_written) return absl::OkStatus();
  if (is_replaced) unlink(target.c_str());
  errno = error;
  return FileError("write", path);
}

}  // namespace wasmtier::profiler
