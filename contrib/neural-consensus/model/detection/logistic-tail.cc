#include "logistic-tail.h"

#include "detection-constants.h"

#include <cmath>
#include <stdexcept>

namespace ns3::detection
{

double
LogisticPhi(double y)
{
    const double a = y * (1.5976 + 0.070566 * y * y);
    // Beyond 40, exp(-a) is below the precision of a.
    return (a > 40 ? a : std::log1p(std::exp(a))) / LN10;
}

double
InverseLogisticPhi(double phi)
{
    if (!(phi > 0) || !std::isfinite(phi))
    {
        throw std::invalid_argument("phi must be above 0 and finite");
    }
    // phi rises with y: from below any normal double at -25, and above a / ln 10 everywhere.
    double low = -25;
    double high = std::cbrt(phi * LN10 / 0.070566) + 1;
    for (int i = 0; i < 200; ++i)
    {
        const double middle = 0.5 * (low + high);
        if (middle <= low || middle >= high)
        {
            break;
        }
        (LogisticPhi(middle) < phi ? low : high) = middle;
    }
    return high;
}

} // namespace ns3::detection
