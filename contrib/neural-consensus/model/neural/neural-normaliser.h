#ifndef NEURAL_NORMALISER_H
#define NEURAL_NORMALISER_H

#include "neural-types.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ns3::neural
{

class WindowDataset; // neural-dataset.h

/**
 * Brings the features to one scale: asinh((x - mean) / scale), clipped to +-CLIP.
 *
 * Mean and scale describe healthy rows, so that small deviations from health stay visible; asinh is
 * linear there and logarithmic far out, so that a latency a thousand times too high neither
 * saturates nor drowns the rest.
 */
class Normaliser
{
  public:
    static constexpr float CLIP = 8.0F;

    /** Changes nothing but the tails: mean 0, scale 1. */
    Normaliser();

    /**
     * @param mean of each feature, finite
     * @param scale of each feature, finite and above 0
     * @throws std::invalid_argument where they are not
     */
    Normaliser(const FeatureRow& mean, const FeatureRow& scale);

    /**
     * Takes mean and standard deviation from the last rows of windows: of those that are healthy
     * and steady, or of all where none is. A feature that hardly varies in health gets 1 % of its
     * deviation over all windows, or 1e-6, whatever is more.
     * @param dataset of the windows
     * @param windows indices into its Windows(); only training runs
     */
    static Normaliser Fit(const WindowDataset& dataset, const std::vector<uint32_t>& windows);

    /**
     * @param raw rows x FEATURE_COUNT features
     * @param normalised takes as many; may be `raw`
     * @param rows how many
     */
    void Apply(const float* raw, float* normalised, std::size_t rows) const;

    const FeatureRow& Mean() const;
    const FeatureRow& Scale() const;

  private:
    FeatureRow m_mean{};
    FeatureRow m_scale{};
};

} // namespace ns3::neural

#endif /* NEURAL_NORMALISER_H */
