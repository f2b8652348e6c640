#include "gossip-replay.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>

namespace ns3::detection
{

namespace
{

std::vector<uint32_t>
QuorumsOf(const std::vector<DetectorSpec>& detectors)
{
    std::vector<uint32_t> quorums;
    quorums.reserve(detectors.size());
    for (const DetectorSpec& spec : detectors)
    {
        quorums.push_back(GossipQuorum(spec));
    }
    return quorums;
}

} // namespace

GossipReplay::GossipReplay(GossipReplaySettings settings, Listener listener)
    : m_settings(std::move(settings)),
      m_listener(std::move(listener)),
      m_crashes(QuorumsOf(m_settings.detectors),
                m_settings.voteLife,
                [this](uint32_t observer,
                       uint32_t target,
                       std::size_t detector,
                       std::optional<Nanos> time) {
                    QosStatistics& qos =
                        m_observers.at(observer).peers.at(target).tracks[detector].qos;
                    ++qos.crashes;
                    if (time)
                    {
                        qos.detections.Add(*time);
                    }
                }),
      m_standings(m_settings.detectors.size())
{
    CheckQuorums();
    std::map<uint32_t, std::vector<uint32_t>> watched;
    for (const GossipReplaySettings::Pair& pair : m_settings.pairs)
    {
        watched[pair.observer].push_back(pair.target);
        watched[pair.target]; // it sends, though it may watch nobody
    }
    for (const auto& [observer, targets] : watched)
    {
        m_observers[observer].gossip =
            std::make_unique<SuspicionGossip>(targets,
                                              QuorumsOf(m_settings.detectors),
                                              m_settings.voteLife);
    }
    for (const GossipReplaySettings::Pair& pair : m_settings.pairs)
    {
        AddPeer(pair.observer, pair.target, pair.period);
    }
}

void
GossipReplay::CheckQuorums() const
{
    std::map<uint32_t, uint32_t> watchers;
    for (const GossipReplaySettings::Pair& pair : m_settings.pairs)
    {
        ++watchers[pair.target];
    }
    for (const DetectorSpec& spec : m_settings.detectors)
    {
        for (const auto& [target, count] : watchers)
        {
            if (GossipQuorum(spec) > count)
            {
                throw std::invalid_argument(
                    "detector " + spec.name + ": gossip=" + std::to_string(GossipQuorum(spec)) +
                    ", expected at most " + std::to_string(count) +
                    ", the number of servers that watch server " + std::to_string(target));
            }
        }
    }
}

void
GossipReplay::AddPeer(uint32_t observer, uint32_t target, Nanos period)
{
    Observer& host = m_observers[observer];
    Peer& peer = host.peers[target];
    peer.period = period;
    peer.tracks.resize(m_settings.detectors.size());
    for (std::size_t i = 0; i < peer.tracks.size(); ++i)
    {
        const DetectorSpec& spec = m_settings.detectors[i];
        peer.tracks[i].alone = std::make_unique<DetectorReplay>(
            MakeFailureDetector(spec.name, spec.parameters, period),
            [this, observer, target, i, gossip = host.gossip.get()](Nanos time, bool own, double) {
                gossip->SetOwn(i, target, own);
                Report(observer, target, i, time);
            });
    }
}

void
GossipReplay::OnSent(uint32_t observer,
                     uint32_t target,
                     uint64_t sequence,
                     Nanos sent,
                     std::optional<Nanos> arrives)
{
    Land(sent);
    Peer& peer = m_observers.at(observer).peers.at(target);
    if (peer.sent > 0)
    {
        // Where the numbers begin anew, the silence before is no interval between heartbeats.
        const bool restarted = sequence <= peer.sequence;
        Crash(observer, target, peer, restarted ? std::min(sent, peer.sentAt + peer.period) : sent);
    }
    m_crashes.OnSent(target, observer, sent, arrives);
    peer.sentAt = sent;
    peer.sequence = sequence;
    ++peer.sent;
    if (!arrives)
    {
        return;
    }
    Observer& sender = m_observers.at(target);
    Advance(sender, target, sent);
    Flight flight;
    flight.number = m_sent++;
    flight.observer = observer;
    flight.counts = peer.sent > m_settings.warmUp;
    flight.arrival.peer = target;
    flight.arrival.sequence = sequence;
    flight.arrival.arrived = *arrives;
    flight.arrival.peerClock = sent;
    if (!m_spare.empty())
    {
        flight.told = std::move(m_spare.back());
        m_spare.pop_back();
    }
    flight.told = sender.gossip->GetOwn();
    m_flights.push_back(std::move(flight));
    std::push_heap(m_flights.begin(), m_flights.end());
}

/** Has the peer crash after its latest heartbeat. */
void
GossipReplay::Crash(uint32_t observer, uint32_t target, const Peer& peer, Nanos until)
{
    const uint64_t heartbeat = peer.sent - 1;
    if (heartbeat >= m_settings.warmUp)
    {
        m_crashes.AddCrash(observer,
                           target,
                           CrashTime(m_settings.phase, heartbeat, peer.sentAt, until));
    }
}

void
GossipReplay::AdvanceTo(Nanos now)
{
    Land(now);
    for (auto& [id, observer] : m_observers)
    {
        Advance(observer, id, now);
    }
}

void
GossipReplay::Finish()
{
    Nanos last = Nanos::min();
    for (const Flight& flight : m_flights)
    {
        last = std::max(last, flight.arrival.arrived);
    }
    AdvanceTo(last);
    for (auto& [id, observer] : m_observers)
    {
        for (auto& [target, peer] : observer.peers)
        {
            if (peer.sent > 0)
            {
                Crash(id, target, peer, peer.sentAt + peer.period);
            }
            for (Track& track : peer.tracks)
            {
                if (peer.lastArrival)
                {
                    track.meter.End(*peer.lastArrival, track.qos);
                }
            }
        }
    }
    m_crashes.Finish();
}

bool
GossipReplay::Flight::operator<(const Flight& other) const
{
    return std::tie(arrival.arrived, number) > std::tie(other.arrival.arrived, other.number);
}

/** Has arrive what arrives up to a moment. */
void
GossipReplay::Land(Nanos until)
{
    while (!m_flights.empty() && m_flights.front().arrival.arrived <= until)
    {
        std::pop_heap(m_flights.begin(), m_flights.end());
        Flight flight = std::move(m_flights.back());
        m_flights.pop_back();
        Observer& observer = m_observers.at(flight.observer);
        Advance(observer, flight.observer, flight.arrival.arrived);
        Take(flight);
        Report(flight.observer,
               observer.gossip->Hear(flight.arrival, flight.told),
               flight.arrival.arrived);
        observer.wake = std::min(observer.wake, observer.gossip->Deadline().value_or(Nanos::max()));
        m_spare.push_back(std::move(flight.told));
    }
}

/** Lets deadlines pass and votes grow too old, in their order. */
void
GossipReplay::Advance(Observer& observer, uint32_t id, Nanos now)
{
    while (observer.wake <= now)
    {
        DetectorReplay* first = nullptr;
        Nanos due = observer.gossip->Deadline().value_or(Nanos::max());
        for (const auto& [target, peer] : observer.peers)
        {
            for (const Track& track : peer.tracks)
            {
                const std::optional<Nanos> standing = track.alone->Standing();
                if (!track.alone->Suspected() && standing && *standing < due)
                {
                    first = track.alone.get();
                    due = *standing;
                }
            }
        }
        observer.wake = due;
        if (due > now)
        {
            return;
        }
        if (first)
        {
            first->AdvanceTo(due);
        }
        else
        {
            Report(id, observer.gossip->Expire(due), due);
        }
    }
}

/** Gives the observer's own detectors a heartbeat. */
void
GossipReplay::Take(const Flight& flight)
{
    const PeerArrival& arrival = flight.arrival;
    Observer& observer = m_observers.at(flight.observer);
    Peer& peer = observer.peers.at(arrival.peer);
    peer.lastArrival = arrival.arrived;
    for (std::size_t i = 0; i < peer.tracks.size(); ++i)
    {
        Track& track = peer.tracks[i];
        track.alone->OnArrival(arrival);
        m_standings[i] = track.alone->Standing();
        if (!track.alone->Suspected())
        {
            observer.wake = std::min(observer.wake, m_standings[i].value_or(Nanos::max()));
        }
        if (flight.counts && !track.meter.Begun())
        {
            track.meter.Begin(arrival.arrived, track.suspected);
        }
    }
    m_crashes.OnHandled(arrival.peer, flight.observer, arrival.peerClock, m_standings);
}

void
GossipReplay::Report(uint32_t observer,
                     const std::vector<SuspicionGossip::Change>& changes,
                     Nanos time)
{
    for (const SuspicionGossip::Change& change : changes)
    {
        Report(observer, change.target, change.detector, time);
    }
}

/** Reports what has turned. */
void
GossipReplay::Report(uint32_t observer, uint32_t target, std::size_t detector, Nanos time)
{
    Observer& host = m_observers.at(observer);
    Track& track = host.peers.at(target).tracks[detector];
    const bool suspected = host.gossip->Suspects(detector, target);
    if (suspected == track.suspected)
    {
        return;
    }
    track.suspected = suspected;
    track.meter.Change(time, suspected, track.qos);
    if (m_listener)
    {
        m_listener({time,
                    observer,
                    target,
                    detector,
                    suspected,
                    host.gossip->CountVotes(detector, target)});
    }
}

uint32_t
GossipReplay::Votes(uint32_t observer, uint32_t target, std::size_t detector) const
{
    return m_observers.at(observer).gossip->CountVotes(detector, target);
}

bool
GossipReplay::Suspected(uint32_t observer, uint32_t target, std::size_t detector) const
{
    return TrackOf(observer, target, detector).suspected;
}

const QosStatistics&
GossipReplay::Qos(uint32_t observer, uint32_t target, std::size_t detector) const
{
    return TrackOf(observer, target, detector).qos;
}

const GossipReplay::Track&
GossipReplay::TrackOf(uint32_t observer, uint32_t target, std::size_t detector) const
{
    return m_observers.at(observer).peers.at(target).tracks.at(detector);
}

} // namespace ns3::detection
