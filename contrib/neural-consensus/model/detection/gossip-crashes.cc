#include "gossip-crashes.h"

#include <algorithm>
#include <utility>

namespace ns3::detection
{

namespace
{

/** A sweep goes over everything; so rarely that it costs little for each heartbeat. */
constexpr std::size_t HEARTBEATS_PER_SWEEP = 1024;

} // namespace

GossipCrashes::GossipCrashes(std::vector<uint32_t> quorums, Nanos voteLife, Listener listener)
    : m_quorums(std::move(quorums)),
      m_voteLife(voteLife),
      m_listener(std::move(listener)),
      m_votes(m_quorums.size()),
      m_judges(m_quorums.size())
{
}

void
GossipCrashes::OnSent(uint32_t from, uint32_t to, Nanos sent, std::optional<Nanos> arrives)
{
    m_now = sent;
    Beats& beats = m_beats[{from, to}];
    if (arrives) // of lost ones nobody asks
    {
        beats.push_back({sent, *arrives, false, {}});
    }
    if (++m_sinceSweep >= std::max(HEARTBEATS_PER_SWEEP, m_beats.size()))
    {
        Sweep();
        Forget();
        m_sinceSweep = 0;
    }
}

void
GossipCrashes::OnHandled(uint32_t from,
                         uint32_t to,
                         Nanos sent,
                         const std::vector<std::optional<Nanos>>& standings)
{
    Beats& beats = m_beats[{from, to}];
    auto beat = std::lower_bound(beats.begin(), beats.end(), sent, [](const Beat& b, Nanos time) {
        return b.sent < time;
    });
    while (beat != beats.end() && beat->sent == sent && beat->handled)
    {
        ++beat; // one of several sent at one time
    }
    if (beat != beats.end() && beat->sent == sent)
    {
        beat->handled = true;
        beat->standings = standings;
    }
}

void
GossipCrashes::AddCrash(uint32_t observer, uint32_t target, Nanos time)
{
    if (time >= m_forgotten)
    {
        m_crashes[{target, observer}].push_back(time);
    }
}

void
GossipCrashes::Finish()
{
    Sweep();
    m_crashes.clear();
}

/** Judges one crash. @return false where that has to wait */
bool
GossipCrashes::Judge(uint32_t observer, uint32_t target, Nanos crash)
{
    for (std::vector<Nanos>& votes : m_votes)
    {
        votes.clear();
    }
    std::fill(m_judges.begin(), m_judges.end(), false);
    for (auto watch = m_beats.lower_bound({target, 0});
         watch != m_beats.end() && watch->first.first == target;
         ++watch)
    {
        const uint32_t voter = watch->first.second;
        const Beats& beats = watch->second;
        const auto last = std::find_if(beats.rbegin(), beats.rend(), [crash](const Beat& beat) {
            return beat.sent <= crash;
        });
        if (last == beats.rend())
        {
            continue; // it has never heard of the target
        }
        if (!last->handled)
        {
            return false;
        }
        for (std::size_t detector = 0; detector < m_quorums.size(); ++detector)
        {
            const std::optional<Nanos> standing = last->standings[detector];
            if (!standing)
            {
                continue;
            }
            if (voter == observer)
            {
                m_judges[detector] = true;
                m_votes[detector].push_back(*standing);
                continue;
            }
            const Nanos from = std::max(*standing, crash - m_voteLife);
            if (m_now < from + m_voteLife)
            {
                return false;
            }
            if (const std::optional<Nanos> heard = HeardBy(observer, voter, from))
            {
                m_votes[detector].push_back(*heard);
            }
        }
    }
    for (std::size_t detector = 0; detector < m_quorums.size(); ++detector)
    {
        std::vector<Nanos>& votes = m_votes[detector];
        std::sort(votes.begin(), votes.end());
        std::optional<Nanos> time;
        if (votes.size() >= m_quorums[detector])
        {
            time = std::max(votes[m_quorums[detector] - 1] - crash, Nanos(0));
        }
        if (m_judges[detector])
        {
            m_listener(observer, target, detector, time);
        }
    }
    return true;
}

/** @return when an observer first hears what a voter thinks since a moment; nothing if too late */
std::optional<Nanos>
GossipCrashes::HeardBy(uint32_t observer, uint32_t voter, Nanos from) const
{
    std::optional<Nanos> first;
    const auto channel = m_beats.find({voter, observer});
    if (channel == m_beats.end())
    {
        return first;
    }
    const Beats& beats = channel->second;
    for (auto beat = std::lower_bound(beats.begin(),
                                      beats.end(),
                                      from,
                                      [](const Beat&b, Nanos time) { return b.sent < time; });
         beat != beats.end() && beat->sent < (first ? *first : from + m_voteLife);
         ++beat)
    {
        if (!first || beat->arrives < *first)
        {
            first = beat->arrives;
        }
    }
    return first;
}

/** Judges all crashes that can be. */
void
GossipCrashes::Sweep()
{
    for (auto& [channel, crashes] : m_crashes)
    {
        while (!crashes.empty() && Judge(channel.second, channel.first, crashes.front()))
        {
            crashes.pop_front();
        }
    }
}

/** Drops the heartbeats that no crash will ask for. */
void
GossipCrashes::Forget()
{
    Nanos oldest = m_now - m_voteLife;
    for (const auto& [channel, crashes] : m_crashes)
    {
        if (!crashes.empty())
        {
            oldest = std::min(oldest, crashes.front());
        }
    }
    m_forgotten = oldest;
    for (auto& [channel, beats] : m_beats)
    {
        // The newest of the old ones stays: it may be the last that was heard.
        while (beats.size() > 1 && beats[1].sent <= oldest - m_voteLife)
        {
            beats.pop_front();
        }
    }
}

} // namespace ns3::detection
