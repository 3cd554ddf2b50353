#include "tiers/optimizing/linker.h"

#include <llvm/ExecutionEngine/JITLink/JITLink.h>
#include <llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h>
#include <llvm/Support/MemoryBuffer.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace wasmtier::optimizing {
namespace {

using llvm::jitlink::JITLinkMemoryManager;
using llvm::jitlink::LinkGraph;
using llvm::orc::ExecutorAddr;

constexpr uint8_t kBreakpoint = 0xcc;
constexpr size_t kAllocationAlignment = 16;  // of CodeSpace::Allocate

bool Has(llvm::orc::MemProt protection, llvm::orc::MemProt bit) {
  return (static_cast<unsigned>(protection) & static_cast<unsigned>(bit)) != 0;
}

llvm::Error Refused(const std::string& why) {
  return llvm::make_error<llvm::StringError>(why, llvm::inconvertibleErrorCode());
}

// Puts constants, then code, into one piece of code memory. It is written through the writable
// mapping of the same memory, so there is nothing to protect afterwards, and never a moment at
// which it is writable and executable at one address.
class CodeMemory : public JITLinkMemoryManager {
 public:
  explicit CodeMemory(Host& host) : host_(host) {}
  ~CodeMemory() override {
    if (linked_) host_.AbandonCode(linked_->buffer);
  }

  void allocate(const llvm::jitlink::JITLinkDylib*, LinkGraph& graph,
                OnAllocatedFunction on_allocated) override {
    if (llvm::Error error = Layout(graph)) {
      on_allocated(std::move(error));
    } else {
      on_allocated(std::make_unique<InFlight>());
    }
  }

  // The memory is the caller's who took it.
  void deallocate(std::vector<FinalizedAlloc> allocations,
                  OnDeallocatedFunction on_deallocated) override {
    for (FinalizedAlloc& allocation : allocations) allocation.release();
    on_deallocated(llvm::Error::success());
  }

  const uint8_t* begin() const { return linked_->begin; }
  // What was allocated belongs to the caller from now on.
  std::optional<LinkedCode> Take() { return std::exchange(linked_, std::nullopt); }

  // Why code memory could not be had.
  const absl::Status& allocation_status() const { return allocation_status_; }

 private:
  // All is in place already.
  class InFlight : public InFlightAlloc {
   public:
    void abandon(OnAbandonedFunction on_abandoned) override {
      on_abandoned(llvm::Error::success());
    }
    void finalize(OnFinalizedFunction on_finalized) override {
      on_finalized(FinalizedAlloc(ExecutorAddr(1)));  // the address means nothing here
    }
  };

  llvm::Error Layout(LinkGraph& graph);

  Host& host_;
  std::optional<LinkedCode> linked_;
  absl::Status allocation_status_;
};

// Code comes last: CodeSpace makes what is behind it unreachable.
llvm::Error CodeMemory::Layout(LinkGraph& graph) {
  llvm::jitlink::BasicLayout layout(graph);
  if (!layout.graphAllocActions().empty()) return Refused("the object wants to be registered");
  std::vector<llvm::jitlink::BasicLayout::Segment*> segments;
  size_t code_segments = 0;
  size_t bytes = 0;
  size_t alignment = 1;
  for (auto& [group, segment] : layout.segments()) {
    const auto protection = group.getMemProt();
    if (Has(protection, llvm::orc::MemProt::Write)) {
      return Refused("the object has writable data");
    }
    const bool is_code = Has(protection, llvm::orc::MemProt::Exec);
    segments.insert(is_code ? segments.end() : segments.begin(), &segment);
    code_segments += is_code;
    alignment = std::max<size_t>(alignment, segment.Alignment.value());
    bytes += segment.ContentSize + segment.ZeroFillSize + segment.Alignment.value() - 1;
  }
  if (code_segments != 1) return Refused("the object has no code, or code of several kinds");
  if (alignment > kAllocationAlignment) bytes += alignment - kAllocationAlignment;

  absl::StatusOr<runtime::CodeBuffer> buffer = host_.AllocateCode(bytes);
  if (!buffer.ok()) {
    allocation_status_ = buffer.status();
    return Refused("no code memory");
  }
  linked_ = LinkedCode{.buffer = *buffer};
  std::memset(buffer->writable, kBreakpoint, buffer->size);
  auto at = reinterpret_cast<uint64_t>(buffer->executable);
  for (auto* segment : segments) {
    at = llvm::alignTo(at, segment->Alignment);
    segment->Addr = ExecutorAddr(at);
    segment->WorkingMem =
        reinterpret_cast<char*>(buffer->writable) +
        (segment->Addr.getValue() - reinterpret_cast<uint64_t>(buffer->executable));
    std::memset(segment->WorkingMem + segment->ContentSize, 0, segment->ZeroFillSize);
    at += segment->ContentSize + segment->ZeroFillSize;
  }
  linked_->begin = segments.back()->Addr.toPtr<const uint8_t*>();
  linked_->size = static_cast<uint32_t>(segments.back()->ContentSize);
  return layout.apply();
}

class LinkContext : public llvm::jitlink::JITLinkContext {
 public:
  LinkContext(CodeMemory& memory, Host& host, const Callees& callees, const std::string& entry,
              llvm::Error& error)
      : JITLinkContext(nullptr),
        memory_(memory),
        host_(host),
        callees_(callees),
        entry_(entry),
        error_(error) {}

