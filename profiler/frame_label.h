// How frames are called where a format has nothing but a name for them.
#ifndef WASMTIER_PROFILER_FRAME_LABEL_H_
#define WASMTIER_PROFILER_FRAME_LABEL_H_

#include <cstdint>
#include <string>

#include "profiler/profile.h"

namespace wasmtier::profiler {

// "sort [baseline]", "swap [optimizing, inlined]"; of host functions and the engine's own work the
// name alone.
std::string LabelOf(const Profile& profile, uint32_t frame);

}  // namespace wasmtier::profiler

#endif  // WASMTIER_PROFILER_FRAME_LABEL_H_
