#include "neural-observer.h"

#include "ns3/abort.h"
#include "ns3/node-clock.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <array>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(NeuralObserver);

namespace
{

/** The three highest values that were offered, and whose they are. */
class TopThree
{
  public:
    void Offer(uint64_t value, uint32_t host)
    {
        Entry entry{value, host};
        for (Entry& place : m_places)
        {
            if (place.host == 0 || entry.value > place.value)
            {
                std::swap(place, entry);
            }
        }
    }

    /** @return the second highest value of all hosts but one; 0 if there is none */
    uint64_t SecondWithout(uint32_t host) const
    {
        int rank = 0;
        for (const Entry& place : m_places)
        {
            if (place.host != 0 && place.host != host && ++rank == 2)
            {
                return place.value;
            }
        }
        return 0;
    }

  private:
    struct Entry
    {
        uint64_t value{0};
        uint32_t host{0}; //!< 0 for an empty place
    };

    std::array<Entry, 3> m_places;
};

std::chrono::nanoseconds
ToNanos(Time time)
{
    return std::chrono::nanoseconds(time.GetNanoSeconds());
}

} // namespace

/** What the observer and its peers say of Raft's progress, to compare one peer with the others. */
struct NeuralObserver::Knowledge
{
    detection::PeerStatus own;
    TopThree term;
    TopThree lastIndex;
    TopThree commitIndex;
};

TypeId
NeuralObserver::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::NeuralObserver")
            .SetParent<Object>()
            .SetGroupName("NeuralConsensus")
            .AddConstructor<NeuralObserver>()
            .AddAttribute("TickInterval",
                          "Time between two rows; all observers tick at its multiples",
                          TimeValue(MilliSeconds(100)),
                          MakeTimeAccessor(&NeuralObserver::m_tickInterval),
                          MakeTimeChecker(MicroSeconds(1)))
            .AddAttribute("HeartbeatInterval",
                          "The heartbeat period that the servers agreed on",
                          TimeValue(MilliSeconds(100)),
                          MakeTimeAccessor(&NeuralObserver::m_heartbeatInterval),
                          MakeTimeChecker(MicroSeconds(1)))
            .AddAttribute("Horizon",
                          "How far back the features look",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&NeuralObserver::m_horizon),
                          MakeTimeChecker(MicroSeconds(1)))
            .AddAttribute("BaseHorizon",
                          "How far back the fastest message is looked for",
                          TimeValue(Seconds(10)),
                          MakeTimeAccessor(&NeuralObserver::m_baseHorizon),
                          MakeTimeChecker(MicroSeconds(1)))
            .AddAttribute("WindowLength",
                          "Rows in a window",
                          UintegerValue(20),
                          MakeUintegerAccessor(&NeuralObserver::m_windowLength),
                          MakeUintegerChecker<uint32_t>(1, 10000))
            .AddTraceSource("Observation",
                            "The features of one peer at a tick",
                            MakeTraceSourceAccessor(&NeuralObserver::m_observationTrace),
                            "ns3::NeuralObserver::ObservationCallback")
            .AddTraceSource("Arrival",
                            "A message from a watched peer is part of the features now",
                            MakeTraceSourceAccessor(&NeuralObserver::m_arrivalTrace),
                            "ns3::NeuralObserver::ArrivalCallback")
            .AddTraceSource("Liveness",
                            "The observing process started or died",
                            MakeTraceSourceAccessor(&NeuralObserver::m_livenessTrace),
                            "ns3::NeuralObserver::LivenessCallback");
    return tid;
}

NeuralObserver::NeuralObserver() = default;
NeuralObserver::~NeuralObserver() = default;

void
NeuralObserver::Setup(uint32_t observer, Ptr<NodeClock> clock, std::vector<uint32_t> watched)
{
    NS_ABORT_MSG_IF(m_up, "an observer is set up before it starts");
    m_observer = observer;
    m_clock = clock;
    m_watched = std::move(watched);
    std::sort(m_watched.begin(), m_watched.end());

    neural::FeatureSettings settings;
    settings.interval = ToNanos(m_heartbeatInterval);
    settings.horizon = ToNanos(m_horizon);
    settings.baseHorizon = ToNanos(m_baseHorizon);
    m_targets.clear();
    for (uint32_t host : m_watched)
    {
        m_targets.push_back(Target{host,
                                   neural::FeatureExtractor(settings),
                                   std::vector<neural::FeatureRow>(m_windowLength)});
    }
}

void
NeuralObserver::SetStatusSource(std::function<detection::PeerStatus()> source)
{
    m_status = std::move(source);
}

void
NeuralObserver::SetUp(bool up)
{
    if (up == m_up)
    {
        return;
    }
    m_up = up;
    m_tick.Cancel();
    if (up)
    {
        m_ticks = 0;
        for (Target& target : m_targets)
        {
            target.features.Start(m_clock->Now());
        }
        ScheduleTick();
    }
    m_livenessTrace(up);
}

bool
NeuralObserver::IsUp() const
{
    return m_up;
}

void
NeuralObserver::OnArrival(const detection::PeerArrival& arrival)
{
    Target* target = Find(arrival.peer);
    if (m_up && target)
    {
        target->features.OnArrival(arrival);
        m_arrivalTrace(arrival);
    }
}

