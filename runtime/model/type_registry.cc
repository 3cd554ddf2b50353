#include "runtime/model/type_registry.h"

#include <utility>

namespace wasmtier::runtime {
namespace {

// Canonical ids must fit into the type index of a ValueType.
constexpr uint32_t kMaximumIds = 1u << 23;

// Appends the structure of types to a key. A reference to a type of the same recursion group is
// written relative to the group, any other one as a canonical id.
class KeyWriter {
 public:
  KeyWriter(std::string& key, std::span<const uint32_t> canonical_types, uint32_t group_start)
      : key_(key), canonical_types_(canonical_types), group_start_(group_start) {}

  void Function(const FuncType& type) {
    Number(static_cast<uint32_t>(type.params.size()));
    for (ValueType param : type.params) Value(param);
    for (ValueType result : type.results) Value(result);
  }

  void Definition(const TypeDefinition& type) {
    Byte(static_cast<uint8_t>(static_cast<int>(type.kind) * 4 + type.is_final * 2 +
                              type.supertype.has_value()));
    if (type.supertype) Index(*type.supertype);
    if (type.kind == TypeDefinition::Kind::kFunc) {
      Number(static_cast<uint32_t>(type.func.results.size()));
      Function(type.func);
      return;
    }
    Number(static_cast<uint32_t>(type.fields.size()));
    for (const FieldType& field : type.fields) {
      Byte(field.is_mutable);
      Value(field.type);
    }
  }

 private:
  void Byte(uint8_t byte) { key_.push_back(static_cast<char>(byte)); }
  void Number(uint32_t number) {
    for (; number >= 0x80; number >>= 7) Byte(static_cast<uint8_t>(number | 0x80));
    Byte(static_cast<uint8_t>(number));
  }
  void Index(uint32_t index) {
    const bool is_recursive = index >= group_start_;
    Number((is_recursive ? index - group_start_ : canonical_types_[index]) * 2 + is_recursive);
  }
  void Value(ValueType type) {
    Byte(static_cast<uint8_t>(type.bits() & 31));  // kind and nullability
    if (!type.IsRef()) return;
    Byte(static_cast<uint8_t>(type.heap()));
    if (type.heap() == HeapKind::kIndex) Index(type.type_index());
  }

  std::string& key_;
  std::span<const uint32_t> canonical_types_;
  uint32_t group_start_;
};

bool IsPlainFunction(const TypeDefinition& type) {
  return type.kind == TypeDefinition::Kind::kFunc && type.is_final && !type.supertype;
}

// First bytes of keys.
constexpr char kPlainFunctionKey = 'f';
constexpr char kGroupKey = 'g';

ValueType WithCanonicalIndex(const Module& module, ValueType type) {
  if (!type.IsRef() || type.heap() != HeapKind::kIndex) return type;
  return ValueType::Ref(HeapKind::kIndex, type.nullable(),
                        module.canonical_types[type.type_index()]);
}

FuncType WithCanonicalIndices(const Module& module, FuncType type) {
  for (ValueType& param : type.params) param = WithCanonicalIndex(module, param);
  for (ValueType& result : type.results) result = WithCanonicalIndex(module, result);
  return type;
}

}  // namespace

uint32_t TypeRegistry::Canonicalize(const FuncType& type) {
  std::string key(1, kPlainFunctionKey);
  KeyWriter(key, {}, 0).Function(type);
  absl::MutexLock lock(&mutex_);
  const auto [entry, is_new] =
      ids_.try_emplace(std::move(key), static_cast<uint32_t>(types_.size()));
  if (is_new) types_.push_back(type);
  return entry->second;
}

absl::Status TypeRegistry::Canonicalize(Module& module) {
  const uint32_t count = static_cast<uint32_t>(module.types.size());
  module.canonical_types.resize(count);
  std::string key;
  absl::MutexLock lock(&mutex_);
  for (uint32_t start = 0; start < count; start += module.types[start].group_size) {
    if (!CanonicalizeGroup(module, start, module.types[start].group_size, key)) {
      return absl::ResourceExhaustedError("too many types in all modules of this engine");
    }
  }
  return absl::OkStatus();
}

bool TypeRegistry::CanonicalizeGroup(Module& module, uint32_t start, uint32_t size,
                                     std::string& key) {
  KeyWriter writer(key, module.canonical_types, start);
  key.clear();
  if (size == 1 && IsPlainFunction(module.types[start])) {
    key.push_back(kPlainFunctionKey);
    writer.Function(module.types[start].func);
  } else {
    key.push_back(kGroupKey);
    for (uint32_t i = 0; i < size; ++i) writer.Definition(module.types[start + i]);
  }
  const std::optional<uint32_t> known = Find(key);
  const uint32_t first = known.value_or(static_cast<uint32_t>(types_.size()));
  for (uint32_t i = 0; i < size; ++i) module.canonical_types[start + i] = first + i;
  if (known) return true;
  if (size > kMaximumIds - first) return false;
  for (uint32_t i = 0; i < size; ++i) {
    types_.push_back(WithCanonicalIndices(module, module.types[start + i].func));
  }
  ids_.emplace(key, first);
  return true;
}

std::optional<uint32_t> TypeRegistry::Find(const std::string& key) const {
  const auto entry = ids_.find(key);
  if (entry == ids_.end()) return std::nullopt;
  return entry->second;
}

const FuncType& TypeRegistry::function_type(uint32_t id) const {
  absl::ReaderMutexLock lock(&mutex_);
  return types_[id];
}

}  // namespace wasmtier::runtime
