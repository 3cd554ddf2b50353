// Homes: where the locals, the memory base, the context and the loops' countdown of a function
// live.
//
// A home never changes within a function: where control flow joins, every path has the locals in
// the same places already, loops keep them in registers, and entering a loop from the interpreter
// (OSR) is nothing but loads. A home is a register or the local's frame slot. Registers that calls
// destroy are brought into their slots before a call (if the slot does not have the value yet) and
// loaded again where they are next read, at the latest before control flow joins.
#ifndef WASMTIER_TIERS_BASELINE_HOMES_H_
#define WASMTIER_TIERS_BASELINE_HOMES_H_

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "tiers/baseline/frame_layout.h"
#include "tiers/baseline/masm.h"
#include "tiers/baseline/register.h"
#include "tiers/baseline/scan.h"

namespace wasmtier::baseline {

class Homes {
 public:
  explicit Homes(Masm& masm) : masm_(masm) {}

  // Chooses homes: what is used most gets the registers that cost least. `countdown`: where loops
  // count down (runtime::HotCounters::iterations), in a register if one can be had; or null.
  void Assign(const BodySummary& summary, std::span<const runtime::ValueType> locals,
              bool wants_memory_base, int32_t* countdown);
  // From then on, slots can be addressed.
  void set_frame(const FrameLayout& frame) { frame_ = frame; }

  uint32_t local_count() const { return static_cast<uint32_t>(locals_.size()); }
  Type type(uint32_t local) const { return locals_[local].type; }
  // The first slot of the local's own, also if its home is a register.
  uint32_t slot(uint32_t local) const { return locals_[local].slot; }
  // Of all locals.
  uint32_t slot_count() const { return slot_count_; }
  bool is_used(uint32_t local) const { return locals_[local].is_used; }
  // Not valid if the home is the frame slot.
  Register reg(uint32_t local) const { return locals_[local].reg; }
  // Holds the base of memory 0, if it has a home; not valid otherwise.
  Register ReadMemoryBase();
  // Where the context is now.
  Operand Context() const;
  // Preserved registers in use: the prologue saves them.
  std::span<const Register> saved() const { return {saved_, saved_count_}; }
  // Registers for homes that are not used as such and that calls destroy: for the operand stack.
  std::span<const Register> spare() const { return spare_; }

  // Where a local can be read now.
  Operand Read(uint32_t local);
  // The same, without loading a register again: for what reads it only once.
  Operand ReadOnce(uint32_t local) const;
  // The local's home register was written.
  void Written(uint32_t local);
  void SaveBeforeCall();
  void AfterCall() { stale_ = destroyed_; }
  // All homes are in their registers: before control flow divides or joins.
  void ReloadStale();
  // Control comes from several places: no slot need have its local's value.
  void AtLabel() {
    stale_ = 0;
    dirty_ = written_;
  }
  // Locals that have registers, with these; for entries.
  std::span<const uint32_t> register_locals() const { return register_locals_; }
  // Whether the slot of a local in a register is read before it is written: of locals that are
  // never written and in a register that calls destroy.
  bool NeedsInitialStore(uint32_t local) const;
  // Loads memory base and context, given the context's register.
  void LoadFromContext(Register context);

  // The register that loops count down in; not valid if they do it in memory.
  Register countdown() const { return countdown_; }
  // Between the register and the function's counter: where the function begins and ends.
  void LoadCountdown();
  void ReloadCountdown() {
    if ((stale_ & countdown_mask_) == 0) return;
    stale_ &= ~countdown_mask_;
    LoadCountdown();
  }
  void StoreCountdown();

 private:
  static constexpr uint8_t kNoBit = 0xff;
  struct Local {
    Type type;
    bool is_used;
    uint32_t slot;
    Register reg;
    uint8_t bit = kNoBit;  // of the masks below, if calls destroy it
  };
  // What may live in a register.
  struct Candidate {
    enum class Kind : uint8_t { kLocal, kMemoryBase, kContext, kCountdown };
    Kind kind;
    bool is_float;
    bool is_written;
    uint32_t local;
    Weight benefit;
    Weight cost_of_calls;  // if calls destroy the register
  };

  void CollectCandidates(const BodySummary& summary, bool wants_memory_base);
  void Place(const Candidate& candidate);
  void Give(const Candidate& candidate, Register reg, bool is_destroyed);
  void Reload(uint32_t bit);

  // Its slot in the frame.
  int32_t OffsetOf(uint32_t local) const { return frame_.LocalOffset(locals_[local].slot); }

  Masm& masm_;
  FrameLayout frame_;
  std::vector<Local> locals_;
  uint32_t slot_count_ = 0;
  std::vector<Candidate> candidates_;
  std::vector<uint32_t> register_locals_;
  Register memory_base_;
  Register context_;
  Register countdown_;
  int32_t* countdown_memory_ = nullptr;
  uint32_t countdown_mask_ = 0;  // its bit below, if calls destroy it
  Register saved_[8];
  uint32_t saved_count_ = 0;
  // Registers that are still to be given.
  std::span<const Register> preserved_;
  std::span<const Register> integers_;
  std::span<const Register> floats_;
  std::vector<Register> spare_;
  // By bit: homes that calls destroy; what it is of.
  std::vector<Candidate> by_bit_;
  uint32_t destroyed_ = 0;
  uint32_t written_ = 0;  // of destroyed ones: locals that are written somewhere
  uint32_t dirty_ = 0;    // the slot does not have the value
  uint32_t stale_ = 0;    // the register does not have the value
};

}  // namespace wasmtier::baseline

#endif  // WASMTIER_TIERS_BASELINE_HOMES_H_
