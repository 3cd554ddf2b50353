#include "tiers/interpreter/fault_sites.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>

namespace wasmtier::interpreter {
namespace {

// A handler whose access is not announced would end the process at the first fault (design §7).
TEST(FaultSites, EveryUncheckedAccessHasOne) {
  std::set<uint64_t> addresses;
  for (const runtime::FaultSite& site : FaultSites()) addresses.insert(site.Address());
  EXPECT_EQ(addresses.size(), FaultSites().size());
  EXPECT_EQ(addresses.size(), static_cast<size_t>(UncheckedMemoryHandlerCount()));
}

}  // namespace
}  // namespace wasmtier::interpreter
