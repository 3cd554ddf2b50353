#include "profiler/frame_label.h"

#include "absl/strings/str_cat.h"

namespace wasmtier::profiler {

std::string LabelOf(const Profile& profile, uint32_t frame) {
  const Profile::Frame& found = profile.frames[frame];
  const Profile::Function& function = profile.functions[found.function];
  if (!function.is_wasm) return function.name;
  return absl::StrCat(function.name, " [", NameOf(found.kind),
                      found.is_inlined ? ", inlined]" : "]");
}

}  // namespace wasmtier::profiler
