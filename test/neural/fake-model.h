#ifndef FAKE_MODEL_H
#define FAKE_MODEL_H

#include "ns3/neural-backend.h"
#include "ns3/neural-features.h"
#include "ns3/neural-model-config.h"
#include "ns3/nstime.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace ns3::neural
{

/**
 * Stands in for a trained network: the probability of `crashed` is the last row's silence in units
 * of 400 ms, the rest is `healthy`, and the anomaly is the message rate of the first row. It keeps
 * a record of its work.
 */
class FakeModel : public Model
{
  public:
    /** What a model was asked to do; outlives it. */
    struct Record
    {
        std::vector<std::pair<Time, std::size_t>> batches; //!< when, and of how many windows
    };

    FakeModel(std::size_t rows, Record& record)
        : m_rows(rows),
          m_record(record)
    {
    }

    std::size_t WindowLength() const override
    {
        return m_rows;
    }

    const ModelConfig& Config() const override
    {
        return m_config;
    }

    void Forward(const float* windows, std::size_t count, Scores* scores) override
    {
        m_record.batches.emplace_back(Simulator::Now(), count);
        for (std::size_t i = 0; i < count; ++i)
        {
            const float* window = windows + i * m_rows * FEATURE_COUNT;
            const float silence = window[(m_rows - 1) * FEATURE_COUNT + TIME_SINCE_LAST];
            const float crashed = std::min(silence / 0.4F, 1.0F);
            scores[i] = Scores();
            scores[i].anomaly = window[MESSAGE_RATE];
            scores[i].probability[static_cast<std::size_t>(FailureClass::CRASHED)] = crashed;
            scores[i].probability[static_cast<std::size_t>(FailureClass::HEALTHY)] = 1 - crashed;
        }
    }

  private:
    std::size_t m_rows;
    Record& m_record;
    ModelConfig m_config;
};

} // namespace ns3::neural

#endif /* FAKE_MODEL_H */
