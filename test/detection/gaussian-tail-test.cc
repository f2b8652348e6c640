#include "ns3/gaussian-tail.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <stdexcept>

namespace ns3::detection
{

TEST(GaussianTail, HasTheValuesOfTheTables)
{
    EXPECT_NEAR(GaussianPhi(0), 0.30103, 1e-5);    // P = 1/2
    EXPECT_NEAR(GaussianPhi(1), 0.79955, 1e-5);    // P = .158655
    EXPECT_NEAR(GaussianPhi(-1), 0.075026, 1e-6);  // P = .841345
    EXPECT_NEAR(GaussianPhi(6), 9.006, 5e-4);      // P = 9.866e-10
    EXPECT_NEAR(GaussianPhi(10), 23.11805, 1e-5);  // P = 7.62e-24
    EXPECT_NEAR(GaussianPhi(40), 349.43701, 1e-4); // far below the smallest double
}

TEST(GaussianTail, IsContinuousWhereTheSeriesTakesOver)
{
    for (double y : {30.0, 35.0, 36.0, 37.0, 37.5})
    {
        // The slope of phi is y / ln 10 there, to within 1 / y.
        const double rise = GaussianPhi(y + 1e-3) - GaussianPhi(y - 1e-3);
        EXPECT_NEAR(rise, 2e-3 * (y + 1 / y) / std::log(10.0), 1e-6) << "y = " << y;
    }
    EXPECT_NEAR(GaussianPhi(37), GaussianPhi(std::nextafter(37.0, 0.0)), 1e-11);
}

TEST(GaussianTail, RisesAndStaysFiniteFarOut)
{
    double before = GaussianPhi(-38);
    EXPECT_GE(before, 0);
    for (double y = -37.99; y < 60; y += 0.01)
    {
        const double phi = GaussianPhi(y);
        ASSERT_GE(phi, before) << "y = " << y;
        before = phi;
    }
    EXPECT_TRUE(std::isfinite(GaussianPhi(1e6)));
    EXPECT_GT(GaussianPhi(1e6), GaussianPhi(1e5));
}

TEST(GaussianTail, InvertsExactly)
{
    for (double phi : {1e-6, 0.1, 0.30103, 1.0, 8.0, 16.0, 300.0, 400.0, 1e4, 1e8})
    {
        const double y = InverseGaussianPhi(phi);
        EXPECT_NEAR(GaussianPhi(y), phi, 1e-10 * std::max(1.0, phi)) << "phi = " << phi;
    }
    EXPECT_NEAR(InverseGaussianPhi(8), 5.612, 1e-3);
}

TEST(GaussianTail, RefusesAPhiThatHasNoInverse)
{
    EXPECT_THROW(InverseGaussianPhi(0), std::invalid_argument);
    EXPECT_THROW(InverseGaussianPhi(-1), std::invalid_argument);
    EXPECT_THROW(InverseGaussianPhi(std::numeric_limits<double>::infinity()),
                 std::invalid_argument);
    EXPECT_THROW(InverseGaussianPhi(std::nan("")), std::invalid_argument);
}

} // namespace ns3::detection
