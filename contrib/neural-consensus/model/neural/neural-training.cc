#include "neural-training.h"

#include "neural-dataset.h"
#include "neural-random.h"
#include "neural-range-check.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace ns3::neural
{

void
TrainingConfig::Validate() const
{
    constexpr double TINY = 1e-12;
    RequireInRange<std::size_t>("epochs", epochs, 1, 100000);
    RequireInRange<std::size_t>("batch-size", batchSize, 1, 65536);
    RequireInRange("learning-rate", learningRate, TINY, 1.0);
    RequireInRange("reconstruction-weight", reconstructionWeight, 0.0, 1000.0);
    RequireInRange("classification-weight", classificationWeight, 0.0, 1000.0);
    if (reconstructionWeight + classificationWeight == 0)
    {
        throw std::invalid_argument(
            "reconstruction-weight and classification-weight are both 0: expected one above 0");
    }
    RequireInRange("max-class-weight", maxClassWeight, 1.0, 1000.0);
    RequireInRange("gradient-clip", gradientClip, TINY, 1e6);
    RequireInRange<std::size_t>("patience", patience, 1, 100000);
    RequireInRange("schedule-factor", scheduleFactor, 0.01, 1.0);
    RequireInRange<std::size_t>("schedule-patience", schedulePatience, 0, 100000);
    RequireInRange("validation-share", validationShare, 0.01, 0.99);
    RequireInRange<std::size_t>("windows-per-epoch", windowsPerEpoch, 1, 100000000);
    RequireInRange("threads", threads, 1, 64);
    if (device != "cpu" && device != "cuda")
    {
        throw std::invalid_argument("device is '" + device + "': expected cpu or cuda");
    }
}

TrainingData
SplitByRun(const WindowDataset& dataset, double share, uint64_t seed)
{
    const std::size_t runs = dataset.RunCount();
    if (runs < 2)
    {
        throw std::invalid_argument("the data has " + std::to_string(runs) +
                                    " run(s): expected at least 2, one to validate on");
    }
    std::vector<uint32_t> order(runs);
    std::iota(order.begin(), order.end(), 0U);
    SplitMix64 random(seed);
    random.Shuffle(order.begin(), order.end());
    const auto wanted = static_cast<std::size_t>(std::llround(share * static_cast<double>(runs)));
    const std::size_t held = std::clamp<std::size_t>(wanted, 1, runs - 1);
    std::vector<bool> isHeld(runs, false);
    for (std::size_t i = 0; i < held; ++i)
    {
        isHeld[order[i]] = true;
    }

    TrainingData data;
    data.dataset = &dataset;
    const auto& windows = dataset.Windows();
    for (std::size_t i = 0; i < windows.size(); ++i)
    {
        if (windows[i].IsForTraining())
        {
            auto& side = isHeld[windows[i].run] ? data.validation : data.training;
            side.push_back(static_cast<uint32_t>(i));
        }
    }
    if (data.training.empty() || data.validation.empty())
    {
        throw std::invalid_argument(
            std::string("the ") + (data.training.empty() ? "training" : "validation") +
            " runs have no window to learn from: expected labelled, identifiable windows of " +
            std::to_string(dataset.WindowLength()) + " rows");
    }
    return data;
}

std::array<float, CLASS_COUNT>
ClassWeights(const std::array<std::size_t, CLASS_COUNT>& counts, double cap)
{
    const std::size_t total = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
    const auto present =
        static_cast<double>(CLASS_COUNT - std::count(counts.begin(), counts.end(), 0U));
    std::array<float, CLASS_COUNT> weights{};
    for (std::size_t i = 0; i < CLASS_COUNT; ++i)
    {
        if (counts[i] > 0)
        {
            const double inverse =
                static_cast<double>(total) / (present * static_cast<double>(counts[i]));
            weights[i] = static_cast<float>(std::min(inverse, cap));
        }
    }
    return weights;
}

WindowSampler::WindowSampler(const WindowDataset& dataset,
                             std::vector<uint32_t> windows,
                             std::size_t perEpoch,
                             bool balanced,
                             uint64_t seed)
    : m_windows(std::move(windows)),
      m_perEpoch(std::min(perEpoch, m_windows.size())),
      m_random(seed)
{
    if (!balanced)
    {
        return;
    }
    std::vector<std::vector<uint32_t>> byClass(CLASS_COUNT);
    for (const uint32_t index : m_windows)
    {
        byClass[static_cast<std::size_t>(dataset.Windows()[index].label)].push_back(index);
    }
    for (auto& members : byClass)
    {
        if (!members.empty())
        {
            m_byClass.push_back(std::move(members));
        }
    }
}

const std::vector<uint32_t>&
WindowSampler::NextEpoch()
{
    if (m_byClass.empty())
    {
        m_random.Shuffle(m_windows.begin(), m_windows.end());
        m_epoch.assign(m_windows.begin(),
                       m_windows.begin() + static_cast<std::ptrdiff_t>(m_perEpoch));
        return m_epoch;
    }
    m_epoch.clear();
    for (std::size_t i = 0; i < m_perEpoch; ++i)
    {
        const auto& members = m_byClass[i % m_byClass.size()];
        m_epoch.push_back(members[m_random.Below(members.size())]);
    }
    m_random.Shuffle(m_epoch.begin(), m_epoch.end());
    return m_epoch;
}

void
TrainingObserver::OnBatch(std::size_t /* epoch */,
                          std::size_t /* batch */,
                          std::size_t /* batches */,
                          double /* meanLoss */)
{
}

void
TrainingObserver::OnEpoch(const EpochReport& /* report */)
{
}

PlateauSchedule::PlateauSchedule(const TrainingConfig& config)
    : m_learningRate(config.learningRate),
      m_factor(config.scheduleFactor),
      m_schedulePatience(config.schedulePatience),
      m_patience(config.patience),
      m_best(std::numeric_limits<double>::infinity())
{
}

bool
PlateauSchedule::Update(double validationLoss)
{
    if (validationLoss < m_best)
    {
        m_best = validationLoss;
        m_sinceBest = 0;
        m_sinceLowered = 0;
        return true;
    }
    ++m_sinceBest;
    ++m_sinceLowered;
    if (m_sinceLowered > m_schedulePatience)
    {
        m_learningRate *= m_factor;
        m_sinceLowered = 0;
    }
    return false;
}

double
PlateauSchedule::LearningRate() const
{
    return m_learningRate;
}

bool
PlateauSchedule::ShouldStop() const
{
    return m_sinceBest >= m_patience;
}

} // namespace ns3::neural