void
NeuralObserver::OnSent(uint32_t peer, uint64_t sequence)
{
    Target* target = Find(peer);
    if (m_up && target)
    {
        target->features.OnSent(sequence, m_clock->Now());
    }
}

uint32_t
NeuralObserver::GetObserver() const
{
    return m_observer;
}

const std::vector<uint32_t>&
NeuralObserver::GetWatched() const
{
    return m_watched;
}

Ptr<NodeClock>
NeuralObserver::GetClock() const
{
    return m_clock;
}

std::size_t
NeuralObserver::GetWindowLength() const
{
    return m_windowLength;
}

Time
NeuralObserver::GetHeartbeatInterval() const
{
    return m_heartbeatInterval;
}

const neural::FeatureExtractor&
NeuralObserver::GetFeatures(uint32_t target) const
{
    const Target* found = Find(target);
    NS_ABORT_MSG_IF(!found, "host " << m_observer << " does not watch host " << target);
    return found->features;
}

std::size_t
NeuralObserver::GetRowCount() const
{
    return static_cast<std::size_t>(std::min<uint64_t>(m_ticks, m_windowLength));
}

bool
NeuralObserver::CopyWindow(uint32_t target, float* window) const
{
    const Target* found = Find(target);
    if (!found || m_ticks < m_windowLength)
    {
        return false;
    }
    for (std::size_t i = 0; i < m_windowLength; ++i)
    {
        const neural::FeatureRow& row = found->rows[(m_ticks + i) % m_windowLength];
        window = std::copy(row.begin(), row.end(), window);
    }
    return true;
}

bool
NeuralObserver::CopyProvisionalWindow(uint32_t target, float* window) const
{
    if (!CopyWindow(target, window))
    {
        return false;
    }
    const Target* found = Find(target);
    const Knowledge knowledge = Gather();
    const neural::FeatureRow row =
        found->features.Tick(m_clock->Now(), KnownBeside(*found, knowledge));
    std::copy(row.begin(), row.end(), window + (m_windowLength - 1) * neural::FEATURE_COUNT);
    return true;
}

void
NeuralObserver::DoDispose()
{
    m_up = false;
    m_tick.Cancel();
    m_status = nullptr;
    m_clock = nullptr;
    m_targets.clear();
    Object::DoDispose();
}

void
NeuralObserver::ScheduleTick()
{
    const int64_t interval = m_tickInterval.GetNanoSeconds();
    const int64_t now = Simulator::Now().GetNanoSeconds();
    m_tick =
        Simulator::Schedule(NanoSeconds(interval - now % interval), &NeuralObserver::Tick, this);
}

void
NeuralObserver::Tick()
{
    const std::chrono::nanoseconds now = m_clock->Now();
    const Knowledge knowledge = Gather();
    const std::size_t slot = m_ticks % m_windowLength;
    for (Target& target : m_targets)
    {
        target.rows[slot] = target.features.Tick(now, KnownBeside(target, knowledge));
    }
    ++m_ticks;
    ScheduleTick();
    for (const Target& target : m_targets)
    {
        m_observationTrace(Simulator::Now(), m_observer, target.host, target.rows[slot]);
    }
}

NeuralObserver::Knowledge
NeuralObserver::Gather() const
{
    Knowledge knowledge;
    if (m_status)
    {
        knowledge.own = m_status();
    }
    for (const Target& target : m_targets)
    {
        if (const auto& status = target.features.Status())
        {
            knowledge.term.Offer(status->term, target.host);
            knowledge.lastIndex.Offer(status->lastIndex, target.host);
            knowledge.commitIndex.Offer(status->commitIndex, target.host);
        }
    }
    return knowledge;
}

detection::PeerStatus
NeuralObserver::KnownBeside(const Target& target, const Knowledge& knowledge) const
{
    // The second best of the others: a single liar cannot make all honest peers look stale.
    detection::PeerStatus known;
    known.term = std::max(knowledge.own.term, knowledge.term.SecondWithout(target.host));
    known.lastIndex =
        std::max(knowledge.own.lastIndex, knowledge.lastIndex.SecondWithout(target.host));
    known.commitIndex =
        std::max(knowledge.own.commitIndex, knowledge.commitIndex.SecondWithout(target.host));
    const auto& status = target.features.Status();
    if (status && status->leader)
    {
        known.leader = knowledge.own.leader && knowledge.own.term == status->term;
        for (const Target& other : m_targets)
        {
            const auto& claim = other.features.Status();
            known.leader = known.leader || (other.host != target.host && claim && claim->leader &&
                                            claim->term == status->term);
        }
    }
    return known;
}

const NeuralObserver::Target*
NeuralObserver::Find(uint32_t host) const
{
    const auto it =
        std::lower_bound(m_targets.begin(),
                         m_targets.end(),
                         host,
                         [](const Target& target, uint32_t id) { return target.host < id; });
    return it != m_targets.end() && it->host == host ? &*it : nullptr;
}

NeuralObserver::Target*
NeuralObserver::Find(uint32_t host)
{
    return const_cast<Target*>(static_cast<const NeuralObserver*>(this)->Find(host));
}

} // namespace ns3
