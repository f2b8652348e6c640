#include "swim-broadcasts.h"

#include <algorithm>
#include <cmath>

namespace ns3::detection
{

SwimBroadcasts::SwimBroadcasts(uint32_t limit)
    : m_limit(limit)
{
}

void
SwimBroadcasts::Enqueue(const SwimStatement& statement)
{
    m_pending.erase(std::remove_if(m_pending.begin(),
                                   m_pending.end(),
                                   [&](const Pending& pending) {
                                       return pending.statement.member == statement.member;
                                   }),
                    m_pending.end());
    m_pending.insert(m_pending.begin(), {statement, 0, ++m_age});
}

void
SwimBroadcasts::Take(std::size_t most, uint32_t except, std::vector<SwimStatement>& out)
{
    std::size_t taken = 0;
    for (Pending& pending : m_pending)
    {
        if (taken == most)
        {
            break;
        }
        if (pending.statement.member != except)
        {
            out.push_back(pending.statement);
            ++pending.transmissions;
            ++taken;
        }
    }
    if (taken == 0)
    {
        return;
    }
    m_pending.erase(
        std::remove_if(m_pending.begin(),
                       m_pending.end(),
                       [this](const Pending& pending) { return pending.transmissions >= m_limit; }),
        m_pending.end());
    std::sort(m_pending.begin(), m_pending.end(), [](const Pending& a, const Pending& b) {
        return a.transmissions != b.transmissions ? a.transmissions < b.transmissions
                                                  : a.age > b.age;
    });
}

std::size_t
SwimBroadcasts::GetSize() const
{
    return m_pending.size();
}

uint32_t
SwimBroadcasts::TransmissionLimit(uint32_t multiplier, std::size_t members)
{
    return multiplier *
           static_cast<uint32_t>(std::ceil(std::log10(static_cast<double>(members) + 1)));
}

} // namespace ns3::detection
