// A byte-oriented LZ77 compressor with hash chains, its decompressor, and their round trip.
#include <inttypes.h>
#include <string.h>

#include "common.h"

enum { kHashBits = 14, kWindow = 1 << 15, kMinimum = 4, kMaximum = 255 + kMinimum, kTries = 16 };

typedef struct {
  int32_t heads[1 << kHashBits];
  int32_t previous[kWindow];
} Chains;

static uint32_t HashAt(const uint8_t* data) {
  uint32_t word;
  memcpy(&word, data, sizeof(word));
  return (word * 2654435761u) >> (32 - kHashBits);
}

static uint32_t MatchLength(const uint8_t* a, const uint8_t* b, uint32_t limit) {
  uint32_t length = 0;
  while (length < limit && a[length] == b[length]) ++length;
  return length;
}

// A token is a count of literals and their bytes, then a match (length - kMinimum, distance), which
// is absent at the end.
static size_t Compress(Chains* chains, const uint8_t* in, size_t size, uint8_t* out) {
  memset(chains->heads, -1, sizeof(chains->heads));
  size_t written = 0;
  size_t literals = 0;
  size_t at = 0;
  while (at < size) {
    uint32_t best = 0;
    size_t distance = 0;
    if (at + kMinimum <= size) {
      uint32_t limit = size - at < kMaximum ? (uint32_t)(size - at) : kMaximum;
      uint32_t hash = HashAt(in + at);
      int32_t candidate = chains->heads[hash];
      for (int tries = 0; tries < kTries && candidate >= 0; ++tries) {
        if (at - (size_t)candidate >= kWindow) break;
        uint32_t length = MatchLength(in + candidate, in + at, limit);
        if (length > best) {
          best = length;
          distance = at - (size_t)candidate;
        }
        candidate = chains->previous[candidate % kWindow];
      }
      chains->previous[at % kWindow] = chains->heads[hash];
      chains->heads[hash] = (int32_t)at;
    }
    if (best >= kMinimum || literals == 255) {
      if (best < kMinimum) best = 0;
      out[written++] = (uint8_t)literals;
      memcpy(out + written, in + at - literals, literals);
      written += literals;
      literals = 0;
      out[written++] = best == 0 ? 0 : (uint8_t)(best - kMinimum);
      out[written++] = (uint8_t)distance;
      out[written++] = (uint8_t)(distance >> 8);
      if (best == 0) {
        out[written - 2] = out[written - 1] = 0;
        literals = 1;
        ++at;
      }
      for (uint32_t i = 1; i < best && at + i + kMinimum <= size; ++i) {
        uint32_t hash = HashAt(in + at + i);
        chains->previous[(at + i) % kWindow] = chains->heads[hash];
        chains->heads[hash] = (int32_t)(at + i);
      }
      at += best;
    } else {
      ++literals;
      ++at;
    }
  }
  out[written++] = (uint8_t)literals;
  memcpy(out + written, in + at - literals, literals);
  return written + literals;
}

static size_t Decompress(const uint8_t* in, size_t size, uint8_t* out) {
  size_t written = 0;
  size_t at = 0;
  while (at < size) {
    size_t literals = in[at++];
    memcpy(out + written, in + at, literals);
    written += literals;
    at += literals;
    if (at >= size) break;
    size_t length = in[at] + (size_t)kMinimum;
    size_t distance = in[at + 1] | (size_t)in[at + 2] << 8;
    at += 3;
    if (distance == 0) continue;
    for (size_t i = 0; i < length; ++i, ++written) out[written] = out[written - distance];
  }
  return written;
}

int main(int argc, char** argv) {
  uint32_t kilobytes = SizeArgument(argc, argv, 48);
  size_t size = (size_t)kilobytes * 1024;
  uint8_t* original = malloc(size);
  uint8_t* packed = malloc(size * 2 + 1024);
  uint8_t* restored = malloc(size + kMaximum);
  Chains* chains = malloc(sizeof(Chains));
  if (!original || !packed || !restored || !chains) return 3;
  static const char* const kWords[] = {"memory", "table",   " of ",      "stack ",
                                       "0x7f",   "module ", "\n",        "global.get ",
                                       "(call ", ")",       "i32.const "};
  uint64_t random = 12;
  for (size_t at = 0; at < size;) {
    const char* word = kWords[NextRandom(&random) % 11];
    for (; *word != '\0' && at < size; ++word) original[at++] = (uint8_t)*word;
    if (NextRandom(&random) % 8 == 0 && at < size) original[at++] = (uint8_t)NextRandom(&random);
  }
  size_t packed_size = Compress(chains, original, size, packed);
  size_t restored_size = Decompress(packed, packed_size, restored);
  int same = restored_size == size && memcmp(original, restored, size) == 0;
  printf("%zu bytes to %zu, sum %016" PRIx64 ", round trip %s\n", size, packed_size,
         ChecksumBytes(0, packed, packed_size), same ? "exact" : "differs");
  free(original);
  free(packed);
  free(restored);
  free(chains);
  return same ? 0 : 1;
}
