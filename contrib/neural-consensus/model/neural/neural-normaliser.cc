#include "neural-normaliser.h"

#include "neural-dataset.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace ns3::neural
{

namespace
{

/** Shares of the overall deviation and absolute, below which no scale goes. */
constexpr double RELATIVE_FLOOR = 0.01;
constexpr double ABSOLUTE_FLOOR = 1e-6;

/** Running mean and deviation of every feature (Welford 1962). */
class Moments
{
  public:
    void Add(const float* row)
    {
        ++m_count;
        for (std::size_t i = 0; i < FEATURE_COUNT; ++i)
        {
            const double delta = row[i] - m_mean[i];
            m_mean[i] += delta / static_cast<double>(m_count);
            m_squares[i] += delta * (row[i] - m_mean[i]);
        }
    }

    std::size_t Count() const
    {
        return m_count;
    }

    double Mean(std::size_t feature) const
    {
        return m_mean[feature];
    }

    double Deviation(std::size_t feature) const
    {
        return m_count == 0 ? 0.0 : std::sqrt(m_squares[feature] / static_cast<double>(m_count));
    }

  private:
    std::size_t m_count{0};
    std::array<double, FEATURE_COUNT> m_mean{};
    std::array<double, FEATURE_COUNT> m_squares{};
};

} // namespace

Normaliser::Normaliser()
{
    m_scale.fill(1.0F);
}

Normaliser::Normaliser(const FeatureRow& mean, const FeatureRow& scale)
    : m_mean(mean),
      m_scale(scale)
{
    for (std::size_t i = 0; i < FEATURE_COUNT; ++i)
    {
        if (!std::isfinite(mean[i]) || !std::isfinite(scale[i]) || scale[i] <= 0)
        {
            throw std::invalid_argument("normalisation of " + FeatureNames()[i] +
                                        ": expected a finite mean and a scale above 0");
        }
    }
}

Normaliser
Normaliser::Fit(const WindowDataset& dataset, const std::vector<uint32_t>& windows)
{
    Moments all;
    Moments healthy;
    for (const uint32_t index : windows)
    {
        const LabelledWindow& window = dataset.Windows()[index];
        const float* last = dataset.Features(window) + (dataset.WindowLength() - 1) * FEATURE_COUNT;
        all.Add(last);
        if (window.label == FailureClass::HEALTHY && window.steady)
        {
            healthy.Add(last);
        }
    }
    const Moments& moments = healthy.Count() > 0 ? healthy : all;
    FeatureRow mean;
    FeatureRow scale;
    for (std::size_t i = 0; i < FEATURE_COUNT; ++i)
    {
        mean[i] = static_cast<float>(moments.Mean(i));
        scale[i] = static_cast<float>(
            std::max({moments.Deviation(i), RELATIVE_FLOOR * all.Deviation(i), ABSOLUTE_FLOOR}));
    }
    return {mean, scale};
}

void
Normaliser::Apply(const float* raw, float* normalised, std::size_t rows) const
{
    for (std::size_t row = 0; row < rows; ++row)
    {
        for (std::size_t i = 0; i < FEATURE_COUNT; ++i)
        {
            const std::size_t at = row * FEATURE_COUNT + i;
            const float value = std::asinh((raw[at] - m_mean[i]) / m_scale[i]);
            normalised[at] = std::clamp(value, -CLIP, CLIP);
        }
    }
}

const FeatureRow&
Normaliser::Mean() const
{
    return m_mean;
}

const FeatureRow&
Normaliser::Scale() const
{
    return m_scale;
}

} // namespace ns3::neural
