#include "raft-storage.h"

#include <utility>

namespace ns3
{

using namespace raft;

namespace
{

// Bytes that a request costs on disk: hard state or entry, each with a checksum and a length.
constexpr uint32_t RECORD_SIZE = 24;

uint32_t
BytesOf(const PersistRequest& request)
{
    uint32_t bytes = request.hardState ? RECORD_SIZE : 0;
    if (request.snapshot)
    {
        bytes += RECORD_SIZE + request.snapshot->data->size();
    }
    for (const auto& entry : request.entries)
    {
        bytes += RECORD_SIZE + (entry.command ? entry.command->size() : 0);
    }
    return bytes;
}

} // namespace

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
RaftStorage::DropPending()
{
    m_waiting.clear();
    m_inFlight.clear();
    ++m_life;
}

void
RaftStorage::StartWrite()
{
    m_inFlight.swap(m_waiting);
    uint32_t bytes = 0;
    for (const auto& request : m_inFlight)
    {
        bytes += BytesOf(request);
    }
    m_disk->Write(bytes, [this, life = m_life] { Finish(life); });
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
