// The forward pass of a small neural network: a 3x3 convolution with ReLU over an image of f32,
// then two dense layers whose inner loop is over the outputs.
#include <inttypes.h>

#include "bench/programs/common.h"

enum { kSize = 64, kChannels = 8, kHidden = 128, kOutputs = 16 };
enum { kInside = kSize - 2, kPixels = kInside * kInside, kPooled = kPixels / 4 / 31 };

static float image[kSize * kSize];
static float weights[kChannels][9];
static float planes[kChannels][kPixels];
static float features[kChannels * kPooled];
static float first[kChannels * kPooled][kHidden];
static float hidden[kHidden];
static float second[kHidden][kOutputs];
static float outputs[kOutputs];

static void Convolve(const float* kernel, float* restrict plane) {
  for (uint32_t y = 0; y < kInside; ++y) {
    const float* a = image + y * kSize;
    const float* b = a + kSize;
    const float* c = b + kSize;
    float* restrict row = plane + y * kInside;
    for (uint32_t x = 0; x < kInside; ++x) {
      float sum = a[x] * kernel[0] + a[x + 1] * kernel[1] + a[x + 2] * kernel[2] +
                  b[x] * kernel[3] + b[x + 1] * kernel[4] + b[x + 2] * kernel[5] +
                  c[x] * kernel[6] + c[x + 1] * kernel[7] + c[x + 2] * kernel[8];
      row[x] = sum > 0 ? sum : 0;
    }
  }
}

static void Dense(const float* in, uint32_t ins, const float* matrix, float* restrict out,
                  uint32_t outs) {
  for (uint32_t j = 0; j < outs; ++j) out[j] = 0;
  for (uint32_t i = 0; i < ins; ++i) {
    float value = in[i];
    const float* row = matrix + i * outs;
    for (uint32_t j = 0; j < outs; ++j) out[j] += value * row[j];
  }
}

static void Fill(float* values, uint32_t count, uint64_t* random) {
  for (uint32_t i = 0; i < count; ++i) {
    values[i] = (float)(int32_t)(NextRandom(random) % 512 - 256) / 512.0f;
  }
}

int main(int argc, char** argv) {
  uint32_t rounds = SizeArgument(argc, argv, 3);
  uint64_t random = 5;
  Fill(&weights[0][0], kChannels * 9, &random);
  Fill(&first[0][0], kChannels * kPooled * kHidden, &random);
  Fill(&second[0][0], kHidden * kOutputs, &random);
  uint64_t sum = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    Fill(image, kSize * kSize, &random);
    for (uint32_t channel = 0; channel < kChannels; ++channel) {
      Convolve(weights[channel], planes[channel]);
      for (uint32_t i = 0; i < kPooled; ++i)
        features[channel * kPooled + i] = planes[channel][124 * i];
    }
    Dense(features, kChannels * kPooled, &first[0][0], hidden, kHidden);
    for (uint32_t i = 0; i < kHidden; ++i) hidden[i] = hidden[i] > 0 ? hidden[i] : 0;
    Dense(hidden, kHidden, &second[0][0], outputs, kOutputs);
    for (uint32_t i = 0; i < kOutputs; ++i) sum = Checksum(sum, BitsOf(outputs[i]));
  }
  printf("outputs %016" PRIx64 "\n", sum);
  return 0;
}
