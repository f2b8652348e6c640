#include "pair-replay.h"

#include <algorithm>
#include <utility>

namespace ns3::detection
{

PairReplay::PairReplay(const PairReplaySettings& settings)
    : m_settings(settings),
      m_open(8)
{
}

void
PairReplay::AddDetector(std::unique_ptr<FailureDetector> detector,
                        DetectorReplay::Listener listener)
{
    auto track = std::make_unique<Track>();
    track->replay = std::make_unique<DetectorReplay>(
        std::move(detector),
        [at = track.get(), hear = std::move(listener)](Nanos time, bool suspected, double level) {
            at->meter.Change(time, suspected, at->qos);
            if (hear)
            {
                hear(time, suspected, level);
            }
        });
    m_tracks.push_back(std::move(track));
    m_standings.resize(m_open.size() * m_tracks.size());
}

uint64_t
PairReplay::OnSent(uint64_t sequence, Nanos sent, bool lost)
{
    if (m_next > m_first)
    {
        // Where the numbers begin anew, the silence before is no interval between heartbeats.
        const Nanos last = At(m_next - 1).sent;
        const bool restarted = sequence <= m_lastSequence;
        SetCrash(restarted ? std::min(sent, last + m_settings.period) : sent);
        Settle();
    }
    if (m_next - m_first == m_open.size())
    {
        Grow();
    }
    At(m_next) = Open{sent, {}, lost ? Open::LOST : Open::UNDER_WAY, false};
    m_lastSequence = sequence;
    return m_next++;
}

void
PairReplay::OnArrival(uint64_t heartbeat, const PeerArrival& arrival)
{
    const bool counts = heartbeat >= m_settings.warmUp;
    for (std::size_t i = 0; i < m_tracks.size(); ++i)
    {
        Track& track = *m_tracks[i];
        track.replay->OnArrival(arrival);
        StandingAt(heartbeat, i) = track.replay->Standing();
        if (counts && !track.meter.Begun())
        {
            track.meter.Begin(arrival.arrived, track.replay->Suspected());
        }
    }
    m_lastArrival = arrival.arrived;
    At(heartbeat).state = Open::ARRIVED;
    Settle();
}

void
PairReplay::AdvanceTo(Nanos now)
{
    for (const auto& track : m_tracks)
    {
        track->replay->AdvanceTo(now);
    }
}

void
PairReplay::Finish()
{
    if (m_next > m_first)
    {
        SetCrash(At(m_next - 1).sent + m_settings.period);
        Settle();
    }
    for (const auto& track : m_tracks)
    {
        if (m_lastArrival)
        {
            track->meter.End(*m_lastArrival, track->qos);
        }
    }
}

uint64_t
PairReplay::Heartbeats() const
{
    return m_next - std::min(m_next, m_settings.warmUp);
}

std::size_t
PairReplay::Size() const
{
    return m_tracks.size();
}

const DetectorReplay&
PairReplay::Detector(std::size_t index) const
{
    return *m_tracks.at(index)->replay;
}

const QosStatistics&
PairReplay::Qos(std::size_t index) const
{
    return m_tracks.at(index)->qos;
}

PairReplay::Open&
PairReplay::At(uint64_t heartbeat)
{
    return m_open[heartbeat % m_open.size()];
}

std::optional<Nanos>&
PairReplay::StandingAt(uint64_t heartbeat, std::size_t detector)
{
    return m_standings[heartbeat % m_open.size() * m_tracks.size() + detector];
}

void
PairReplay::SetCrash(Nanos until)
{
    const uint64_t last = m_next - 1;
    Open& open = At(last);
    open.crash = CrashTime(m_settings.phase, last, open.sent, until) + m_settings.skew;
    open.crashKnown = true;
}

void
PairReplay::Settle()
{
    for (; m_first < m_next; ++m_first)
    {
        const Open& open = At(m_first);
        if (!open.crashKnown || open.state == Open::UNDER_WAY)
        {
            return;
        }
        m_heard = m_heard || open.state == Open::ARRIVED;
        for (std::size_t i = 0; i < m_tracks.size(); ++i)
        {
            Track& track = *m_tracks[i];
            if (open.state == Open::ARRIVED)
            {
                track.standing = StandingAt(m_first, i);
            }
            if (!m_heard || m_first < m_settings.warmUp)
            {
                continue;
            }
            ++track.qos.crashes;
            if (track.standing)
            {
                track.qos.detections.Add(std::max(*track.standing - open.crash, Nanos(0)));
            }
        }
    }
}

void
PairReplay::Grow()
{
    std::vector<Open> open(m_open.size() * 2);
    std::vector<std::optional<Nanos>> standings(m_standings.size() * 2);
    for (uint64_t i = m_first; i < m_next; ++i)
    {
        open[i % open.size()] = At(i);
        for (std::size_t detector = 0; detector < m_tracks.size(); ++detector)
        {
            standings[i % open.size() * m_tracks.size() + detector] = StandingAt(i, detector);
        }
    }
    m_open = std::move(open);
    m_standings = std::move(standings);
}

} // namespace ns3::detection
