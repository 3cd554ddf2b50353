// Profile files: any bytes give an error or a profile, which then reads as it was written. Run by
// `./dev fuzz`; seeds in corpus/profile.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "profiler/feedback_profile_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wasmtier::profiler;
  const auto profile = ParseFeedbackProfile({reinterpret_cast<const char*>(data), size});
  if (!profile.ok()) {
    if (profile.status().message().empty()) std::abort();
    return 0;
  }
  const std::string text = FormatFeedbackProfile(*profile);
  const auto again = ParseFeedbackProfile(text);
  if (!again.ok() || FormatFeedbackProfile(*again) != text) std::abort();
  return 0;
}
