// The parts of BodyDecoder that do not depend on its template arguments, most of them slow paths.
#ifndef WASMTIER_TIERS_DECODE_BODY_DECODER_BASE_H_
#define WASMTIER_TIERS_DECODE_BODY_DECODER_BASE_H_

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/model/features.h"
#include "runtime/model/limits.h"
#include "runtime/model/module.h"
#include "tiers/decode/sink.h"

namespace wasmtier::decode {

// Why a body or constant expression was rejected.
struct DecodeError {
  uint32_t offset = 0;            // in the module
  bool is_unimplemented = false;  // it needs a feature that is not validated yet; it may be valid
  std::string message;            // begins with the spec's phrase; empty: no error
};

// The position in the code and the top of the operand stack: handed from instruction to instruction
// in registers.
struct Cursor {
  const uint8_t* pc;
  runtime::ValueType* top;
};

// Code may be read this far beyond the end of a body before that is noticed.
inline constexpr uint32_t kReadAhead = 64;

class BodyDecoderBase : public BodyState {
 public:
  BodyDecoderBase(const BodyDecoderBase&) = delete;
  BodyDecoderBase& operator=(const BodyDecoderBase&) = delete;

  const DecodeError& error() const { return error_; }
  // What the body uses; filled by Validate only.
  runtime::FeatureSet features() const { return features_; }

 protected:
  struct MemoryAccess {
    MemoryArgument argument;
    runtime::ValueType address;  // the memory's index type
    const uint8_t* next;         // after the immediates
  };

  BodyDecoderBase(const runtime::Module& module, const runtime::ModuleLimits& limits);

  // Errors. The first one counts; after it the walk ends at the next instruction (Stop).
  bool failed() const { return failed_; }
  [[gnu::cold, gnu::noinline]] void FailAt(const uint8_t* position, std::string message);
  // At the current instruction. `read_until`: if that lies behind the body, the error is
  // "unexpected end" instead.
  [[gnu::cold, gnu::noinline]] void Fail(const uint8_t* read_until, std::string message);
  [[gnu::cold, gnu::noinline]] void FailIndex(const uint8_t* read_until, std::string_view phrase,
                                              uint64_t index);
  [[gnu::cold, gnu::noinline]] void FailUnsupported(const uint8_t* read_until, Opcode opcode);
  [[gnu::cold, gnu::noinline]] void FailTypeMismatch(runtime::ValueType expected,
                                                     runtime::ValueType found);
  Cursor Stop() const { return {end_, nullptr}; }

  // Prepares the state for a function's body; false if there is no room for its code.
  void BeginBody(uint32_t function, bool needs_read_ahead);
  // Decodes the local declarations at `pc`; returns the position after them.
  const uint8_t* DecodeLocals(const uint8_t* pc);

  // Immediates; on an error they record it and continue at the end of the body.
  template <int kBits, bool kSigned>
  [[gnu::noinline]] uint64_t ReadLebSlow(const uint8_t*& pc);
  runtime::ValueType ReadValueType(const uint8_t*& pc);
  runtime::ValueType ReadHeapType(const uint8_t*& pc, bool nullable);
  template <typename Read>
  runtime::ValueType ReadReferenceType(const uint8_t*& pc, Read&& read);
  [[gnu::noinline]] BlockType ReadBlockTypeSlow(const uint8_t*& pc);
  [[gnu::noinline]] MemoryAccess ReadMemoryAccessSlow(const uint8_t* pc,
                                                      uint32_t natural_alignment);

  // Makes the topmost operands match `types` (the last on top): in unreachable code missing ones
  // are inserted as bottom. With `refine` operands take on the types they are matched with. An
  // expected bottom means any type. Returns the new top.
  [[gnu::noinline]] runtime::ValueType* RequireSlow(Cursor cursor,
                                                    std::span<const runtime::ValueType> types,
                                                    bool refine = true);
  // Fails if there are more operands than `count` in the current block.
  [[gnu::noinline]] void CheckNoMoreOperands(const runtime::ValueType* top, size_t count);
  [[gnu::noinline]] runtime::ValueType* SelectSlow(Cursor cursor);
  // Makes room for `count` more operands besides one for each byte left; returns the new top.
  runtime::ValueType* ReserveOperands(Cursor cursor, size_t count);

  void PushControl(ControlKind kind, const BlockType& type, const runtime::ValueType* top);
  void PopControl();
  Control& control() { return controls_.data()[control_count_ - 1]; }

  // Locals whose type has no default value must be set before they are read (spec 3.0:
  // "uninitialized local").
  [[gnu::noinline]] void CheckInitialized(const uint8_t* read_until, uint32_t local);
  void MarkInitialized(uint32_t local);
  void ResetInitialized();  // at else and end of a block

  runtime::ValueType AddressType(uint32_t memory) const {
    return module_->memories[memory].limits.is_64 ? runtime::kI64 : runtime::kI32;
  }
  runtime::ValueType TableIndexType(uint32_t table) const {
    return module_->tables[table].type.limits.is_64 ? runtime::kI64 : runtime::kI32;
  }

  const uint8_t* end_ = nullptr;              // of the body
  const runtime::ValueType* base_ = nullptr;  // the current block's first operand
  runtime::ValueType
      memory0_address_;        // index type of memory 0; no operand's type if there is none
  bool is_reporting_ = false;  // whether the current code can be reached
  bool failed_ = false;
  bool tracks_initialization_ = false;
  runtime::FeatureSet features_;
  runtime::ModuleLimits limits_;
  DecodeError error_;

 private:
  std::deque<runtime::ValueType> block_results_;  // for BlockTypes of one reference
  std::vector<uint8_t> padded_;       // a copy of the code, where the module ends too soon after it
  std::vector<bool> is_initialized_;  // by local, if tracks_initialization_
  std::vector<uint32_t> initializations_;         // locals set in the open blocks
  std::vector<uint32_t> initialization_heights_;  // of `initializations_`, by control
};

}  // namespace wasmtier::decode

#endif  // WASMTIER_TIERS_DECODE_BODY_DECODER_BASE_H_
