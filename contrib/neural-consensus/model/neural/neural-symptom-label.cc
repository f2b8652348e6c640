#include "neural-symptom-label.h"

#include "neural-features.h"

namespace ns3::neural
{

namespace
{

constexpr float SILENCE_SECONDS = 0.5F;
constexpr float ANSWERED_SHARE = 0.5F;
constexpr float AHEAD = 0.5F; //!< a term further, or 16 entries
constexpr float LATE_SECONDS = 0.05F;
constexpr float LOST_SHARE = 0.1F;

} // namespace

FailureClass
LabelBySymptoms(const FeatureRow& observation)
{
    if (observation[TIME_SINCE_LAST] >= SILENCE_SECONDS)
    {
        return FailureClass::CRASHED;
    }
    if (observation[RESPONSE_RATE] < ANSWERED_SHARE)
    {
        return FailureClass::PARTITIONED;
    }
    if (observation[TERM_FRESHNESS] > AHEAD || observation[LOG_PROGRESS] > AHEAD)
    {
        return FailureClass::BYZANTINE;
    }
    if (observation[LATENCY_MEAN] > LATE_SECONDS || observation[LATENCY_JITTER] > LATE_SECONDS ||
        observation[DROP_RATE] > LOST_SHARE)
    {
        return FailureClass::SLOW;
    }
    return FailureClass::HEALTHY;
}

} // namespace ns3::neural
