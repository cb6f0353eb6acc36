#include "geometry.h"

namespace geo::detail {

namespace {
constexpr int kLocalLimit = 4;
int helper(int x) { return x + kLocalLimit; }

class Visitor : public NodeVisitor<Visitor> {
 public:
  Visitor(Isolate* isolate, int depth) : isolate_(isolate), depth_(depth) {}
  void Visit(Node* node) override {
    auto local = [this](int y) { return helper(y) + depth_; };
    node->weight = local(1);
    depth_++;
    for (const auto& child : node->children()) Visit(child);
  }

 private:
  Isolate* const isolate_;
  int depth_;
};
}  // namespace

int global_count = 0;
std::unique_ptr<Matrix> Matrix::cache_ = nullptr;

template <typename T, int N>
Vector<T, N>::Vector(std::initializer_list<T> list) noexcept : data_{} {
  GEO_CHECK(list.size() == N);
}

template <typename T, int N>
Vector<T, N>::~Vector() = default;

template <>
struct Traits<int> {
  static const char* name() { return "int"; }
};

bool operator==(const Point& a, const Point& b) { return a.x == b.x; }

Matrix& Matrix::operator*=(double factor) {
  for (auto& cell : cells_) cell *= factor;
  return *this;
}

MaybeHandle<Object> outer::inner::Builder::Build(Isolate* isolate,
                                                 Handle<Object> value) {
  if (!value->IsObject()) return MaybeHandle<Object>();
  return internal::New<Object>(isolate, value.ToHandleChecked());
}

#define DEFINE_GETTER(Name) \
  int Get##Name() { return 0; }
DEFINE_GETTER(Width)

TEST_F(GeometryTest, AddsVectors) {
  Vector<double, 3> v{1, 2, 3};
  EXPECT_EQ(v.As<int>(), 1);
}

extern "C" {
GEO_EXPORT void geo_free(void* p) { delete static_cast<Matrix*>(p); }
}

union Value {
  int as_int;
  float as_float;
};

using namespace std;
typedef void (*Callback)(Matrix*);
static Callback callbacks[kLocalLimit] = {};

}  // namespace geo::detail
