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
    Kind made{label, spec, detection::GossipQuorum(spec)};
    if (made.quorum > 0)
    {
        made.place = m_gossiping.size();
        if (made.place == detection::SuspicionGossip::MAX_DETECTORS)
        {
            throw std::invalid_argument("detector " + label + ": expected at most " +
                                        std::to_string(made.place) + " detectors that gossip");
        }
        m_gossiping.push_back(m_kinds.size());
    }
    m_kinds.push_back(std::move(made));
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
    m_expiry.Cancel();
    m_gossip = up ? StartGossip() : nullptr;
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
    const std::size_t first = FirstWatchOf(arrival.peer);
    if (!m_up || first == m_watches.size())
    {
        return;
    }
    for (std::size_t i = first; i < first + m_kinds.size(); ++i)
    {
        if (m_watches[i].timerAt == Simulator::Now())
        {
            Revise(i); // a deadline at this very moment comes first, whichever event does
        }
        m_watches[i].detector->OnArrival(arrival);
        Revise(i);
    }
}

bool
FailureDetectorBank::Gossips() const
{
    return !m_gossiping.empty();
}

void
FailureDetectorBank::TellSuspicions(detection::Suspicions& suspicions) const
{
    if (m_gossip)
    {
        suspicions = m_gossip->GetOwn();
    }
    else
    {
        suspicions.clear();
    }
}

void
FailureDetectorBank::HearSuspicions(const detection::PeerArrival& heartbeat,
                                    const detection::Suspicions& suspicions)
{
    if (m_gossip)
    {
        Report(m_gossip->Hear(heartbeat, suspicions));
        AwaitExpiry();
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
    const Kind& kind = m_kinds[watch.kind];
    watch.own = watch.detector->Suspects(m_clock->Now());
    if (kind.quorum > 0)
    {
        m_gossip->SetOwn(kind.place, watch.target, watch.own);
    }
    Report(watch);
    if (watch.own)
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

/** Traces what is thought of a peer, if that is something else than before. */
void
FailureDetectorBank::Report(Watch& watch)
{
    const Kind& kind = m_kinds[watch.kind];
    const bool gossips = kind.quorum > 0;
    const bool suspected = gossips ? m_gossip->Suspects(kind.place, watch.target) : watch.own;
    if (suspected == watch.suspected)
    {
        return;
    }
    watch.suspected = suspected;
    const double level = gossips ? m_gossip->CountVotes(kind.place, watch.target)
                                 : watch.detector->Level(m_clock->Now());
    m_suspicionTrace(Simulator::Now(), m_observer, watch.target, kind.label, suspected, level);
}

void
FailureDetectorBank::Report(const std::vector<detection::SuspicionGossip::Change>& changes)
{
    for (const detection::SuspicionGossip::Change& change : changes)
    {
        Report(m_watches[FirstWatchOf(change.target) + m_gossiping[change.detector]]);
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

/** @return votes of a new life; null if nobody gossips */
std::unique_ptr<detection::SuspicionGossip>
FailureDetectorBank::StartGossip() const
{
    if (m_gossiping.empty())
    {
        return nullptr;
    }
    std::vector<uint32_t> quorums;
    for (const std::size_t kind : m_gossiping)
    {
        quorums.push_back(m_kinds[kind].quorum);
    }
    return std::make_unique<detection::SuspicionGossip>(
        m_targets,
        std::move(quorums),
        detection::SuspicionGossip::VOTE_LIFE_PERIODS * m_period);
}

/** Waits for votes to grow too old. A timer that runs fires early enough: all live equally long. */
void
FailureDetectorBank::AwaitExpiry()
{
    const std::optional<detection::Nanos> deadline =
        m_expiry.IsExpired() ? m_gossip->Deadline() : std::nullopt;
    if (deadline)
    {
        m_expiry =
            Simulator::Schedule(m_clock->Until(*deadline), &FailureDetectorBank::OnExpiry, this);
    }
}

void
FailureDetectorBank::OnExpiry()
{
    m_cpu->Execute([this, life = m_life]() {
        if (m_up && life == m_life)
        {
            Report(m_gossip->Expire(m_clock->Now()));
            AwaitExpiry();
        }
    });
}

/** @return index of a peer's first watch; their number if it is not watched */
std::size_t
FailureDetectorBank::FirstWatchOf(uint32_t target) const
{
    const auto it = std::lower_bound(m_targets.begin(), m_targets.end(), target);
    return it != m_targets.end() && *it == target
               ? static_cast<std::size_t>(it - m_targets.begin()) * m_kinds.size()
               : m_watches.size();
}

} // namespace ns3
