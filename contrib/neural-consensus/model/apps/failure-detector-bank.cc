#include "failure-detector-bank.h"

#include "ns3/abort.h"
#include "ns3/node-clock.h"
#include "ns3/node-cpu.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <stdexcept>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(FailureDetectorBank);

TypeId
FailureDetectorBank::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::FailureDetectorBank")
            .SetParent<Object>()
            .SetGroupName("NeuralConsensus")
            .AddConstructor<FailureDetectorBank>()
            .AddTraceSource("Suspicion",
                            "A detector changed its mind about a peer",
                            MakeTraceSourceAccessor(&FailureDetectorBank::m_suspicionTrace),
                            "ns3::FailureDetectorBank::SuspicionCallback");
    return tid;
}

FailureDetectorBank::FailureDetectorBank() = default;
FailureDetectorBank::~FailureDetectorBank() = default;

void
FailureDetectorBank::Setup(uint32_t observer,
                           Ptr<NodeClock> clock,
                           Ptr<NodeCpu> cpu,
                           std::vector<uint32_t> watched,
                           detection::Nanos period)
{
    NS_ABORT_MSG_IF(!m_kinds.empty(), "a bank is set up before it gets detectors");
    m_observer = observer;
    m_clock = clock;
    m_cpu = cpu;
    m_targets = std::move(watched);
    m_period = period;
    std::sort(m_targets.begin(), m_targets.end());
}

void
FailureDetectorBank::AddDetector(const std::string& label, const detection::DetectorSpec& spec)
{
    NS_ABORT_MSG_IF(m_up, "detectors are added to a bank before it starts");
    for (const Kind& kind : m_kinds)
    {
        if (kind.label == label)
        {
            throw std::invalid_argument("detector " + label + " is asked for twice");
        }
    }
    detection::MakeFailureDetector(spec.name,
                                   spec.parameters,
                                   m_period); // throws now rather than later
    m_kinds.push_back(Kind{label, spec});
    m_watches.clear();
    for (uint32_t target : m_targets)
    {
        for (std::size_t kind = 0; kind < m_kinds.size(); ++kind)
        {
            Watch watch;
            watch.target = target;
            watch.kind = kind;
            m_watches.push_back(std::move(watch));
        }
    }
}

void
FailureDetectorBank::SetUp(bool up)
{
    if (up == m_up)
    {
        return;
    }
    m_up = up;
    ++m_life;
    for (std::size_t i = 0; i < m_watches.size(); ++i)
    {
        Watch& watch = m_watches[i];
        watch.timer.Cancel();
        if (up)
        {
            const detection::DetectorSpec& spec = m_kinds[watch.kind].spec;
            watch.detector = detection::MakeFailureDetector(spec.name, spec.parameters, m_period);
            watch.detector->Start(m_clock->Now());
            Revise(i);
        }
    }
}

void
FailureDetectorBank::OnArrival(const detection::PeerArrival& arrival)
{
    const auto it = std::lower_bound(m_targets.begin(), m_targets.end(), arrival.peer);
    if (!m_up || it == m_targets.end() || *it != arrival.peer)
    {
        return;
    }
    const std::size_t first = static_cast<std::size_t>(it - m_targets.begin()) * m_kinds.size();
    for (std::size_t i = first; i < first + m_kinds.size(); ++i)
    {
        m_watches[i].detector->OnArrival(arrival);
        Revise(i);
    }
}

bool
FailureDetectorBank::IsSuspected(const std::string& label, uint32_t target) const
{
    return std::any_of(m_watches.begin(), m_watches.end(), [&](const Watch& watch) {
        return watch.target == target && m_kinds[watch.kind].label == label && watch.suspected;
    });
}

void
FailureDetectorBank::DoDispose()
{
    SetUp(false);
    m_watches.clear();
    m_clock = nullptr;
    m_cpu = nullptr;
    Object::DoDispose();
}

void
FailureDetectorBank::Revise(std::size_t index)
{
    Watch& watch = m_watches[index];
    const detection::Nanos now = m_clock->Now();
    const bool suspected = watch.detector->Suspects(now);
    if (suspected != watch.suspected)
    {
        watch.suspected = suspected;
        m_suspicionTrace(Simulator::Now(),
                         m_observer,
                         watch.target,
                         m_kinds[watch.kind].label,
                         suspected,
                         watch.detector->Level(now));
    }
    if (suspected)
    {
        return;
    }
    // Deadlines mostly move back: the timer that is there may fire early and look again, which is
    // cheaper than a new event for each heartbeat.
    const std::optional<detection::Nanos> deadline = watch.detector->Deadline();
    if (!deadline)
    {
        return;
    }
    const Time wait = m_clock->Until(*deadline);
    const Time moment = Simulator::Now() + wait;
    if (watch.timer.IsExpired() || moment < watch.timerAt)
    {
        watch.timer.Cancel();
        watch.timer = Simulator::Schedule(wait, &FailureDetectorBank::OnTimer, this, index);
        watch.timerAt = moment;
    }
}

void
FailureDetectorBank::OnTimer(std::size_t index)
{
    m_cpu->Execute([this, index, life = m_life]() {
        if (m_up && life == m_life)
        {
            Revise(index);
        }
    });
}

} // namespace ns3
