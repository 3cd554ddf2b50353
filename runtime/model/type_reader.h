// The binary format of value types and reference types (spec: "Binary Format / Types").
#ifndef WASMTIER_RUNTIME_MODEL_TYPE_READER_H_
#define WASMTIER_RUNTIME_MODEL_TYPE_READER_H_

#include <cstdint>

#include "runtime/base/byte_reader.h"
#include "runtime/model/features.h"
#include "runtime/model/types.h"

namespace wasmtier::runtime {

// Type indices must be lower than `type_count` ("unknown type"). Features that a type needs are
// added to `features`. On an error (which sticks to the reader) the bottom type is returned.
ValueType ReadValueType(ByteReader& reader, uint32_t type_count, FeatureSet& features);
ValueType ReadReferenceType(ByteReader& reader, uint32_t type_count, FeatureSet& features);
// The heap type of an instruction's immediate (`ref.null`), as the reference type to it.
ValueType ReadHeapType(ByteReader& reader, bool nullable, uint32_t type_count,
                       FeatureSet& features);
// A value type, i8 or i16.
ValueType ReadStorageType(ByteReader& reader, uint32_t type_count, FeatureSet& features);

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_MODEL_TYPE_READER_H_
