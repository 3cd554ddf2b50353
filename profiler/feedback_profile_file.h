// Profiles as files: JSON, one function a line (docs/profiling.md).
#ifndef WASMTIER_PROFILER_FEEDBACK_PROFILE_FILE_H_
#define WASMTIER_PROFILER_FEEDBACK_PROFILE_FILE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "profiler/feedback_profile.h"

namespace wasmtier::profiler {

// Of the format, and of how baseline code numbers loops, branches and call sites: files of another
// version are refused.
inline constexpr int kProfileVersion = 1;
// Larger files, and files with more values, are refused.
inline constexpr size_t kMaxProfileBytes = size_t{64} << 20;
inline constexpr size_t kMaxProfileValues = size_t{16} << 20;

std::string FormatFeedbackProfile(const FeedbackProfile& profile);
// Any bytes give a profile or an error. InvalidArgument: they are none, or of another version;
// DataLoss: they were one. The message says what is wrong, and where.
absl::StatusOr<FeedbackProfile> ParseFeedbackProfile(std::string_view text);

// Errors name the path.
absl::StatusOr<FeedbackProfile> ReadFeedbackProfile(const std::string& path);
// What was in the file stays if anything fails.
absl::Status WriteFeedbackProfile(const std::string& path, const FeedbackProfile& profile);

}  // namespace wasmtier::profiler

#endif  // WASMTIER_PROFILER_FEEDBACK_PROFILE_FILE_H_
