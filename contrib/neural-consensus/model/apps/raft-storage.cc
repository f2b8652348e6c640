#include "raft-storage.h"

#include "ns3/abort.h"
#include "ns3/raft-wal.h"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace ns3
{

using namespace raft;

RaftStorage::RaftStorage(Ptr<NodeDisk> disk)
    : m_disk(disk)
{
}

RaftStorage::~RaftStorage() = default;

void
RaftStorage::SetWritten(Written written)
{
    m_written = std::move(written);
}

const DurableState&
RaftStorage::GetDurable() const
{
    return m_durable;
}

void
RaftStorage::Write(PersistRequest request)
{
    m_waiting.push_back(std::move(request));
    if (m_inFlight.empty())
    {
        StartWrite();
    }
}

void
RaftStorage::Crash(double written)
{
    NS_ABORT_MSG_IF(!(written >= 0 && written < 1),
                    "the share of a write that reached the disk is in [0, 1), not " << written);
    std::string bytes;
    for (const auto& request : m_inFlight)
    {
        AppendRecords(request, bytes);
    }
    const auto reached = static_cast<std::size_t>(written * static_cast<double>(bytes.size() + 1));
    RecoverRecords(std::string_view(bytes).substr(0, reached), m_durable);
    m_waiting.clear();
    m_inFlight.clear();
    ++m_life;
}

void
RaftStorage::StartWrite()
{
    m_inFlight.swap(m_waiting);
    std::size_t bytes = 0;
    for (const auto& request : m_inFlight)
    {
        bytes += SizeOnDisk(request);
    }
    constexpr std::size_t most = std::numeric_limits<uint32_t>::max();
    m_disk->Write(static_cast<uint32_t>(std::min(bytes, most)),
                  [this, life = m_life] { Finish(life); });
}

void
RaftStorage::Finish(uint64_t life)
{
    if (life != m_life)
    {
        return;
    }
    const uint64_t ticket = m_inFlight.back().ticket;
    for (auto& request : m_inFlight)
    {
        ApplyWrite(m_durable, std::move(request));
    }
    m_inFlight.clear();
    if (!m_waiting.empty())
    {
        StartWrite();
    }
    if (m_written)
    {
        m_written(ticket);
    }
}

} // namespace ns3
