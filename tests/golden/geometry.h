#ifndef GEOMETRY_H_
#define GEOMETRY_H_

#include <vector>

namespace geo {
namespace internal {
class Allocator;
struct Hidden;
}  // namespace internal

template <typename T, int N = 3>
class GEO_EXPORT Vector final : public Base<T> {
 public:
  using value_type = T;
  enum class Axis : uint8_t { kX, kY, kZ = 7 };

  Vector() = default;
  explicit Vector(std::initializer_list<T> list) noexcept;
  Vector(const Vector&) = delete;
  virtual ~Vector();

  // Length of the vector.
  GEO_INLINE double Length() const { return std::sqrt(Dot(*this)); }
  T& operator[](int index);
  GEO_WARN_UNUSED_RESULT static Vector<T, N> Zero();
  template <typename U>
  U As() const { return static_cast<U>(data_[0]); }

 protected:
  struct Node {
    Node* next = nullptr;
    int weight;
  };

 private:
  friend class Matrix;
  T data_[N] GUARDED_BY(mutex_);
  static constexpr int kMaxSize = 16;
  mutable Mutex mutex_;
  std::function<void(int)> callback_;

  DISALLOW_COPY_AND_ASSIGN(Vector);
};

class Matrix;
GEO_EXPORT bool Equal(const Matrix& a, const Matrix& b);
inline constexpr double kEpsilon = 1e-9;
extern int global_count;
using Vec3 = Vector<double, 3>;
template <class T>
concept Numeric = std::is_arithmetic_v<T>;

#if GEO_DEBUG
#define GEO_CHECK(x) \
  if (!(x)) Fail(#x)
#else
#define GEO_CHECK(x) ((void)0)
#endif

}  // namespace geo

#endif  // GEOMETRY_H_
