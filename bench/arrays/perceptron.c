// The forward pass of a multi-layer perceptron in f32, its layers on the heap, their sizes known at
// run time.
#include <inttypes.h>

#include "bench/programs/common.h"

typedef struct {
  int inputs;
  int outputs;
  float* weights;  // a row of `outputs` for each input
  float* bias;
  float* values;
} Layer;

static const int kWidths[] = {196, 128, 64, 10};
enum { kLayers = sizeof(kWidths) / sizeof(kWidths[0]) - 1 };

static float* Allocate(int count) {
  float* values = malloc((size_t)count * sizeof(float));
  if (values == NULL) exit(3);
  return values;
}

static float Weight(uint64_t* random) {
  return (float)(int)(NextRandom(random) % 2048 - 1024) / 8192;
}

static Layer MakeLayer(int inputs, int outputs, uint64_t* random) {
  Layer layer = {inputs, outputs, Allocate(inputs * outputs), Allocate(outputs), Allocate(outputs)};
  for (int i = 0; i < inputs * outputs; i++) layer.weights[i] = Weight(random);
  for (int i = 0; i < outputs; i++) layer.bias[i] = Weight(random);
  return layer;
}

static void Forward(Layer* layer, const float* input) {
  for (int j = 0; j < layer->outputs; j++) layer->values[j] = layer->bias[j];
  for (int i = 0; i < layer->inputs; i++) {
    const float* row = layer->weights + i * layer->outputs;
    for (int j = 0; j < layer->outputs; j++) layer->values[j] += input[i] * row[j];
  }
  for (int j = 0; j < layer->outputs; j++) {
    layer->values[j] = layer->values[j] > 0 ? layer->values[j] : layer->values[j] * 0.01f;
  }
}

int main(int argc, char** argv) {
  uint32_t rounds = SizeArgument(argc, argv, 5);
  uint64_t random = 9;
  Layer layers[kLayers];
  for (int i = 0; i < kLayers; i++) {
    layers[i] = MakeLayer(kWidths[i], kWidths[i + 1], &random);
  }
  float* input = Allocate(kWidths[0]);
  for (int i = 0; i < kWidths[0]; i++) input[i] = (float)(NextRandom(&random) % 256) / 256;
  uint64_t sum = 0;
  for (uint32_t round = 0; round < rounds; round++) {
    input[round % (uint32_t)kWidths[0]] = (float)(round % 251) / 251;
    const float* values = input;
    for (int i = 0; i < kLayers; i++) {
      Forward(&layers[i], values);
      values = layers[i].values;
    }
    for (int i = 0; i < kWidths[kLayers]; i++) sum = Checksum(sum, BitsOf(values[i]));
  }
  printf("outputs %016" PRIx64 "\n", sum);
  for (int i = 0; i < kLayers; i++) {
    free(layers[i].weights);
    free(layers[i].bias);
    free(layers[i].values);
  }
  free(input);
  return 0;
}
