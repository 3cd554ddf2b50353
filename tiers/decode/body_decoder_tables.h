// BodyDecoder, continued: table instructions and those on whole memories.
#ifndef WASMTIER_TIERS_DECODE_BODY_DECODER_TABLES_H_
#define WASMTIER_TIERS_DECODE_BODY_DECODER_TABLES_H_

#include "tiers/decode/body_decoder.h"
#include "tiers/decode/subtyping.h"

namespace wasmtier::decode {

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::TableGet(Cursor c) {
  UseFeature<op>();
  const uint32_t table = ReadTable(c);
  if (kChecked && failed_) return Stop();
  if (!RequireEach(c, TableIndexType(table))) return Stop();
  Report(c, [&] { sink_.TableGet(table); });
  c.top[-1] = module_->tables[table].type.element;
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::TableSet(Cursor c) {
  UseFeature<op>();
  const uint32_t table = ReadTable(c);
  if (kChecked && failed_) return Stop();
  if (!RequireEach(c, TableIndexType(table), module_->tables[table].type.element)) return Stop();
  Report(c, [&] { sink_.TableSet(table); });
  c.top -= 2;
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::TableInit(Cursor c) {
  UseFeature<op>();
  const uint32_t element = ReadIndex(c, module_->elements.size(), "unknown elem segment");
  const uint32_t table = ReadTable(c);
  if (kChecked && failed_) return Stop();
  if (kChecked &&
      !IsSubtype(*module_, module_->elements[element].type, module_->tables[table].type.element)) {
    FailTypeMismatch(module_->tables[table].type.element, module_->elements[element].type);
    return Stop();
  }
  if (!RequireEach(c, TableIndexType(table), runtime::kI32, runtime::kI32)) return Stop();
  Report(c, [&] { sink_.TableInit(element, table); });
  c.top -= 3;
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::ElementDrop(Cursor c) {
  UseFeature<op>();
  const uint32_t element = ReadIndex(c, module_->elements.size(), "unknown elem segment");
  if (kChecked && failed_) return Stop();
  Report(c, [&] { sink_.ElementDrop(element); });
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::TableCopy(Cursor c) {
  UseFeature<op>();
  const uint32_t destination = ReadTable(c);
  const uint32_t source = ReadTable(c);
  if (kChecked && failed_) return Stop();
  const ValueType to = module_->tables[destination].type.element;
  const ValueType from = module_->tables[source].type.element;
  if (kChecked && !IsSubtype(*module_, from, to)) {
    FailTypeMismatch(to, from);
    return Stop();
  }
  const ValueType to_index = TableIndexType(destination);
  const ValueType from_index = TableIndexType(source);
  // The count is an i64 only if both tables have 64-bit indices.
  const ValueType count = to_index == runtime::kI64 ? from_index : to_index;
  if (!RequireEach(c, to_index, from_index, count)) return Stop();
  Report(c, [&] { sink_.TableCopy(destination, source); });
  c.top -= 3;
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::TableGrow(Cursor c) {
  UseFeature<op>();
  const uint32_t table = ReadTable(c);
  if (kChecked && failed_) return Stop();
  const ValueType index = TableIndexType(table);
  if (!RequireEach(c, module_->tables[table].type.element, index)) return Stop();
  Report(c, [&] { sink_.TableGrow(table); });
  c.top -= 2;
  Push(c, index);
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::TableSize(Cursor c) {
  UseFeature<op>();
  const uint32_t table = ReadTable(c);
  if (kChecked && failed_) return Stop();
  Report(c, [&] { sink_.TableSize(table); });
  Push(c, TableIndexType(table));
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::TableFill(Cursor c) {
  UseFeature<op>();
  const uint32_t table = ReadTable(c);
  if (kChecked && failed_) return Stop();
  const ValueType index = TableIndexType(table);
  if (!RequireEach(c, index, module_->tables[table].type.element, index)) return Stop();
  Report(c, [&] { sink_.TableFill(table); });
  c.top -= 3;
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::MemorySize(Cursor c) {
  const uint32_t memory = ReadMemory(c);
  if (kChecked && failed_) return Stop();
  Report(c, [&] { sink_.MemorySize(memory); });
  Push(c, AddressType(memory));
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::MemoryGrow(Cursor c) {
  const uint32_t memory = ReadMemory(c);
  if (kChecked && failed_) return Stop();
  if (!RequireEach(c, AddressType(memory))) return Stop();
  Report(c, [&] { sink_.MemoryGrow(memory); });
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::MemoryFill(Cursor c) {
  UseFeature<op>();
  const uint32_t memory = ReadMemory(c);
  if (kChecked && failed_) return Stop();
  const ValueType address = AddressType(memory);
  if (!RequireEach(c, address, runtime::kI32, address)) return Stop();
  Report(c, [&] { sink_.MemoryFill(memory); });
  c.top -= 3;
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::MemoryCopy(Cursor c) {
  UseFeature<op>();
  const uint32_t destination = ReadMemory(c);
  const uint32_t source = ReadMemory(c);
  if (kChecked && failed_) return Stop();
  const ValueType to = AddressType(destination);
  const ValueType from = AddressType(source);
  const ValueType count = to == runtime::kI64 ? from : to;  // i64 only if both are 64-bit
  if (!RequireEach(c, to, from, count)) return Stop();
  Report(c, [&] { sink_.MemoryCopy(destination, source); });
  c.top -= 3;
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::MemoryInit(Cursor c) {
  UseFeature<op>();
  const uint32_t data = ReadDataSegment(c);
  const uint32_t memory = ReadMemory(c);
  if (kChecked && failed_) return Stop();
  if (!RequireEach(c, AddressType(memory), runtime::kI32, runtime::kI32)) return Stop();
  Report(c, [&] { sink_.MemoryInit(data, memory); });
  c.top -= 3;
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::DataDrop(Cursor c) {
  UseFeature<op>();
  const uint32_t data = ReadDataSegment(c);
  if (kChecked && failed_) return Stop();
  Report(c, [&] { sink_.DataDrop(data); });
  return c;
}

}  // namespace wasmtier::decode

#endif  // WASMTIER_TIERS_DECODE_BODY_DECODER_TABLES_H_
