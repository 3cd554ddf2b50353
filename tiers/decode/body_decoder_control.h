// BodyDecoder, continued: control instructions (spec: "Validation / Instructions / Control
// Instructions").
#ifndef WASMTIER_TIERS_DECODE_BODY_DECODER_CONTROL_H_
#define WASMTIER_TIERS_DECODE_BODY_DECODER_CONTROL_H_

#include "tiers/decode/body_decoder.h"
#include "tiers/decode/subtyping.h"

namespace wasmtier::decode {

// After an unconditional branch: the operands are gone, and until the block's end any may be
// popped.
template <typename Checks, typename Sink>
Cursor BodyDecoder<Checks, Sink>::BecomeUnreachable(Cursor c) {
  if (failed_) return Stop();
  Control& current = control();
  current.reachable = false;
  is_reporting_ = false;
  const uint8_t* pc = kChecked ? c.pc : SkipUnreachable(c.pc);
  return {pc, operands_.data() + current.height};
}

template <typename Checks, typename Sink>
template <Opcode op>
[[gnu::cold]] Cursor BodyDecoder<Checks, Sink>::Refused(Cursor c) {
  Report(c, [&] { sink_.template Unsupported<op>(); });
  FailUnsupported(c.pc, op);
  return Stop();
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::Unreachable(Cursor c) {
  Report(c, [&] { sink_.Unreachable(); });
  return BecomeUnreachable(c);
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::Nop(Cursor c) {
  Report(c, [&] { sink_.Nop(); });
  return c;
}

// For an If the condition is on top; `has_condition` is a constant at each call.
template <typename Checks, typename Sink>
[[gnu::always_inline]] inline Cursor BodyDecoder<Checks, Sink>::OpenBlock(Cursor c,
                                                                          ControlKind kind,
                                                                          bool has_condition) {
  const BlockType type = ReadBlockType(c);
  if (has_condition) {
    if (!RequireEach(c, runtime::kI32)) return Stop();
    --c.top;
  }
  if (!Require(c, type.params)) return Stop();
  if (failed_) return Stop();
  PushControl(kind, type, c.top);
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
[[gnu::always_inline]] inline Cursor BodyDecoder<Checks, Sink>::Block(Cursor c) {
  c = OpenBlock(c, ControlKind::kBlock, false);
  if (kChecked && failed_) return c;
  Report(c, [&] { sink_.Block(control()); });
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::Loop(Cursor c) {
  c = OpenBlock(c, ControlKind::kLoop, false);
  if (kChecked && failed_) return c;
  Report(c, [&] { sink_.Loop(control()); });
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::If(Cursor c) {
  c = OpenBlock(c, ControlKind::kIf, true);
  if (kChecked && failed_) return c;
  Report({c.pc, c.top + 1}, [&] { sink_.If(control()); });
  return c;
}

// The operands above the block's base must be exactly its results.
template <typename Checks, typename Sink>
[[gnu::always_inline]] inline bool BodyDecoder<Checks, Sink>::RequireBlockEnd(Cursor& c) {
  if constexpr (kChecked) {
    const std::span<const ValueType> results = control().type.results;
    if (!Require(c, results)) return false;
    if (c.top - base_ != static_cast<ptrdiff_t>(results.size())) [[unlikely]] {
      CheckNoMoreOperands(c.top, results.size());
      return !failed_;
    }
  }
  return true;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::Else(Cursor c) {
  Control& current = control();
  if (kChecked && current.kind != ControlKind::kIf) {
    Fail(c.pc, "type mismatch: else without if");
    return Stop();
  }
  if (!RequireBlockEnd(c)) return Stop();
  const bool then_reachable = current.reachable;
  current.kind = ControlKind::kElse;
  current.reachable = true;
  is_reporting_ = current.reported;
  Report(c, [&] { sink_.Else(current, then_reachable); });
  if (kChecked && tracks_initialization_) ResetInitialized();
  c.top = operands_.data() + current.height;
  PushAll(c, current.type.params);
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
[[gnu::always_inline]] inline Cursor BodyDecoder<Checks, Sink>::End(Cursor c) {
  if (!RequireBlockEnd(c)) return Stop();
  Control& current = control();
  if (kChecked && current.kind == ControlKind::kIf) {
    // The missing else-part hands the parameters on as results.
    const BlockType& type = current.type;
    bool matches = type.params.size() == type.results.size();
    for (size_t i = 0; matches && i < type.params.size(); ++i) {
      matches = IsSubtype(*module_, type.params[i], type.results[i]);
    }
    if (!matches) {
      Fail(c.pc, "type mismatch: if without else must have results equal to its parameters");
      return Stop();
    }
  }
  if constexpr (kReports) {
    is_reporting_ = current.reported;
    Report(c, [&] { sink_.End(current, current.reachable); });
  }
  c.top = operands_.data() + current.height;
  const std::span<const ValueType> results = current.type.results;
  PopControl();
  if (control_count_ == 0) return EndFunction(c);
  PushAll(c, results);
  return c;
}

template <typename Checks, typename Sink>
[[gnu::noinline]] Cursor BodyDecoder<Checks, Sink>::EndFunction(Cursor c) {
  if (c.pc != end_) {
    FailAt(c.pc, "END opcode expected at the end of the function, found code after it");
    return Stop();
  }
  if constexpr (kReports) sink_.EndFunction();
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::Br(Cursor c) {
  const uint32_t depth = ReadIndex(c, control_count_, "unknown label");
  if (kChecked && failed_) return Stop();
  if (!Require(c, label(depth).label_types())) return Stop();
  Report(c, [&] { sink_.Br(depth); });
  return BecomeUnreachable(c);
}

template <typename Checks, typename Sink>
template <Opcode op>
[[gnu::always_inline]] inline Cursor BodyDecoder<Checks, Sink>::BrIf(Cursor c) {
  const uint32_t depth = ReadIndex(c, control_count_, "unknown label");
  if (kChecked && failed_) return Stop();
  if (!RequireEach(c, runtime::kI32)) return Stop();
  --c.top;
  if (!Require(c, label(depth).label_types())) return Stop();
  Report({c.pc, c.top + 1}, [&] { sink_.BrIf(depth); });
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::BrTable(Cursor c) {
  const uint32_t count = ReadU32(c);
  const uint8_t* targets = c.pc;
  if constexpr (!kChecked) {
    --c.top;
    Report({c.pc, c.top + 1}, [&] { sink_.BrTable(BrTableReader(targets, count + 1)); });
    for (uint64_t i = 0; i <= count; ++i) ReadU32(c);
    return BecomeUnreachable(c);
  } else {
    if (c.pc >= end_ || count >= static_cast<size_t>(end_ - c.pc)) {
      FailAt(end_, "unexpected end of section or function");
      return Stop();
    }
    if (!RequireEach(c, runtime::kI32)) return Stop();
    --c.top;
    std::span<const ValueType> last;
    for (uint32_t i = 0; i <= count; ++i) {
      const uint32_t depth = ReadIndex(c, control_count_, "unknown label");
      if (failed_) return Stop();
      const std::span<const ValueType> types = label(depth).label_types();
      if (i != 0 && types.data() == last.data() && types.size() == last.size()) continue;
      if (i != 0 && types.size() != last.size()) {
        Fail(c.pc, "type mismatch: br_table labels take different numbers of operands");
        return Stop();
      }
      if (!Require(c, types, /*refine=*/false)) return Stop();
      last = types;
    }
    Report({c.pc, c.top + 1}, [&] { sink_.BrTable(BrTableReader(targets, count + 1)); });
    return BecomeUnreachable(c);
  }
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::Return(Cursor c) {
  if (!Require(c, label(control_count_ - 1).type.results)) return Stop();
  Report(c, [&] { sink_.Return(); });
  return BecomeUnreachable(c);
}

// Pops a call's operands and pushes its results.
template <typename Checks, typename Sink>
[[gnu::always_inline]] inline Cursor BodyDecoder<Checks, Sink>::FinishCall(
    Cursor c, const runtime::FuncType& type) {
  c.top -= type.params.size();
  PushAll(c, type.results);
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::Call(Cursor c) {
  const uint32_t function = ReadIndex(c, module_->function_types.size(), "unknown function");
  if (kChecked && failed_) return Stop();
  const runtime::FuncType& type = module_->function_type(function);
  if (!Require(c, type.params)) return Stop();
  Report(c, [&] { sink_.Call(function); });
  return FinishCall(c, type);
}

// call_indirect needs a table of functions.
template <typename Checks, typename Sink>
bool BodyDecoder<Checks, Sink>::RequireTableOfFunctions(Cursor c, uint32_t table) {
  if constexpr (kChecked) {
    const ValueType element = module_->tables[table].type.element;
    if (element != runtime::kFuncRef && !IsSubtype(*module_, element, runtime::kFuncRef)) {
      Fail(c.pc, "type mismatch: call_indirect through a table of " + ToString(element));
      return false;
    }
  }
  return true;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::CallIndirect(Cursor c) {
  uint32_t type_index = 0;
  const runtime::FuncType* type = ReadFunctionType(c, type_index);
  const uint32_t table = ReadTable(c);
  if (kChecked && (failed_ || !RequireTableOfFunctions(c, table))) return Stop();
  if (!RequireEach(c, TableIndexType(table))) return Stop();
  --c.top;
  if (!Require(c, type->params)) return Stop();
  Report({c.pc, c.top + 1}, [&] { sink_.CallIndirect(type_index, table); });
  return FinishCall(c, *type);
}

// A tail call's results must be the function's own.
template <typename Checks, typename Sink>
bool BodyDecoder<Checks, Sink>::RequireTailResults(Cursor c, const runtime::FuncType& type) {
  if constexpr (kChecked) {
    if (!AreSubtypes(*module_, type.results, this->type().results)) {
      Fail(c.pc, "type mismatch: a tail call returns " + ToString(type) + ", the function is " +
                     ToString(this->type()));
      return false;
    }
  }
  return true;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::ReturnCall(Cursor c) {
  UseFeature<op>();
  const uint32_t function = ReadIndex(c, module_->function_types.size(), "unknown function");
  if (kChecked && failed_) return Stop();
  const runtime::FuncType& type = module_->function_type(function);
  if (!RequireTailResults(c, type) || !Require(c, type.params)) return Stop();
  Report(c, [&] { sink_.ReturnCall(function); });
  return BecomeUnreachable(c);
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::ReturnCallIndirect(Cursor c) {
  UseFeature<op>();
  uint32_t type_index = 0;
  const runtime::FuncType* type = ReadFunctionType(c, type_index);
  const uint32_t table = ReadTable(c);
  if (kChecked && (failed_ || !RequireTableOfFunctions(c, table))) return Stop();
  if (!RequireTailResults(c, *type) || !RequireEach(c, TableIndexType(table))) return Stop();
  --c.top;
  if (!Require(c, type->params)) return Stop();
  Report({c.pc, c.top + 1}, [&] { sink_.ReturnCallIndirect(type_index, table); });
  return BecomeUnreachable(c);
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::CallRef(Cursor c) {
  UseFeature<op>();
  uint32_t type_index = 0;
  const runtime::FuncType* type = ReadFunctionType(c, type_index);
  if (kChecked && failed_) return Stop();
  const ValueType reference = ValueType::Ref(runtime::HeapKind::kIndex, true, type_index);
  if (!RequireEach(c, reference)) return Stop();
  --c.top;
  if (!Require(c, type->params)) return Stop();
  Report({c.pc, c.top + 1}, [&] { sink_.CallRef(type_index); });
  return FinishCall(c, *type);
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::ReturnCallRef(Cursor c) {
  UseFeature<op>();
  uint32_t type_index = 0;
  const runtime::FuncType* type = ReadFunctionType(c, type_index);
  if (kChecked && failed_) return Stop();
  const ValueType reference = ValueType::Ref(runtime::HeapKind::kIndex, true, type_index);
  if (!RequireTailResults(c, *type) || !RequireEach(c, reference)) return Stop();
  --c.top;
  if (!Require(c, type->params)) return Stop();
  Report({c.pc, c.top + 1}, [&] { sink_.ReturnCallRef(type_index); });
  return BecomeUnreachable(c);
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::BrOnNull(Cursor c) {
  UseFeature<op>();
  const uint32_t depth = ReadIndex(c, control_count_, "unknown label");
  if (kChecked && failed_) return Stop();
  if (!RequireReference(c)) return Stop();
  const ValueType reference = c.top[-1];
  --c.top;
  if (!Require(c, label(depth).label_types())) return Stop();
  Report({c.pc, c.top + 1}, [&] { sink_.BrOnNull(depth); });
  Push(c, NonNull(reference));
  return c;
}

template <typename Checks, typename Sink>
template <Opcode op>
Cursor BodyDecoder<Checks, Sink>::BrOnNonNull(Cursor c) {
  UseFeature<op>();
  const uint32_t depth = ReadIndex(c, control_count_, "unknown label");
  if (kChecked && failed_) return Stop();
  const std::span<const ValueType> types = label(depth).label_types();
  if (kChecked && (types.empty() || !types.back().IsRef())) {
    Fail(c.pc, "type mismatch: the label of br_on_non_null takes no reference");
    return Stop();
  }
  if (!RequireReference(c)) return Stop();
  // The branch carries the reference as a non-null one.
  c.top[-1] = NonNull(c.top[-1]);
  if (!Require(c, types)) return Stop();
  Report(c, [&] { sink_.BrOnNonNull(depth); });
  --c.top;
  return c;
}

}  // namespace wasmtier::decode

#endif  // WASMTIER_TIERS_DECODE_BODY_DECODER_CONTROL_H_
