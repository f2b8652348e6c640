#include "consensus-replay.h"

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace ns3
{

using detection::Nanos;

namespace
{

/** Rows between two reports of progress. */
constexpr uint64_t REPORT_ROWS = 1U << 14;

} // namespace

ConsensusReplay::ConsensusReplay(std::string path, const HeartbeatSurvey& survey, ReplaySetup setup)
    : m_path(std::move(path)),
      m_setup(std::move(setup)),
      m_slack(survey.least - survey.disorder)
{
    std::vector<std::size_t> order(survey.pairs.size());
    for (std::size_t i = 0; i < order.size(); ++i)
    {
        order[i] = i;
    }
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        const auto& x = survey.pairs[a];
        const auto& y = survey.pairs[b];
        return std::tie(x.observer, x.target) < std::tie(y.observer, y.target);
    });
    std::size_t gossiping = 0;
    for (const detection::DetectorSpec& spec : m_setup.detectors)
    {
        const bool gossips = detection::GossipQuorum(spec) > 0;
        m_kinds.push_back({gossips, gossips ? gossiping++ : m_kinds.size() - gossiping});
    }
    m_places.resize(order.size());
    m_pairs.reserve(order.size()); // listeners keep hold of pairs
    for (std::size_t place = 0; place < order.size(); ++place)
    {
        m_places[order[place]] = place;
        AddPair(survey.pairs[order[place]]);
    }
    AddGossip(survey);
}

void
ConsensusReplay::AddPair(const HeartbeatSurvey::Pair& known)
{
    detection::PairReplaySettings settings;
    settings.phase = m_setup.crashPhase;
    settings.warmUp = m_setup.warmUp;
    settings.period = known.period;
    // An arrival before its sending proves that the clocks differ by that much at least.
    settings.skew = std::min(known.least, Nanos(0));
    m_pairs.push_back(
        {known.observer, known.target, std::make_unique<detection::PairReplay>(settings)});
    Pair* const pair = &m_pairs.back();
    for (std::size_t i = 0; i < m_setup.detectors.size(); ++i)
    {
        const detection::DetectorSpec& spec = m_setup.detectors[i];
        if (m_kinds[i].gossips)
        {
            continue;
        }
        pair->replay->AddDetector(
            detection::MakeFailureDetector(spec.name, spec.parameters, known.period),
            [this, pair, i](Nanos time, bool suspected, double level) {
                if (m_suspicionListener)
                {
                    m_suspicionListener(*pair, i, time, suspected, level);
                }
            });
    }
}

/** Has the detectors that gossip replayed for all pairs together. */
void
ConsensusReplay::AddGossip(const HeartbeatSurvey& survey)
{
    detection::GossipReplaySettings settings;
    std::vector<std::size_t> detectors; // in the setup
    for (std::size_t i = 0; i < m_kinds.size(); ++i)
    {
        if (m_kinds[i].gossips)
        {
            settings.detectors.push_back(m_setup.detectors[i]);
            detectors.push_back(i);
        }
    }
    if (detectors.empty())
    {
        return;
    }
    const auto insist = [this](bool holds, const char* what, const char* expected) {
        if (!holds)
        {
            throw std::runtime_error(m_path + ": " + what + ": expected " + expected +
                                     ", as a detector gossips");
        }
    };
    insist(survey.hasPairs, "no observers and targets", "them");
    insist(survey.disorder == Nanos(0), "rows out of order", "them in the order of sending");
    insist(survey.least >= Nanos(0), "an arrival before its sending", "times on one clock");
    std::vector<Nanos> periods;
    for (const HeartbeatSurvey::Pair& pair : survey.pairs)
    {
        settings.pairs.push_back({pair.observer, pair.target, pair.period});
        periods.push_back(pair.period);
    }
    std::sort(periods.begin(), periods.end());
    const Nanos period =
        periods.empty() ? detection::DEFAULT_HEARTBEAT_PERIOD : periods[periods.size() / 2];
    settings.voteLife = detection::SuspicionGossip::VOTE_LIFE_PERIODS * period;
    settings.phase = m_setup.crashPhase;
    settings.warmUp = m_setup.warmUp;
    m_slack = Nanos(0); // nothing is handled before all that was sent until then
    m_gossip = std::make_unique<detection::GossipReplay>(
        std::move(settings),
        [this, detectors](const detection::GossipReplay::Turn& turn) {
            if (m_suspicionListener)
            {
                m_suspicionListener(PairOf(turn.observer, turn.target),
                                    detectors[turn.detector],
                                    turn.time,
                                    turn.suspected,
                                    turn.votes);
            }
        });
}

