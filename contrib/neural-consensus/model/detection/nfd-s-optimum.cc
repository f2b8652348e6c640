#include "nfd-s-optimum.h"

#include <cmath>
#include <limits>
#include <stdexcept>

namespace ns3::detection
{

namespace
{

double
ToSeconds(Nanos span)
{
    return std::chrono::duration<double>(span).count();
}

/** A function on an interval, at its ends and its middle, and what Simpson's rule makes of it. */
struct Panel
{
    double from, to;
    double atFrom, atMiddle, atTo;

    double Simpson() const
    {
        return (to - from) / 6 * (atFrom + 4 * atMiddle + atTo);
    }
};

/** Adaptive Simpson quadrature: halves a panel until both halves agree with it. */
double
Refine(const std::function<double(double)>& f, const Panel& panel, double tolerance, int depth)
{
    const double middle = (panel.from + panel.to) / 2;
    const Panel left{panel.from,
                     middle,
                     panel.atFrom,
                     f((panel.from + middle) / 2),
                     panel.atMiddle};
    const Panel right{middle, panel.to, panel.atMiddle, f((middle + panel.to) / 2), panel.atTo};
    const double sum = left.Simpson() + right.Simpson();
    const double error = (sum - panel.Simpson()) / 15;
    if (depth == 0 || std::abs(error) <= tolerance)
    {
        return sum + error;
    }
    return Refine(f, left, tolerance / 2, depth - 1) + Refine(f, right, tolerance / 2, depth - 1);
}

double
Integrate(const std::function<double(double)>& f, double from, double to)
{
    constexpr int PANELS = 64;
    constexpr int DEEPEST = 24;
    constexpr double PRECISION = 1e-10; // of the integral, as coarse panels see it
    double sum = 0;
    double coarse = 0;
    for (const bool refine : {false, true})
    {
        for (int i = 0; i < PANELS; ++i)
        {
            const double a = from + (to - from) * i / PANELS;
            const double b = from + (to - from) * (i + 1) / PANELS;
            const Panel panel{a, b, f(a), f((a + b) / 2), f(b)};
            (refine ? sum : coarse) +=
                refine ? Refine(f, panel, PRECISION * coarse / PANELS, DEEPEST) : panel.Simpson();
        }
    }
    return sum;
}

} // namespace

double
NfdSOptimum::MistakesPerHour() const
{
    return 3600 / recurrenceSeconds;
}

NfdSOptimum
AnalyseNfdS(Nanos period, Nanos alpha, double loss, const std::function<double(double)>& tail)
{
    if (period <= Nanos(0) || alpha < Nanos(0) || !(loss >= 0 && loss < 1))
    {
        throw std::invalid_argument("NFD-S: expected a period above 0, alpha from 0 up, and a loss "
                                    "from 0 up and below 1");
    }
    const double eta = ToSeconds(period);
    const double delta = ToSeconds(alpha);
    const auto k = (alpha + period - Nanos(1)) / period;
    const auto suspected = [&](double x) {
        double all = 1;
        for (int64_t j = 0; j <= k; ++j)
        {
            all *= loss + (1 - loss) * tail(delta + x - static_cast<double>(j) * eta);
        }
        return all;
    };
    // The newest heartbeat that counts is sent within the period: the function bends there.
    const double bend = static_cast<double>(k) * eta - delta;
    const double time = Integrate(suspected, 0, bend) + Integrate(suspected, bend, eta);
    const double begins = (1 - loss) * (1 - tail(delta + eta)) * suspected(0);

    NfdSOptimum optimum;
    optimum.longestDetectionSeconds = delta + eta;
    optimum.recurrenceSeconds = begins > 0 ? eta / begins : std::numeric_limits<double>::infinity();
    optimum.durationSeconds = begins > 0 ? time / begins : 0;
    optimum.queryAccuracy = 1 - time / eta;
    return optimum;
}

double
LogNormalTail(double x, double median, double sigma)
{
    return x > 0 ? std::erfc(std::log(x / median) / (sigma * std::sqrt(2.0))) / 2 : 1;
}

} // namespace ns3::detection
