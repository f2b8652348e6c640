#ifndef LOGISTIC_TAIL_H
#define LOGISTIC_TAIL_H

namespace ns3::detection
{

/**
 * phi as Akka, Pekko and Hazelcast compute it, with a logistic approximation of the Gaussian:
 *
 *     a = y (1.5976 + 0.070566 y^2),  phi = -log10(e / (1 + e)) with e = exp(-a).
 *
 * They write it as two cases around the mean, which are the same number; here it is log10(1 + exp
 * a).
 *
 * @param y standard deviations above the mean
 * @return phi, finite and rising for all |y| < 1e100
 */
double LogisticPhi(double y);

/**
 * @param phi above 0 and finite
 * @return the y at which LogisticPhi() reaches phi
 */
double InverseLogisticPhi(double phi);

} // namespace ns3::detection

#endif /* LOGISTIC_TAIL_H */
