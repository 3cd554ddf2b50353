#include "engine/policy/tier_filter.h"

#include <memory>

#include "engine/api/module_state.h"
#include "test/unit/engine/api_fixture.h"

namespace wasmtier::test {
namespace {

using engine::TierFilter;
using testing::HasSubstr;

class TierFilterTest : public ApiTest {
 protected:
  TierFilterTest()
      : module_(MakeModule(R"wat((module
          (func $alpha) (func $alphabet) (func $beta) (func) (func (export "f(int, char)"))))wat")) {
  }

  // The functions that pass, by index.
  std::vector<uint32_t> Passing(std::string_view text) {
    const absl::StatusOr<TierFilter> filter = TierFilter::Parse(text);
    EXPECT_THAT(filter, IsOk());
    std::vector<uint32_t> functions;
    for (uint32_t i = 0; i < module_.function_count(); ++i) {
      if (filter->Passes(internal::ModuleAccess::state(module_).module(), i))
        functions.push_back(i);
    }
    return functions;
  }

  Module module_;
};

using Functions = std::vector<uint32_t>;

TEST_F(TierFilterTest, LetsAllPassWithoutItems) {
  EXPECT_EQ(Passing(""), (Functions{0, 1, 2, 3, 4}));
  EXPECT_TRUE(TierFilter().Passes(internal::ModuleAccess::state(module_).module(), 3));
}

TEST_F(TierFilterTest, TakesIndicesAndRanges) {
  EXPECT_EQ(Passing("2"), (Functions{2}));
  EXPECT_EQ(Passing("0-1,3"), (Functions{0, 1, 3}));
  EXPECT_EQ(Passing("4-4294967295"), (Functions{4}));
}

TEST_F(TierFilterTest, TakesNames) {
  EXPECT_EQ(Passing("alpha"), (Functions{0}));
  EXPECT_EQ(Passing("alpha*"), (Functions{0, 1}));
  EXPECT_EQ(Passing("*bet*"), (Functions{1, 2}));
  EXPECT_EQ(Passing("a*a"), (Functions{0}));
  EXPECT_EQ(Passing("a*b*e*t"), (Functions{1}));
  EXPECT_EQ(Passing("alp*pha"), (Functions{})) << "pieces do not overlap";
  EXPECT_EQ(Passing("*"), (Functions{0, 1, 2, 3, 4}));
  EXPECT_EQ(Passing("gamma"), (Functions{}));
}

TEST_F(TierFilterTest, BackslashMakesACharacterPartOfAName) {
  EXPECT_EQ(Passing("f(int\\, char)"), (Functions{4}));
  EXPECT_EQ(Passing("alpha\\*"), (Functions{}));
  EXPECT_EQ(Passing("\\alpha"), (Functions{0}));
}

TEST_F(TierFilterTest, ExcludesWhateverTheOrder) {
  EXPECT_EQ(Passing("!2"), (Functions{0, 1, 3, 4}));
  EXPECT_EQ(Passing("0-3,!alpha*"), (Functions{2, 3}));
  EXPECT_EQ(Passing("!alpha*,0-3"), (Functions{2, 3}));
}

TEST_F(TierFilterTest, SaysWhichItemIsWrong) {
  const auto fails_with = [](std::string_view message) {
    return Fails(absl::StatusCode::kInvalidArgument, HasSubstr(std::string(message)));
  };
  EXPECT_THAT(TierFilter::Parse("1,,2"), fails_with("\"\": an item is empty; expected a list"));
  EXPECT_THAT(TierFilter::Parse("!"), fails_with("\"!\": an item is empty"));
  EXPECT_THAT(TierFilter::Parse("a,4-3"), fails_with("\"4-3\": the range ends before it begins"));
  for (const char* wrong : {"4-", "4-x", "4x", "4294967296", "1-2-3"}) {
    EXPECT_THAT(TierFilter::Parse(wrong), fails_with("not a function index")) << wrong;
  }
  EXPECT_THAT(TierFilter::Parse("a\\"), fails_with("nothing follows the backslash"));
}

}  // namespace
}  // namespace wasmtier::test
