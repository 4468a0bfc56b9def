// Group normalisation, per-sample affine and activation in one pass each way, channels last, float or bfloat16.
// Layout: x[n][s][c]; alpha/beta[n][c] (float). y = act((x - mean) * rstd * alpha + beta).
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

typedef uint16_t bf16;

static inline float load(const float* p, long i) { return p[i]; }
static inline float load(const bf16* p, long i) {
  uint32_t u = (uint32_t)p[i] << 16;
  float f;
  memcpy(&f, &u, 4);
  return f;
}
static inline void store(float* p, long i, float v) { p[i] = v; }
static inline void store(bf16* p, long i, float v) {
  uint32_t u;
  memcpy(&u, &v, 4);
  u += 0x7fffu + ((u >> 16) & 1u);  // round to nearest even
  p[i] = (bf16)(u >> 16);
}

// normal distribution function by Abramowitz and Stegun 7.1.26 (error below 2e-7); e = exp(-x*x/2)
static inline float phi(float x, float e) {
  float t = 1.0f / (1.0f + 0.3275911f * 0.70710678f * std::fabs(x));
  float p = ((((1.061405429f * t - 1.453152027f) * t + 1.421413741f) * t - 0.284496736f) * t + 0.254829592f) * t * e;
  return x > 0 ? 1.0f - 0.5f * p : 0.5f * p;
}

// Logistic function. The argument is bounded because fast division by an overflowed exponential gives not-a-number, not zero.
static inline float logistic(float z) { return 1.0f / (1.0f + expf(-(z > -60.0f ? z : -60.0f))); }

template <int ACT>
static inline float act(float z) {
  if (ACT == 1) return z * logistic(z);
  if (ACT == 2) return z * phi(z, expf(-0.5f * z * z));
  return z;
}
template <int ACT>
static inline float slope(float z) {
  if (ACT == 1) {
    float s = logistic(z);
    return s * (1.0f + z * (1.0f - s));
  }
  if (ACT == 2) {
    float e = expf(-0.5f * z * z);
    return phi(z, e) + z * 0.39894228f * e;
  }
  return 1.0f;
}

template <typename T, int ACT>
static void forward_one(const T* x, T* y, const float* alpha, const float* beta, float* mean, float* rstd, long S, long C, long G, float eps) {
  std::vector<float> s1(C, 0.f), s2(C, 0.f), a(C), b(C);
  float *p1 = s1.data(), *p2 = s2.data(), *pa = a.data(), *pb = b.data();
  for (long s = 0; s < S; s++) {
    const T* r = x + s * C;
#pragma omp simd
    for (long c = 0; c < C; c++) {
      float v = load(r, c);
      p1[c] += v;
      p2[c] += v * v;
    }
  }
  long D = C / G;
  for (long g = 0; g < G; g++) {
    double u = 0, v = 0;
    for (long c = g * D; c < (g + 1) * D; c++) {
      u += p1[c];
      v += p2[c];
    }
    u /= (double)(S * D);
    v = v / (double)(S * D) - u * u;
    if (v < 0) v = 0;
    float r = (float)(1.0 / std::sqrt(v + eps));
    mean[g] = (float)u;
    rstd[g] = r;
    for (long c = g * D; c < (g + 1) * D; c++) {
      pa[c] = r * alpha[c];
      pb[c] = beta[c] - (float)u * pa[c];
    }
  }
  for (long s = 0; s < S; s++) {
    const T* r = x + s * C;
    T* o = y + s * C;
#pragma omp simd
    for (long c = 0; c < C; c++) store(o, c, act<ACT>(load(r, c) * pa[c] + pb[c]));
  }
}

