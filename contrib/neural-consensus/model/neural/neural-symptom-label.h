#ifndef NEURAL_SYMPTOM_LABEL_H
#define NEURAL_SYMPTOM_LABEL_H

#include "neural-types.h"

namespace ns3::neural
{

/**
 * Labels by what packets show: fixed thresholds on an observation, in this order.
 *
 * | class | where |
 * |---|---|
 * | crashed | nothing at all has arrived for 0.5 s |
 * | partitioned | under half of the own heartbeats were answered, while the peer's arrive |
 * | byzantine | the peer's term or log is far ahead of all others': above 0.5 |
 * | slow | mean latency or jitter above 50 ms, or above 10 % of heartbeats lost |
 * | healthy | otherwise |
 *
 * There is no pre-failure: the present doesn't show the future. Such labels say what a detector of
 * thresholds would, not what is so; a score against them would measure how well it is imitated.
 */
FailureClass LabelBySymptoms(const FeatureRow& observation);

} // namespace ns3::neural

#endif /* NEURAL_SYMPTOM_LABEL_H */
