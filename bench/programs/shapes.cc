// Virtual calls through std::vector<std::unique_ptr<Base>>, std::function and dynamic_cast.
#include <algorithm>
#include <cinttypes>
#include <functional>
#include <memory>
#include <vector>

#include "common.h"

namespace {

class Shape {
 public:
  virtual ~Shape() { ++destroyed; }
  virtual double Area() const = 0;
  virtual void Scale(double factor) = 0;
  virtual int Corners() const { return 0; }
  static uint32_t destroyed;
};
uint32_t Shape::destroyed = 0;

class Circle : public Shape {
 public:
  explicit Circle(double radius) : radius_(radius) {}
  double Area() const override { return 3.140625 * radius_ * radius_; }
  void Scale(double factor) override { radius_ *= factor; }

 private:
  double radius_;
};

class Rectangle : public Shape {
 public:
  Rectangle(double width, double height) : width_(width), height_(height) {}
  double Area() const override { return width_ * height_; }
  void Scale(double factor) override {
    width_ *= factor;
    height_ *= factor;
  }
  int Corners() const override { return 4; }

 protected:
  double width_;
  double height_;
};

class Frame : public Rectangle {
 public:
  Frame(double width, double height, double border) : Rectangle(width, height), border_(border) {}
  double Area() const override {
    double inner = std::max(width_ - border_, 0.0) * std::max(height_ - border_, 0.0);
    return Rectangle::Area() - inner;
  }
  int Corners() const override { return 8; }

 private:
  double border_;
};

class Group : public Shape {
 public:
  void Add(std::unique_ptr<Shape> shape) { parts_.push_back(std::move(shape)); }
  double Area() const override {
    double sum = 0;
    for (const auto& part : parts_) sum += part->Area();
    return sum;
  }
  void Scale(double factor) override {
    for (auto& part : parts_) part->Scale(factor);
  }
  int Corners() const override {
    int sum = 0;
    for (const auto& part : parts_) sum += part->Corners();
    return sum;
  }

 private:
  std::vector<std::unique_ptr<Shape>> parts_;
};

std::unique_ptr<Shape> Make(uint64_t* random, int depth) {
  uint32_t choice = NextRandom(random);
  double size = 1 + (choice >> 8) % 64 / 8.0;
  switch (depth > 0 ? choice % 4 : choice % 3) {
    case 0:
      return std::make_unique<Circle>(size);
    case 1:
      return std::make_unique<Rectangle>(size, size / 2);
    case 2:
      return std::make_unique<Frame>(size, size, 0.5);
    default: {
      auto group = std::make_unique<Group>();
      for (int i = 0; i < 3; ++i) group->Add(Make(random, depth - 1));
      return group;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  uint32_t rounds = SizeArgument(argc, argv, 20);
  uint64_t random = 8;
  {
    std::vector<std::unique_ptr<Shape>> shapes;
    for (int i = 0; i < 400; ++i) shapes.push_back(Make(&random, 3));
    double total = 0;
    for (uint32_t round = 0; round < rounds; ++round) {
      double factor = round % 2 == 0 ? 1.25 : 0.75;
      for (const auto& shape : shapes) {
        shape->Scale(factor);
        total += shape->Area() + shape->Corners();
      }
    }
    int groups = 0;
    int frames = 0;
    for (const auto& shape : shapes) {
      groups += dynamic_cast<const Group*>(shape.get()) != nullptr;
      frames += dynamic_cast<const Frame*>(shape.get()) != nullptr;
    }
    printf("total %.6f, %d groups, %d frames\n", total, groups, frames);

    std::vector<std::function<double(const Shape&)>> measures = {
        [](const Shape& shape) { return shape.Area(); },
        [](const Shape& shape) { return double(shape.Corners()); },
        [total](const Shape& shape) { return shape.Area() > total ? 1.0 : 2.0; },
    };
    double measured = 0;
    for (size_t i = 0; i < shapes.size(); ++i) measured += measures[i % 3](*shapes[i]);
    printf("measured %.6f\n", measured);
    std::sort(shapes.begin(), shapes.end(),
              [](const auto& a, const auto& b) { return a->Area() < b->Area(); });
    printf("smallest %.6f largest %.6f\n", shapes.front()->Area(), shapes.back()->Area());
  }
  printf("destroyed %" PRIu32 "\n", Shape::destroyed);
  return 0;
}
