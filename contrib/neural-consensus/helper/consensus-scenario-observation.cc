#include "consensus-scenario-observation.h"

#include "consensus-scenario-streams.h"
#include "failure-detector-bank-helper.h"
#include "heartbeat-monitor-helper.h"
#include "neural-failure-detector-helper.h"
#include "swim-helper.h"

#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{

ScenarioObservation::ScenarioObservation(const ScenarioOptions& options,
                                         const ConsensusTopology& topology)
{
    InstallMonitors(options, topology);
    InstallDetectors(options, topology);
}

void
ScenarioObservation::InstallMonitors(const ScenarioOptions& options,
                                     const ConsensusTopology& topology)
{
    HeartbeatMonitorHelper monitors;
    monitors.SetWatch(options.watch == 0 ? "all" : std::to_string(options.watch));
    monitors.SetRingStream(RING_STREAM);
    m_monitors = monitors.Install(topology.Servers());
    HeartbeatMonitorHelper::AssignStreams(topology.Servers(), OBSERVATION_STREAMS);
    m_monitors.Start(topology.WarmUp());
    for (uint32_t i = 0; i < m_monitors.GetN(); ++i)
    {
        auto monitor = DynamicCast<HeartbeatMonitor>(m_monitors.Get(i));
        for (const uint32_t target : monitor->GetWatched())
        {
            m_pairs.emplace_back(i + 1, target);
        }
    }
    std::sort(m_pairs.begin(), m_pairs.end());
}

void
ScenarioObservation::InstallDetectors(const ScenarioOptions& options,
                                      const ConsensusTopology& topology)
{
    FailureDetectorBankHelper banks;
    for (const auto& specification : options.detectors)
    {
        if (specification != "neural" && specification != "swim")
        {
            m_labels.push_back(banks.Add(specification));
        }
    }
    if (!m_labels.empty())
    {
        m_banks = banks.Install(topology.Servers());
    }
    if (options.WantsSwim())
    {
        m_labels.emplace_back("swim");
        m_swim = SwimHelper().Install(topology.Servers());
        SwimHelper::AssignStreams(m_swim, SWIM_STREAMS);
        m_swim.Start(topology.WarmUp());
    }
    NeuralFailureDetectorHelper neural;
    if (options.WantsNeural())
    {
        m_labels.emplace_back("neural");
        m_neural = neural.Install(topology.Servers(), options.model, options.device);
    }
    if (options.observations)
    {
        m_observers = neural.InstallObservers(topology.Servers());
    }
}

void
ScenarioObservation::Watch(ConsensusRunRecorder& recorder) const
{
    for (auto at = m_monitors.Begin(); at != m_monitors.End(); ++at)
    {
        recorder.WatchMonitor(DynamicCast<HeartbeatMonitor>(*at));
    }
    for (const auto& bank : m_banks)
    {
        recorder.WatchBank(bank);
    }
    for (auto at = m_swim.Begin(); at != m_swim.End(); ++at)
    {
        recorder.WatchSwim(DynamicCast<SwimApplication>(*at));
    }
    for (const auto& observer : m_observers)
    {
        recorder.WatchObserver(observer);
    }
    for (const auto& detector : m_neural)
    {
        recorder.WatchNeural(detector);
    }
}

void
ScenarioObservation::Watch(ConsensusRunQos& qos) const
{
    for (auto at = m_monitors.Begin(); at != m_monitors.End(); ++at)
    {
        qos.WatchMonitor(DynamicCast<HeartbeatMonitor>(*at));
    }
}

const std::vector<std::pair<uint32_t, uint32_t>>&
ScenarioObservation::Pairs() const
{
    return m_pairs;
}

const std::vector<std::string>&
ScenarioObservation::Labels() const
{
    return m_labels;
}

Time
ScenarioObservation::Period() const
{
    return DynamicCast<HeartbeatMonitor>(m_monitors.Get(0))->GetInterval();
}

Time
ScenarioObservation::SendingJitter() const
{
    TimeValue jitter;
    m_monitors.Get(0)->GetAttribute("IntervalJitter", jitter);
    return jitter.Get();
}

std::vector<std::pair<std::string, uint16_t>>
ScenarioObservation::Ports() const
{
    std::vector<std::pair<std::string, uint16_t>> ports;
    for (const ApplicationContainer& applications : {m_monitors, m_swim})
    {
        if (applications.GetN() > 0)
        {
            UintegerValue port;
            applications.Get(0)->GetAttribute("Port", port);
            ports.emplace_back(applications.Get(0)->GetInstanceTypeId().GetName() + "::Port",
                               static_cast<uint16_t>(port.Get()));
        }
    }
    return ports;
}

} // namespace ns3
