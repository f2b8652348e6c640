#ifndef GAUSSIAN_TAIL_H
#define GAUSSIAN_TAIL_H

namespace ns3::detection
{

/**
 * @param y standard deviations above the mean
 * @return -log10(P(Y > y)) of a standard normal Y, exact to rounding, finite and rising for all
 *         finite y, also where the probability itself is below the smallest double
 */
double GaussianPhi(double y);

/**
 * @param phi above 0 and finite
 * @return the y at which GaussianPhi() reaches phi
 */
double InverseGaussianPhi(double phi);

} // namespace ns3::detection

#endif /* GAUSSIAN_TAIL_H */
