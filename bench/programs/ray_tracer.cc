// A ray tracer for spheres over a checkered plane, with shadows and mirrors, in f64.
#include <cinttypes>
#include <cmath>
#include <optional>
#include <vector>

#include "common.h"

namespace {

struct Vector {
  double x, y, z;
  Vector operator+(const Vector& other) const { return {x + other.x, y + other.y, z + other.z}; }
  Vector operator-(const Vector& other) const { return {x - other.x, y - other.y, z - other.z}; }
  Vector operator*(double factor) const { return {x * factor, y * factor, z * factor}; }
  double Dot(const Vector& other) const { return x * other.x + y * other.y + z * other.z; }
  Vector Normal() const { return *this * (1 / std::sqrt(Dot(*this))); }
};

struct Ray {
  Vector origin;
  Vector direction;
};

struct Sphere {
  Vector center;
  double radius;
  Vector color;
  double mirror;
};

struct Hit {
  double distance;
  Vector point;
  Vector normal;
  Vector color;
  double mirror;
};

class Scene {
 public:
  Scene() {
    uint64_t random = 10;
    for (int i = 0; i < 12; ++i) {
      auto next = [&random] { return (NextRandom(&random) % 1000) / 1000.0; };
      double radius = 0.25 + next() * 0.75;
      double x = next() * 8 - 4;
      double z = next() * 6 + 3;
      spheres_.push_back({{x, radius, z}, radius, {next(), next(), next()}, next() * 0.5});
    }
  }

  Vector Trace(const Ray& ray, int depth) const {
    ++rays_;
    std::optional<Hit> hit = Nearest(ray);
    if (!hit) return Vector{0.5, 0.625, 0.875} * (0.75 + 0.25 * ray.direction.y);
    const Vector to_light = (kLight - hit->point).Normal();
    double light = std::fmax(0.0, hit->normal.Dot(to_light));
    Vector start = hit->point + hit->normal * 1e-6;
    if (light > 0 && Nearest({start, to_light})) light = 0;
    Vector color = hit->color * (0.125 + 0.875 * light);
    if (depth > 0 && hit->mirror > 0) {
      Vector bounced = ray.direction - hit->normal * (2 * ray.direction.Dot(hit->normal));
      color = color * (1 - hit->mirror) + Trace({start, bounced}, depth - 1) * hit->mirror;
    }
    return color;
  }

  uint64_t rays() const { return rays_; }

 private:
  static constexpr Vector kLight = {-6, 9, -4};

  std::optional<Hit> Nearest(const Ray& ray) const {
    std::optional<Hit> best;
    if (ray.direction.y < 0) {
      double distance = -ray.origin.y / ray.direction.y;
      Vector point = ray.origin + ray.direction * distance;
      bool dark = (int64_t(std::floor(point.x)) + int64_t(std::floor(point.z))) & 1;
      double shade = dark ? 0.25 : 0.875;
      if (distance < 60) best = Hit{distance, point, {0, 1, 0}, {shade, shade, shade}, 0.125};
    }
    for (const Sphere& sphere : spheres_) {
      Vector offset = sphere.center - ray.origin;
      double middle = offset.Dot(ray.direction);
      double square = sphere.radius * sphere.radius - offset.Dot(offset) + middle * middle;
      if (square < 0) continue;
      double distance = middle - std::sqrt(square);
      if (distance <= 0 || (best && distance >= best->distance)) continue;
      Vector point = ray.origin + ray.direction * distance;
      best = Hit{distance, point, (point - sphere.center) * (1 / sphere.radius), sphere.color,
                 sphere.mirror};
    }
    return best;
  }

  std::vector<Sphere> spheres_;
  mutable uint64_t rays_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  uint32_t size = SizeArgument(argc, argv, 24);
  Scene scene;
  uint64_t sum = 0;
  double brightness = 0;
  for (uint32_t y = 0; y < size; ++y) {
    for (uint32_t x = 0; x < size; ++x) {
      Vector direction = {(x + 0.5) / size - 0.5, 0.375 - (y + 0.5) / size, 1};
      Vector color = scene.Trace({{0, 1.5, -3}, direction.Normal()}, 4);
      brightness += color.x + color.y + color.z;
      sum = Checksum(sum, BitsOf(color.x) ^ BitsOf(color.y) ^ BitsOf(color.z));
    }
  }
  printf("rays %" PRIu64 ", brightness %.9f, sum %016" PRIx64 "\n", scene.rays(),
         brightness / size / size, sum);
  return 0;
}
