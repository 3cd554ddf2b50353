// The C++ library's algorithms: sort, stable_sort, nth_element, heaps, unique, lower_bound,
// next_permutation.
#include <algorithm>
#include <array>
#include <cinttypes>
#include <functional>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "common.h"

namespace {

template <typename Container>
uint64_t SumOf(const Container& values) {
  uint64_t sum = 0;
  for (const auto& value : values) sum = Checksum(sum, uint64_t(value));
  return sum;
}

}  // namespace

int main(int argc, char** argv) {
  uint32_t count = SizeArgument(argc, argv, 2000);
  uint64_t random = 21;
  std::vector<uint32_t> numbers(count);
  for (uint32_t& number : numbers) number = NextRandom(&random);

  std::vector<uint32_t> ascending = numbers;
  std::sort(ascending.begin(), ascending.end());
  printf("sort             %016" PRIx64 "\n", SumOf(ascending));

  std::vector<uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](uint32_t a, uint32_t b) { return numbers[a] % 64 < numbers[b] % 64; });
  printf("stable_sort      %016" PRIx64 "\n", SumOf(order));

  std::vector<uint32_t> middle = numbers;
  std::nth_element(middle.begin(), middle.begin() + count / 2, middle.end());
  printf("nth_element      %" PRIu32 "\n", middle[count / 2]);

  std::vector<uint32_t> heap(numbers.begin(), numbers.begin() + count / 4);
  std::make_heap(heap.begin(), heap.end(), std::greater<>());
  uint64_t drained = 0;
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end(), std::greater<>());
    drained = Checksum(drained, heap.back());
    heap.pop_back();
  }
  printf("heap             %016" PRIx64 "\n", drained);

  std::vector<double> reals(count);
  std::transform(numbers.begin(), numbers.end(), reals.begin(),
                 [](uint32_t number) { return number / 1024.0; });
  std::sort(reals.begin(), reals.end(), std::greater<>());
  printf("f64 descending   %.6f %.6f\n", reals.front(), reals.back());

  std::vector<std::string> words;
  for (uint32_t i = 0; i < count / 4; ++i) words.push_back("w" + std::to_string(numbers[i] % 900));
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  auto at = std::lower_bound(words.begin(), words.end(), "w5");
  printf("unique words     %zu, before w5: %d\n", words.size(), int(at - words.begin()));

  std::array<int, 7> digits = {0, 1, 2, 3, 4, 5, 6};
  uint64_t permutations = 0;
  do {
    permutations = Checksum(permutations, uint64_t(digits[0] * 7 + digits[6]));
  } while (std::next_permutation(digits.begin(), digits.end()) && digits[0] < 2);
  printf("next_permutation %016" PRIx64 "\n", permutations);
  return std::is_sorted(ascending.begin(), ascending.end()) ? 0 : 1;
}
