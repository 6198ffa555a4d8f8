#include "tests/bench/curve_svg.h"

#include <algorithm>
#include <cstdio>

namespace bench {
namespace {

using core::partition::ParetoCurve;
using core::partition::ParetoPoint;

constexpr int kEvery = 8;  ///< so many points share a line of the table
constexpr double kWidth = 900, kHeight = 560, kMargin = 70;

/// The lowest peak that any point reaches within `seconds`.
std::int64_t lowestPeak(const ParetoCurve& curve, double seconds) {
  std::int64_t lowest = INT64_MAX;
  for (const ParetoPoint& point : curve.points)
    if (point.figures.recomputeSeconds <= seconds)
      lowest = std::min(lowest, point.figures.peakBytes);
  return lowest;
}

class Chart {
 public:
  explicit Chart(const ParetoCurve& curve) {
    for (const ParetoPoint& point : curve.points) {
      m_bytes = std::max(m_bytes, static_cast<double>(point.figures.peakBytes));
      m_seconds = std::max(m_seconds, point.figures.recomputeSeconds);
    }
  }

  void point(const ParetoPoint& point, const char* colour, double radius) {
    append("<circle cx='%.1f' cy='%.1f' r='%.1f' fill='%s'/>\n", x(point), y(point), radius,
           colour);
  }

  void step(const ParetoPoint& from, const ParetoPoint& to) {
    append("<path d='M%.1f %.1f H%.1f V%.1f' fill='none' stroke='#0072b2'/>\n", x(from), y(from),
           x(to), y(to));
  }

  void text(double left, double top, const char* words, const char* colour) {
    append("<text x='%.0f' y='%.0f' fill='%s' font-family='sans-serif' font-size='14'>%s</text>\n",
           left, top, colour, words);
  }

  std::string take() {
    char size[128];
    std::snprintf(size, sizeof size,
                  "<svg xmlns='http://www.w3.org/2000/svg' width='%.0f' "
                  "height='%.0f'>\n<rect width='100%%' height='100%%' fill='white'/>\n",
                  kWidth, kHeight);
    return size + m_text + "</svg>\n";
  }

  double bytes() const { return m_bytes; }
  double seconds() const { return m_seconds; }

 private:
  double x(const ParetoPoint& point) const {
    return kMargin + point.figures.recomputeSeconds / m_seconds * (kWidth - 2 * kMargin);
  }
  double y(const ParetoPoint& point) const {
    const double share = static_cast<double>(point.figures.peakBytes) / m_bytes;
    return kHeight - kMargin - share * (kHeight - 2 * kMargin);
  }
  template <typename... Args>
  void append(const char* format, Args... args) {
    char line[512];
    std::snprintf(line, sizeof line, format, args...);
    m_text += line;
  }

  double m_bytes = 1, m_seconds = 1e-12;
  std::string m_text;
};

std::vector<ParetoPoint> frontOf(const ParetoCurve& curve) {
  std::vector<ParetoPoint> front;
  for (const ParetoPoint& point : curve.points)
    if (point.onPeakFront) front.push_back(point);
  std::sort(front.begin(), front.end(), [](const ParetoPoint& a, const ParetoPoint& b) {
    return a.figures.recomputeSeconds < b.figures.recomputeSeconds;
  });
  return front;
}

}  // namespace

void comparePeaks(const ParetoCurve& curve) {
  std::printf("%8s %14s %12s %14s %8s\n", "budget", "peak MiB", "seconds", "searched MiB", "less");
  double most = 0;
  int count = 0;
  for (const ParetoPoint& point : curve.points) {
    if (!point.budget) continue;
    const auto searched = static_cast<double>(lowestPeak(curve, point.figures.recomputeSeconds));
    const auto theirs = static_cast<double>(point.figures.peakBytes);
    most = std::max(most, 1 - searched / theirs);
    if (count++ % kEvery == 0)
      std::printf("%8.4f %14.1f %12.5f %14.1f %7.1f%%\n", *point.budget, theirs / 1048576,
                  point.figures.recomputeSeconds, searched / 1048576,
                  (1 - searched / theirs) * 100);
  }
  std::printf("At equal recompute time the searched peak is up to %.1f%% lower.\n", most * 100);
}

std::string curveSvg(const ParetoCurve& curve) {
  Chart chart(curve);
  for (const ParetoPoint& point : curve.points)
    chart.point(point, point.budget ? "#d55e00" : "#bbbbbb", point.budget ? 3 : 2);
  const std::vector<ParetoPoint> front = frontOf(curve);
  for (std::size_t i = 0; i < front.size(); ++i) {
    chart.point(front[i], "#0072b2", 2.5);
    if (i > 0) chart.step(front[i - 1], front[i]);
  }
  char words[128];
  std::snprintf(words, sizeof words, "simulated peak, up to %.1f MiB", chart.bytes() / 1048576);
  chart.text(kMargin, kMargin / 2, words, "black");
  std::snprintf(words, sizeof words, "estimated recompute time (roofline), up to %.2f ms",
                chart.seconds() * 1e3);
  chart.text(kWidth / 2 - 150, kHeight - 20, words, "black");
  chart.text(kWidth - 280, kMargin / 2, "a memory budget leads to", "#d55e00");
  chart.text(kWidth - 280, kMargin / 2 + 20, "the peak-limited search", "#0072b2");
  return chart.take();
}

}  // namespace bench
