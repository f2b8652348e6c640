#include "gaussian-tail.h"

#include "detection-constants.h"

#include <cmath>
#include <stdexcept>

namespace ns3::detection
{

namespace
{

constexpr double HALF_LN_2PI = 0.918938533204672742;
constexpr double SQRT_HALF = 0.707106781186547524;

/** Up to here erfc is a normal number with full precision. */
constexpr double ERFC_LIMIT = 37;

} // namespace

double
GaussianPhi(double y)
{
    if (y < 0)
    {
        return -std::log1p(-0.5 * std::erfc(-y * SQRT_HALF)) / LN10;
    }
    if (y < ERFC_LIMIT)
    {
        return -std::log10(0.5 * std::erfc(y * SQRT_HALF));
    }
    // Abramowitz & Stegun 26.2.12: the asymptotic series of the tail; beyond 37 its fifth term is
    // below 3e-13.
    const double u = 1 / (y * y);
    const double series = -u * (1 - u * (3 - u * (15 - 105 * u)));
    return (0.5 * y * y + std::log(y) + HALF_LN_2PI - std::log1p(series)) / LN10;
}

double
InverseGaussianPhi(double phi)
{
    if (!(phi > 0) || !std::isfinite(phi))
    {
        throw std::invalid_argument("phi must be above 0 and finite");
    }
    // phi rises monotonically in y, from above -40 for any normal double to about sqrt(2 phi ln
    // 10).
    double low = -40;
    double high = std::sqrt(2 * LN10 * phi) + 1;
    for (int i = 0; i < 200; ++i)
    {
        const double middle = 0.5 * (low + high);
        if (middle <= low || middle >= high)
        {
            break;
        }
        (GaussianPhi(middle) < phi ? low : high) = middle;
    }
    return high;
}

} // namespace ns3::detection
