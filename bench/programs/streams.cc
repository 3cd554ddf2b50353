// iostreams: string streams, manipulators, getline, parsing numbers, and std::cin and std::cout.
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "common.h"

int main(int argc, char** argv) {
  uint32_t rows = SizeArgument(argc, argv, 60);
  std::string line;
  int line_number = 0;
  while (std::getline(std::cin, line)) {
    std::istringstream words(line);
    std::string word;
    int count = 0;
    double numbers = 0;
    while (words >> word) {
      ++count;
      std::istringstream reader(word);
      double number;
      if (reader >> number) numbers += number;
    }
    std::cout << "line " << ++line_number << ": " << count << " words, numbers add up to "
              << numbers << '\n';
  }

  std::ostringstream table;
  uint64_t random = 23;
  for (uint32_t row = 0; row < rows; ++row) {
    uint32_t number = NextRandom(&random);
    table << std::setw(6) << row << std::setw(12) << std::hex << std::setfill('.') << number
          << std::dec << std::setfill(' ') << std::fixed << std::setprecision(3) << std::setw(16)
          << number / 1024.0 << std::left << std::setw(8) << (number % 2 ? " odd" : " even")
          << std::right << std::boolalpha << (number > 0x80000000u) << '\n';
  }
  std::string text = table.str();

  std::istringstream reader(text);
  uint64_t total = 0;
  double reals = 0;
  std::string hexadecimal, kind, high;
  for (uint32_t row; reader >> row;) {
    double real;
    reader >> hexadecimal >> real >> kind >> high;
    total += row + kind.size() + hexadecimal.size();
    reals += real;
  }
  std::cout << text.substr(0, text.find('\n') + 1) << "total " << total << " reals " << std::fixed
            << std::setprecision(2) << reals << " sum " << std::hex
            << ChecksumBytes(0, text.data(), text.size()) << std::endl;
  return std::cin.eof() ? 0 : 1;
}
