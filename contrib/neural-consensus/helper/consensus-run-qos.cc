#include "consensus-run-qos.h"

#include "consensus-qos-file.h"

#include "ns3/fault-exposure.h"

#include <tuple>

namespace ns3
{

namespace
{

detection::Nanos
ToNanos(Time time)
{
    return detection::Nanos(time.GetNanoSeconds());
}

} // namespace

ConsensusRunQos::ConsensusRunQos(const std::vector<std::string>& detectors)
    : m_detectors(detectors)
{
}

void
ConsensusRunQos::WatchMonitor(Ptr<HeartbeatMonitor> monitor)
{
    monitor->TraceConnectWithoutContext("Tx", MakeCallback(&ConsensusRunQos::OnSent, this));
}

void
ConsensusRunQos::OnSent(uint32_t from, uint32_t to, uint64_t)
{
    ++m_sent[{to, from}];
}

detection::DetectorSpec
ConsensusRunQos::SpecOf(const std::string& label) const
{
    // The first of a name has the name for its label, further ones all that was written.
    for (const std::string& text : m_detectors)
    {
        if (text == label || text.substr(0, text.find(':')) == label)
        {
            return detection::ParseDetectorSpec(text);
        }
    }
    return {label, {}};
}

void
ConsensusRunQos::Write(const std::string& path,
                       const ConsensusRunRecorder& recorder,
                       const faults::FaultLog& log,
                       const std::vector<std::pair<uint32_t, uint32_t>>& pairs,
                       const std::vector<std::string>& labels,
                       const RunSpan& span) const
{
    using Key = std::tuple<uint32_t, uint32_t, std::string>;
    std::map<Key, std::vector<detection::SuspicionChange>> changes;
    for (const SuspicionRecord& record : recorder.GetSuspicions())
    {
        changes[{record.observer, record.target, record.detector}].push_back(
            {ToNanos(record.time), record.suspected});
    }
    ConsensusQosFile file(path);
    for (const auto& [observer, target] : pairs)
    {
        const auto excused = faults::ExcusedTimes(log, observer, target);
        const auto silent = faults::SilentTimes(log, observer, target);
        const auto sent = m_sent.find({observer, target});
        for (const std::string& label : labels)
        {
            const auto& mind = changes[{observer, target, label}];
            const auto begin = ToNanos(span.begin);
            const auto end = ToNanos(span.end);
            detection::QosReport qos =
                detection::MeasureQos(mind, excused, begin, end, ToNanos(span.grace));
            qos.detectionTimes = detection::MeasureQos(mind, silent, begin, end).detectionTimes;
            file.Add({observer, target, SpecOf(label), sent == m_sent.end() ? 0 : sent->second},
                     qos.Statistics());
        }
    }
    file.Commit();
}

} // namespace ns3
