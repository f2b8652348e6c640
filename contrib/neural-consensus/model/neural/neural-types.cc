#include "neural-types.h"

#include <algorithm>
#include <stdexcept>

namespace ns3::neural
{

const std::array<std::string, CLASS_COUNT>&
FailureClassNames()
{
    static const std::array<std::string, CLASS_COUNT> names{"healthy",
                                                            "pre-failure",
                                                            "crashed",
                                                            "byzantine",
                                                            "partitioned",
                                                            "slow"};
    return names;
}

FailureClass
ParseFailureClass(const std::string& name)
{
    const auto& names = FailureClassNames();
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end())
    {
        std::string known;
        for (const auto& each : names)
        {
            known += (known.empty() ? "" : ", ") + each;
        }
        throw std::invalid_argument("unknown class '" + name + "': expected one of " + known);
    }
    return static_cast<FailureClass>(found - names.begin());
}

const std::array<std::string, FEATURE_COUNT>&
FeatureNames()
{
    static const std::array<std::string, FEATURE_COUNT> names{
        "latency_mean",
        "latency_deviation",
        "latency_trend",
        "latency_jitter",
        "message_rate",
        "drop_rate",
        "heartbeat_regularity",
        "missed_heartbeats",
        "response_rate",
        "response_time",
        "term_freshness",
        "log_progress",
        "commit_progress",
        "leader_status",
        "time_since_last_message",
        "health_score",
    };
    return names;
}

} // namespace ns3::neural