  JITLinkMemoryManager& getMemoryManager() override { return memory_; }
  void notifyFailed(llvm::Error error) override {
    error_ = llvm::joinErrors(std::move(error_), std::move(error));
  }
  void notifyFinalized(JITLinkMemoryManager::FinalizedAlloc allocation) override {
    allocation.release();
  }

  void lookup(
      const LookupMap& names,
      std::unique_ptr<llvm::jitlink::JITLinkAsyncLookupContinuation> continuation) override {
    llvm::jitlink::AsyncLookupResult result;
    std::string missing;
    for (const auto& [name, flags] : names) {
      const std::string text = Text(name).str();
      if (const void* const address = AddressOf(text); address != nullptr) {
        result[name] = {ExecutorAddr::fromPtr(address), llvm::JITSymbolFlags::Exported};
      } else {
        absl::StrAppend(&missing, missing.empty() ? "" : ", ", text);
      }
    }
    if (missing.empty()) {
      continuation->run(std::move(result));
    } else {
      continuation->run(Refused("the code calls what it may not: " + missing));
    }
  }

  // Frames are found by the frame pointer and by our own tables.
  llvm::Error modifyPassConfig(LinkGraph&, llvm::jitlink::PassConfiguration& passes) override {
    passes.PrePrunePasses.insert(passes.PrePrunePasses.begin(), [](LinkGraph& graph) {
      if (llvm::jitlink::Section* const section = graph.findSectionByName(".eh_frame")) {
        graph.removeSection(*section);
      }
      return llvm::Error::success();
    });
    return llvm::Error::success();
  }

  llvm::Error notifyResolved(LinkGraph& graph) override {
    for (const llvm::jitlink::Symbol* symbol : graph.defined_symbols()) {
      if (!symbol->hasName() || NameOf(*symbol) != entry_) continue;
      return symbol->getAddress() == ExecutorAddr::fromPtr(memory_.begin())
                 ? llvm::Error::success()
                 : Refused("the object does not begin with its entry");
    }
    return Refused("the object lacks its entry " + entry_);
  }

 private:
#if LLVM_VERSION_MAJOR >= 20
  static llvm::StringRef Text(const llvm::orc::SymbolStringPtr& name) { return *name; }
  static llvm::StringRef NameOf(const llvm::jitlink::Symbol& symbol) { return *symbol.getName(); }
#else
  static llvm::StringRef Text(llvm::StringRef name) { return name; }
  static llvm::StringRef NameOf(const llvm::jitlink::Symbol& symbol) { return symbol.getName(); }
#endif

  const void* AddressOf(const std::string& name) const {
    if (const auto callee = callees_.find(name); callee != callees_.end()) return callee->second;
    const std::span<const Symbol> known = host_.symbols();
    const auto found =
        std::find_if(known.begin(), known.end(), [&](const Symbol& s) { return name == s.name; });
    return found == known.end() ? nullptr : found->address;
  }

  CodeMemory& memory_;
  Host& host_;
  const Callees& callees_;
  const std::string& entry_;
  llvm::Error& error_;
};

// Where the graph's names are. They are also in what the linker still holds when it has deleted the
// graph (the names that were looked up), so the pool must outlive the whole of link().
#if LLVM_VERSION_MAJOR >= 20
using Names = std::shared_ptr<llvm::orc::SymbolStringPool>;
Names MakeNames() { return std::make_shared<llvm::orc::SymbolStringPool>(); }
#else
struct Names {};
Names MakeNames() { return {}; }
#endif

llvm::Expected<std::unique_ptr<LinkGraph>> ReadObject(std::string_view object,
                                                      [[maybe_unused]] const Names& names) {
  const llvm::MemoryBufferRef bytes(llvm::StringRef(object.data(), object.size()), "wasm");
#if LLVM_VERSION_MAJOR >= 20
  return llvm::jitlink::createLinkGraphFromObject(bytes, names);
#else
  return llvm::jitlink::createLinkGraphFromObject(bytes);
#endif
}

}  // namespace

absl::StatusOr<LinkedCode> Link(std::string_view object, const std::string& entry, Host& host,
                                const Callees& callees) {
  const Names names = MakeNames();
  llvm::Expected<std::unique_ptr<LinkGraph>> graph = ReadObject(object, names);
  if (!graph) return absl::InternalError(llvm::toString(graph.takeError()));
  CodeMemory memory(host);
  llvm::Error error = llvm::Error::success();
  // Nothing here waits for another thread: it is done when this returns.
  llvm::jitlink::link(std::move(*graph),
                      std::make_unique<LinkContext>(memory, host, callees, entry, error));
  if (error) {
    std::string text = llvm::toString(std::move(error));
    if (!memory.allocation_status().ok()) return memory.allocation_status();
    return absl::InternalError(text);
  }
  return *memory.Take();
}

}  // namespace wasmtier::optimizing
