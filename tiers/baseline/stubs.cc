#include "tiers/baseline/stubs.h"

#include <cstring>
#include <utility>

#include "tiers/baseline/stub_code.h"

namespace wasmtier::baseline {

using runtime::CompiledCode;
using runtime::FuncType;
using runtime::ValueKind;
using runtime::ValueType;

namespace {

char KindOf(ValueType type) {
  switch (type.kind()) {
    case ValueKind::kI32:
      return 'i';
    case ValueKind::kF32:
      return 'f';
    case ValueKind::kF64:
      return 'd';
    case ValueKind::kV128:
      return 'v';
    default:
      return 'l';  // i64 and references
  }
}

std::string KeyOf(const FuncType& type) {
  std::string key;
  for (ValueType param : type.params) key.push_back(KindOf(param));
  key.push_back(':');
  for (ValueType result : type.results) key.push_back(KindOf(result));
  return key;
}

absl::StatusOr<const uint8_t*> Install(runtime::CodeSpace& space, CompiledCode::Kind kind,
                                       const absl::StatusOr<StubCode>& made) {
  if (!made.ok()) return made.status();
  const absl::StatusOr<runtime::CodeBuffer> buffer = space.Allocate(made->bytes.size());
  if (!buffer.ok()) return buffer.status();
  std::memcpy(buffer->writable, made->bytes.data(), made->bytes.size());
  auto code = std::make_unique<CompiledCode>();
  code->kind = kind;
  code->begin = buffer->executable;
  code->size = static_cast<uint32_t>(made->bytes.size());
  code->prologue_size = made->prologue_size;
  return space.Add(std::move(code), *buffer)->begin;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Stubs>> Stubs::Create(runtime::CodeSpace& space,
                                                     InterpreterEntry interpreter) {
  std::unique_ptr<Stubs> stubs(new Stubs(space, interpreter));
  const absl::StatusOr<ThunkCode> thunks = MakeThunks();
  if (!thunks.ok()) return thunks.status();
  const absl::StatusOr<const uint8_t*> begin =
      Install(space, CompiledCode::Kind::kHelper, thunks->code);
  if (!begin.ok()) return begin.status();
  for (uint32_t offset : thunks->traps) stubs->traps_.push_back(*begin + offset);
  stubs->runtime_call_ = *begin + thunks->runtime_call;
  stubs->hot_ = *begin + thunks->hot;
  return stubs;
}

absl::StatusOr<Stubs::OfSignature> Stubs::For(const FuncType& type) {
  std::string key = KeyOf(type);
  absl::MutexLock lock(&mutex_);
  if (const auto found = by_signature_.find(key); found != by_signature_.end()) {
    return found->second;
  }
  const auto enter = Install(space_, CompiledCode::Kind::kEnter, MakeEnterStub(type));
  if (!enter.ok()) return enter.status();
  const auto load = Install(space_, CompiledCode::Kind::kHelper, MakeLoadArgumentsStub(type));
  if (!load.ok()) return load.status();
  const auto interpreter =
      Install(space_, CompiledCode::Kind::kInterpreter, MakeInterpreterStub(type, interpreter_));
  if (!interpreter.ok()) return interpreter.status();
  const auto host = Install(space_, CompiledCode::Kind::kHelper, MakeHostStub(type));
  if (!host.ok()) return host.status();
  const OfSignature stubs{
      reinterpret_cast<runtime::SignatureStubs::Enter>(reinterpret_cast<uintptr_t>(*enter)), *load,
      *interpreter, *host};
  by_signature_.emplace(std::move(key), stubs);
  return stubs;
}

}  // namespace wasmtier::baseline