const ConsensusReplay::Pair&
ConsensusReplay::PairOf(uint32_t observer, uint32_t target) const
{
    return *std::lower_bound(m_pairs.begin(),
                             m_pairs.end(),
                             std::tie(observer, target),
                             [](const Pair& pair, const auto& key) {
                                 return std::tie(pair.observer, pair.target) < key;
                             });
}

void
ConsensusReplay::OnSuspicion(SuspicionListener listener)
{
    m_suspicionListener = std::move(listener);
}

void
ConsensusReplay::OnLook(LookListener listener)
{
    m_lookListener = std::move(listener);
}

const std::vector<ConsensusReplay::Pair>&
ConsensusReplay::Pairs() const
{
    return m_pairs;
}

const detection::QosStatistics&
ConsensusReplay::Qos(const Pair& pair, std::size_t detector) const
{
    const Place& place = m_kinds.at(detector);
    return place.gossips ? m_gossip->Qos(pair.observer, pair.target, place.index)
                         : pair.replay->Qos(place.index);
}

ConsensusReplay::Opinion
ConsensusReplay::Look(const Pair& pair, std::size_t detector, Nanos time) const
{
    const Place& place = m_kinds.at(detector);
    if (place.gossips)
    {
        return {static_cast<double>(m_gossip->Votes(pair.observer, pair.target, place.index)),
                m_gossip->Suspected(pair.observer, pair.target, place.index)};
    }
    const detection::DetectorReplay& replay = pair.replay->Detector(place.index);
    return {replay.Level(time), replay.Suspected()};
}

bool
ConsensusReplay::IsLater(const Arrival& a, const Arrival& b)
{
    return std::tie(a.arrived, a.row) > std::tie(b.arrived, b.row);
}

void
ConsensusReplay::Run(const ReadingProgress& progress)
{
    HeartbeatReader reader(m_path);
    HeartbeatPairs indices;
    RecordedHeartbeat beat;
    Nanos latest = Nanos::min();
    for (uint64_t row = 0; reader.Next(beat); ++row)
    {
        const std::size_t index = indices.IndexOf(beat);
        if (index >= m_places.size())
        {
            throw std::runtime_error(m_path + " changed while it was read");
        }
        latest = std::max(latest, beat.sent);
        Release(latest + m_slack);
        if (m_gossip)
        {
            LookBefore(beat.sent);
            m_gossip->OnSent(beat.observer, beat.target, beat.sequence, beat.sent, beat.arrived);
        }
        const std::size_t place = m_places[index];
        const uint64_t heartbeat =
            m_pairs[place].replay->OnSent(beat.sequence, beat.sent, !beat.arrived);
        if (beat.arrived)
        {
            m_waiting.push_back({*beat.arrived, row, place, heartbeat, beat.sequence, beat.sent});
            std::push_heap(m_waiting.begin(), m_waiting.end(), IsLater);
        }
        if (progress && row % REPORT_ROWS == 0)
        {
            progress(reader.Lines().Position(), reader.Lines().Size());
        }
    }
    Release(Nanos::max());
    LookBefore(Nanos::max());
    for (const Pair& pair : m_pairs)
    {
        pair.replay->Finish();
    }
    if (m_gossip)
    {
        m_gossip->Finish();
    }
}

void
ConsensusReplay::Release(Nanos until)
{
    while (!m_waiting.empty() && m_waiting.front().arrived <= until)
    {
        std::pop_heap(m_waiting.begin(), m_waiting.end(), IsLater);
        Handle(m_waiting.back());
        m_waiting.pop_back();
    }
}

void
ConsensusReplay::Handle(const Arrival& arrival)
{
    LookBefore(arrival.arrived);
    Pair& pair = m_pairs[arrival.pair];
    detection::PeerArrival message;
    message.peer = pair.target;
    message.sequence = arrival.sequence;
    message.arrived = arrival.arrived;
    message.peerClock = arrival.sent;
    pair.replay->OnArrival(arrival.heartbeat, message);
}

void
ConsensusReplay::LookBefore(Nanos time)
{
    for (; m_looks < m_setup.at.size() && m_setup.at[m_looks] < time; ++m_looks)
    {
        for (const Pair& pair : m_pairs)
        {
            pair.replay->AdvanceTo(m_setup.at[m_looks]);
        }
        if (m_gossip)
        {
            m_gossip->AdvanceTo(m_setup.at[m_looks]);
        }
        if (m_lookListener)
        {
            m_lookListener(m_setup.at[m_looks]);
        }
    }
}

} // namespace ns3
