// UTF-8 as names of the binary format must be encoded (spec: "Binary Format / Values / Names").
#ifndef WASMTIER_RUNTIME_BASE_UTF8_H_
#define WASMTIER_RUNTIME_BASE_UTF8_H_

#include <cstdint>
#include <span>

namespace wasmtier::runtime {

// Neither overlong forms, nor surrogates, nor code points above U+10FFFF.
bool IsValidUtf8(std::span<const uint8_t> bytes);

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_BASE_UTF8_H_
