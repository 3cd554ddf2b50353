// Huffman coding: a heap of weights, canonical codes, a bit writer and a bit reader, a round trip.
#include <inttypes.h>
#include <string.h>

#include "common.h"

enum { kSymbols = 256 };

typedef struct {
  uint32_t weight;
  int16_t left;
  int16_t right;
} Node;

typedef struct {
  uint8_t* bytes;
  uint64_t bits;
} BitStream;

static void WriteBits(BitStream* stream, uint32_t code, uint32_t length) {
  for (uint32_t i = length; i-- > 0; ++stream->bits) {
    uint8_t* byte = &stream->bytes[stream->bits / 8];
    if (stream->bits % 8 == 0) *byte = 0;
    *byte |= (uint8_t)((code >> i & 1) << (7 - stream->bits % 8));
  }
}

static uint32_t ReadBit(BitStream* stream) {
  uint32_t bit = stream->bytes[stream->bits / 8] >> (7 - stream->bits % 8) & 1;
  ++stream->bits;
  return bit;
}

static int Lighter(const Node* nodes, int a, int b) {
  return nodes[a].weight != nodes[b].weight ? nodes[a].weight < nodes[b].weight : a < b;
}

static void SiftDown(int16_t* heap, int count, int at, const Node* nodes) {
  for (;;) {
    int child = 2 * at + 1;
    if (child >= count) return;
    if (child + 1 < count && Lighter(nodes, heap[child + 1], heap[child])) ++child;
    if (!Lighter(nodes, heap[child], heap[at])) return;
    int16_t swapped = heap[at];
    heap[at] = heap[child];
    heap[child] = swapped;
    at = child;
  }
}

static void MeasureDepths(const Node* nodes, int node, uint32_t depth, uint8_t* lengths) {
  if (node < kSymbols) {
    lengths[node] = (uint8_t)(depth == 0 ? 1 : depth);
    return;
  }
  MeasureDepths(nodes, nodes[node].left, depth + 1, lengths);
  MeasureDepths(nodes, nodes[node].right, depth + 1, lengths);
}

static void MakeLengths(const uint8_t* data, size_t size, uint8_t* lengths) {
  static Node nodes[2 * kSymbols];
  static int16_t heap[kSymbols];
  memset(nodes, 0, sizeof(nodes));
  memset(lengths, 0, kSymbols);
  for (size_t i = 0; i < size; ++i) ++nodes[data[i]].weight;
  int count = 0;
  for (int i = 0; i < kSymbols; ++i) {
    if (nodes[i].weight != 0) heap[count++] = (int16_t)i;
  }
  for (int i = count / 2; i-- > 0;) SiftDown(heap, count, i, nodes);
  int next = kSymbols;
  while (count > 1) {
    int16_t first = heap[0];
    heap[0] = heap[--count];
    SiftDown(heap, count, 0, nodes);
    int16_t second = heap[0];
    nodes[next] = (Node){nodes[first].weight + nodes[second].weight, first, second};
    heap[0] = (int16_t)next++;
    SiftDown(heap, count, 0, nodes);
  }
  MeasureDepths(nodes, heap[0], 0, lengths);
}

// Canonical: codes of one length count up, in the order of the symbols.
static void MakeCodes(const uint8_t* lengths, uint32_t* codes) {
  uint32_t code = 0;
  for (uint32_t length = 1; length <= 31; ++length) {
    for (int i = 0; i < kSymbols; ++i) {
      if (lengths[i] == length) codes[i] = code++;
    }
    code <<= 1;
  }
}

static void Decode(BitStream* stream, const uint8_t* lengths, uint8_t* out, size_t size) {
  uint32_t counts[32] = {0};
  static uint8_t ordered[kSymbols];
  int used = 0;
  for (uint32_t length = 1; length < 32; ++length) {
    for (int i = 0; i < kSymbols; ++i) {
      if (lengths[i] == length) {
        ordered[used++] = (uint8_t)i;
        ++counts[length];
      }
    }
  }
  for (size_t i = 0; i < size; ++i) {
    uint32_t code = 0;
    uint32_t first = 0;
    uint32_t index = 0;
    for (uint32_t length = 1; length < 32; ++length) {
      code = code << 1 | ReadBit(stream);
      if (code - first < counts[length]) {
        out[i] = ordered[index + code - first];
        break;
      }
      index += counts[length];
      first = (first + counts[length]) << 1;
    }
  }
}

int main(int argc, char** argv) {
  uint32_t kilobytes = SizeArgument(argc, argv, 12);
  size_t size = (size_t)kilobytes * 1024;
  uint8_t* data = malloc(size);
  uint8_t* restored = malloc(size);
  BitStream packed = {malloc(size * 4), 0};
  if (!data || !restored || !packed.bytes) return 3;
  uint64_t random = 37;
  for (size_t i = 0; i < size; ++i) {
    // Small values are likelier.
    uint32_t choice = NextRandom(&random);
    data[i] = (uint8_t)((choice & 0xff) * (choice >> 8 & 0xff) * (choice >> 16 & 0xff) >> 16);
  }
  uint8_t lengths[kSymbols];
  static uint32_t codes[kSymbols];
  MakeLengths(data, size, lengths);
  MakeCodes(lengths, codes);
  for (size_t i = 0; i < size; ++i) WriteBits(&packed, codes[data[i]], lengths[data[i]]);
  uint64_t bits = packed.bits;
  packed.bits = 0;
  Decode(&packed, lengths, restored, size);
  int same = memcmp(data, restored, size) == 0 && packed.bits == bits;
  printf("%zu bytes to %" PRIu64 " bits, sum %016" PRIx64 ", round trip %s\n", size, bits,
         ChecksumBytes(0, packed.bytes, (size_t)(bits / 8)), same ? "exact" : "differs");
  free(data);
  free(restored);
  free(packed.bytes);
  return same ? 0 : 1;
}
