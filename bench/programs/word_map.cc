// std::map, std::set and std::string: counts the words of a made-up text, edits strings.
#include <cinttypes>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "common.h"

namespace {

std::string MakeText(uint32_t words) {
  static const char* const kSyllables[] = {"ka", "lo", "mi", "ru", "sen", "to", "vi", "ple"};
  std::string text;
  uint64_t random = 31;
  for (uint32_t i = 0; i < words; ++i) {
    uint32_t choice = NextRandom(&random);
    int syllables = 1 + int(choice % 4);
    for (int s = 0; s < syllables; ++s) text += kSyllables[(choice >> (4 + 3 * s)) & 7];
    text += choice & 0x80000000u ? ". " : " ";
  }
  return text;
}

std::map<std::string, uint32_t> CountWords(const std::string& text) {
  std::map<std::string, uint32_t> counts;
  std::string word;
  for (char c : text) {
    if (c >= 'a' && c <= 'z') {
      word += c;
    } else if (!word.empty()) {
      ++counts[word];
      word.clear();
    }
  }
  return counts;
}

}  // namespace

int main(int argc, char** argv) {
  uint32_t words = SizeArgument(argc, argv, 1500);
  std::string text = MakeText(words);
  std::map<std::string, uint32_t> counts = CountWords(text);

  std::map<uint32_t, std::set<std::string>, std::greater<uint32_t>> ranking;
  for (const auto& [word, count] : counts) ranking[count].insert(word);
  int shown = 0;
  for (const auto& [count, group] : ranking) {
    printf("%" PRIu32 " times: %zu words, first %s\n", count, group.size(), group.begin()->c_str());
    if (++shown == 5) break;
  }

  size_t replaced = 0;
  for (size_t at = text.find("loka"); at != std::string::npos; at = text.find("loka", at)) {
    text.replace(at, 4, "<lo-ka>");
    ++replaced;
    at += 7;
  }
  printf("words %zu, replaced %zu, text %zu bytes, sum %016" PRIx64 "\n", counts.size(), replaced,
         text.size(), ChecksumBytes(0, text.data(), text.size()));

  std::vector<std::string> gone;
  for (auto it = counts.begin(); it != counts.end();) {
    if (it->first.size() % 2 == 0) {
      gone.push_back(it->first.substr(0, 3) + std::to_string(it->second));
      it = counts.erase(it);
    } else {
      ++it;
    }
  }
  uint64_t sum = 0;
  for (const std::string& entry : gone) sum = ChecksumBytes(sum, entry.data(), entry.size());
  printf("erased %zu, left %zu, sum %016" PRIx64 "\n", gone.size(), counts.size(), sum);
  return 0;
}