template <typename T, int ACT>
static void backward_one(const T* dy, const T* x, T* dx, const float* alpha, const float* beta, const float* mean, const float* rstd,
                         float* dalpha, float* dbeta, long S, long C, long G) {
  long D = C / G;
  std::vector<float> m(C), r(C), k1(C), k2(C), k3(C);
  float *pm = m.data(), *pr = r.data(), *q1 = k1.data(), *q2 = k2.data(), *q3 = k3.data();
  for (long c = 0; c < C; c++) {
    pr[c] = rstd[c / D];
    pm[c] = -mean[c / D] * pr[c];
    dalpha[c] = dbeta[c] = 0;
  }
  for (long s = 0; s < S; s++) {
    const T *g = dy + s * C, *v = x + s * C;
    T* o = dx + s * C;
#pragma omp simd
    for (long c = 0; c < C; c++) {
      float h = load(v, c) * pr[c] + pm[c];
      float d = load(g, c);
      if (ACT) d *= slope<ACT>(h * alpha[c] + beta[c]);
      dalpha[c] += d * h;
      dbeta[c] += d;
      store(o, c, d);
    }
  }
  for (long g = 0; g < G; g++) {
    double u = 0, w = 0;
    for (long c = g * D; c < (g + 1) * D; c++) {
      u += alpha[c] * dbeta[c];
      w += alpha[c] * dalpha[c];
    }
    u /= (double)(S * D);
    w /= (double)(S * D);
    // dx = rstd * (d * alpha - u - h * w), h = x * rstd + m
    for (long c = g * D; c < (g + 1) * D; c++) {
      q1[c] = pr[c] * alpha[c];
      q2[c] = (float)(-pr[c] * (u + pm[c] * w));
      q3[c] = (float)(-pr[c] * pr[c] * w);
    }
  }
  for (long s = 0; s < S; s++) {
    const T* v = x + s * C;
    T* o = dx + s * C;
#pragma omp simd
    for (long c = 0; c < C; c++) store(o, c, load(o, c) * q1[c] + q2[c] + load(v, c) * q3[c]);
  }
}

template <typename T>
static void forward(const T* x, T* y, const float* alpha, const float* beta, float* mean, float* rstd, long N, long S, long C, long G, float eps,
                    int activation) {
#pragma omp parallel for schedule(dynamic)
  for (long n = 0; n < N; n++) {
    auto f = activation == 1 ? forward_one<T, 1> : activation == 2 ? forward_one<T, 2> : forward_one<T, 0>;
    f(x + n * S * C, y + n * S * C, alpha + n * C, beta + n * C, mean + n * G, rstd + n * G, S, C, G, eps);
  }
}
template <typename T>
static void backward(const T* dy, const T* x, T* dx, const float* alpha, const float* beta, const float* mean, const float* rstd, float* dalpha,
                     float* dbeta, long N, long S, long C, long G, int activation) {
#pragma omp parallel for schedule(dynamic)
  for (long n = 0; n < N; n++) {
    auto f = activation == 1 ? backward_one<T, 1> : activation == 2 ? backward_one<T, 2> : backward_one<T, 0>;
    f(dy + n * S * C, x + n * S * C, dx + n * S * C, alpha + n * C, beta + n * C, mean + n * G, rstd + n * G, dalpha + n * C, dbeta + n * C, S, C, G);
  }
}

extern "C" {
void norm_forward(int half, const void* x, void* y, const float* alpha, const float* beta, float* mean, float* rstd, long N, long S, long C, long G,
                  float eps, int activation) {
  if (half) forward((const bf16*)x, (bf16*)y, alpha, beta, mean, rstd, N, S, C, G, eps, activation);
  else forward((const float*)x, (float*)y, alpha, beta, mean, rstd, N, S, C, G, eps, activation);
}
void norm_backward(int half, const void* dy, const void* x, void* dx, const float* alpha, const float* beta, const float* mean, const float* rstd,
                   float* dalpha, float* dbeta, long N, long S, long C, long G, int activation) {
  if (half) backward((const bf16*)dy, (const bf16*)x, (bf16*)dx, alpha, beta, mean, rstd, dalpha, dbeta, N, S, C, G, activation);
  else backward((const float*)dy, (const float*)x, (float*)dx, alpha, beta, mean, rstd, dalpha, dbeta, N, S, C, G, activation);
}
}
