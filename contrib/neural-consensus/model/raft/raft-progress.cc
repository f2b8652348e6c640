#include "raft-progress.h"

#include <algorithm>

namespace ns3::raft
{

void
InFlightWindow::Reset(uint32_t maxMessages, uint64_t maxBytes)
{
    m_maxMessages = maxMessages;
    m_maxBytes = maxBytes;
    Clear();
}

void
InFlightWindow::Clear()
{
    m_first = 0;
    m_count = 0;
    m_bytes = 0;
}

bool
InFlightWindow::IsFull() const
{
    return m_count > 0 && (m_count >= m_maxMessages || m_bytes >= m_maxBytes);
}

bool
InFlightWindow::IsEmpty() const
{
    return m_count == 0;
}

void
InFlightWindow::Add(Index last, uint64_t bytes, TimePoint at)
{
    if (m_count == m_ring.size())
    {
        // Bring the oldest to the front, so that the ring can grow behind the newest.
        std::rotate(m_ring.begin(),
                    m_ring.begin() + static_cast<std::ptrdiff_t>(m_first),
                    m_ring.end());
        m_first = 0;
        m_ring.resize(std::min<std::size_t>(m_maxMessages, 2 * m_ring.size() + 4));
    }
    m_ring[(m_first + m_count) % m_ring.size()] = Sent{last, bytes, at};
    ++m_count;
    m_bytes += bytes;
}

void
InFlightWindow::FreeUpTo(Index index)
{
    while (m_count > 0 && m_ring[m_first].last <= index)
    {
        m_bytes -= m_ring[m_first].bytes;
        m_first = (m_first + 1) % m_ring.size();
        --m_count;
    }
}

TimePoint
InFlightWindow::GetOldest() const
{
    return m_ring[m_first].at;
}

} // namespace ns3::raft
