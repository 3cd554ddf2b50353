// Five bodies under gravity, advanced by the leapfrog rule; prints energy and momentum.
#include <inttypes.h>
#include <math.h>

#include "common.h"

typedef struct {
  double position[3];
  double velocity[3];
  double mass;
} Body;

enum { kBodies = 5 };

static Body bodies[kBodies] = {
    {{0, 0, 0}, {0, 0, 0}, 40.0},
    {{5.0, 0.5, -0.125}, {0.25, 2.75, 0.0625}, 0.0375},
    {{-8.5, 4.0, 0.375}, {-1.0, -1.875, 0.03125}, 0.0125},
    {{12.75, -15.0, -0.25}, {1.0625, 0.875, -0.015625}, 0.00175},
    {{-15.5, -25.75, 0.1875}, {0.9375, -0.5625, -0.03125}, 0.002},
};

static void Kick(double step) {
  for (int i = 0; i < kBodies; ++i) {
    for (int j = i + 1; j < kBodies; ++j) {
      double offset[3];
      double square = 0;
      for (int axis = 0; axis < 3; ++axis) {
        offset[axis] = bodies[i].position[axis] - bodies[j].position[axis];
        square += offset[axis] * offset[axis];
      }
      double pull = step / (square * sqrt(square));
      for (int axis = 0; axis < 3; ++axis) {
        bodies[i].velocity[axis] -= offset[axis] * bodies[j].mass * pull;
        bodies[j].velocity[axis] += offset[axis] * bodies[i].mass * pull;
      }
    }
  }
}

static void Drift(double step) {
  for (int i = 0; i < kBodies; ++i) {
    for (int axis = 0; axis < 3; ++axis) {
      bodies[i].position[axis] += step * bodies[i].velocity[axis];
    }
  }
}

static double Energy(void) {
  double energy = 0;
  for (int i = 0; i < kBodies; ++i) {
    const Body* body = &bodies[i];
    for (int axis = 0; axis < 3; ++axis) {
      energy += 0.5 * body->mass * body->velocity[axis] * body->velocity[axis];
    }
    for (int j = i + 1; j < kBodies; ++j) {
      double square = 0;
      for (int axis = 0; axis < 3; ++axis) {
        double offset = body->position[axis] - bodies[j].position[axis];
        square += offset * offset;
      }
      energy -= body->mass * bodies[j].mass / sqrt(square);
    }
  }
  return energy;
}

int main(int argc, char** argv) {
  uint32_t steps = SizeArgument(argc, argv, 2000);
  printf("energy before %.12f\n", Energy());
  Kick(0.0005);
  for (uint32_t i = 0; i < steps; ++i) {
    Drift(0.001);
    Kick(0.001);
  }
  Drift(0.001);
  Kick(0.0005);
  printf("energy after  %.12f\n", Energy());
  uint64_t sum = 0;
  for (int i = 0; i < kBodies; ++i) {
    for (int axis = 0; axis < 3; ++axis) sum = Checksum(sum, BitsOf(bodies[i].position[axis]));
  }
  printf("positions     %016" PRIx64 "\n", sum);
  return 0;
}
