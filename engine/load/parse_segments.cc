// The element, data count, code and data sections (spec: "Binary Format / Modules").
#include "absl/strings/str_cat.h"
#include "engine/load/module_parser.h"
#include "runtime/model/type_reader.h"
#include "tiers/decode/subtyping.h"

namespace wasmtier::engine {

using runtime::ElementSegment;
using runtime::Feature;
using runtime::HeapKind;
using runtime::ValueType;

namespace {

// Bits of an element segment's flags. The second bit's meaning depends on the first.
constexpr uint32_t kNotActive = 1;
constexpr uint32_t kDeclarative = 2;    // when not active
constexpr uint32_t kExplicitTable = 2;  // when active
constexpr uint32_t kExpressions = 4;

constexpr ValueType kNonNullFuncRef = ValueType::Ref(HeapKind::kFunc, false);

ValueType IndexType(const runtime::Limits& limits) {
  return limits.is_64 ? runtime::kI64 : runtime::kI32;
}

}  // namespace

void ModuleParser::ParseElementSection() {
  const uint32_t count = reader_.Count("element segments", limits_.element_segments, 2);
  module_.elements.reserve(count);
  for (uint32_t i = 0; i < count && reader_.ok(); ++i) {
    module_.elements.push_back(ParseElementSegment());
  }
}

ElementSegment ModuleParser::ParseElementSegment() {
  const uint32_t start = reader_.offset();
  ElementSegment segment;
  const uint32_t flags = reader_.U32();
  if (flags > (kNotActive | kDeclarative | kExpressions)) {
    reader_.FailAt(start, "malformed elements segment kind");
  }
  if (flags != 0) Use(flags == kNotActive ? Feature::kBulkMemory : Feature::kReferenceTypes);
  if (flags & kNotActive) {
    segment.mode =
        flags & kDeclarative ? ElementSegment::Mode::kDeclarative : ElementSegment::Mode::kPassive;
  } else {
    ParseElementTarget(flags, segment);
  }
  segment.items_are_expressions = (flags & kExpressions) != 0;
  segment.type = segment.items_are_expressions ? runtime::kFuncRef : kNonNullFuncRef;
  const bool has_type = (flags & (kNotActive | kExplicitTable)) != 0;
  if (has_type && segment.items_are_expressions) {
    segment.type = runtime::ReadReferenceType(reader_, type_count(), module_.features);
  } else if (has_type && reader_.Byte() != 0) {
    reader_.FailAt(reader_.offset() - 1, "malformed element kind");
  }
  if (!reader_.ok()) return segment;
  if (segment.mode == ElementSegment::Mode::kActive &&
      !decode::IsSubtype(module_, segment.type, module_.tables[segment.table].type.element)) {
    reader_.FailAt(start, absl::StrCat("type mismatch: element segment for table ", segment.table));
  }
  ParseElementItems(segment);
  return segment;
}

void ModuleParser::ParseElementTarget(uint32_t flags, ElementSegment& segment) {
  const uint32_t start = reader_.offset();
  if (flags & kExplicitTable) segment.table = reader_.U32();
  if (!reader_.ok()) return;
  if (segment.table >= module_.tables.size()) {
    reader_.FailAt(start, absl::StrCat("unknown table ", segment.table));
    return;
  }
  segment.offset = ParseConstExpression(IndexType(module_.tables[segment.table].type.limits),
                                        static_cast<uint32_t>(module_.globals.size()));
}

void ModuleParser::ParseElementItems(ElementSegment& segment) {
  // The shortest expression has an instruction and an `end`.
  const uint32_t item_bytes = segment.items_are_expressions ? 2 : 1;
  segment.count =
      reader_.Count("elements of an element segment", limits_.table_elements, item_bytes);
  segment.items.offset = reader_.offset();
  for (uint32_t i = 0; i < segment.count && reader_.ok(); ++i) {
    if (segment.items_are_expressions) {
      ParseConstExpression(segment.type, static_cast<uint32_t>(module_.globals.size()));
      continue;
    }
    const uint32_t start = reader_.offset();
    const uint32_t function = reader_.U32();
    if (function < module_.function_count()) {
      module_.declared_functions[function] = true;
    } else {
      reader_.FailAt(start, absl::StrCat("unknown function ", function));
    }
  }
  segment.items.size = reader_.offset() - segment.items.offset;
}

void ModuleParser::ParseDataCountSection() {
  Use(Feature::kBulkMemory);
  module_.data_count = reader_.U32();
}

void ModuleParser::ParseDataSection() {
  const uint32_t count = reader_.Count("data segments", limits_.data_segments, 2);
  module_.data.reserve(count);
  for (uint32_t i = 0; i < count && reader_.ok(); ++i) module_.data.push_back(ParseDataSegment());
}

runtime::DataSegment ModuleParser::ParseDataSegment() {
  constexpr uint32_t kPassive = 1;
  constexpr uint32_t kExplicitMemory = 2;
  const uint32_t start = reader_.offset();
  runtime::DataSegment segment;
  const uint32_t flags = reader_.U32();
  if (flags > kExplicitMemory) reader_.FailAt(start, "malformed data segment kind");
  if (flags != 0) Use(Feature::kBulkMemory);
  segment.is_active = flags != kPassive;
  if (flags == kExplicitMemory) segment.memory = reader_.U32();
  if (segment.is_active && reader_.ok()) {
    if (segment.memory >= module_.memories.size()) {
      reader_.FailAt(start, absl::StrCat("unknown memory ", segment.memory));
      return segment;
    }
    segment.offset = ParseConstExpression(IndexType(module_.memories[segment.memory].limits),
                                          static_cast<uint32_t>(module_.globals.size()));
  }
  const uint32_t size = reader_.U32();
  segment.bytes = {reader_.offset(), size};
  reader_.Bytes(size);
  return segment;
}

void ModuleParser::ParseCodeSection() {
  const uint32_t start = reader_.offset();
  const uint32_t count = reader_.Count("function bodies", limits_.functions, 1);
  const size_t functions = module_.function_types.size() - module_.imported_functions;
  if (reader_.ok() && count != functions) {
    reader_.FailAt(start, absl::StrCat("function and code section have inconsistent lengths: ",
                                       functions, " and ", count));
    return;
  }
  module_.bodies.reserve(count);
  for (uint32_t i = 0; i < count && reader_.ok(); ++i) {
    const uint32_t body_start = reader_.offset();
    const uint32_t size = reader_.U32();
    if (size > limits_.function_bytes) {
      reader_.FailLimit(body_start,
                        absl::StrCat("function body too large: ", size, " bytes in function ",
                                     module_.imported_functions + i),
                        limits_.function_bytes);
      return;
    }
    module_.bodies.push_back({reader_.offset(), size});
    reader_.Bytes(size);
  }
}

}  // namespace wasmtier::engine
