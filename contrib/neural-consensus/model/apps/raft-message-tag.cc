#include "raft-message-tag.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(RaftMessageTag);

TypeId
RaftMessageTag::GetTypeId()
{
    static TypeId tid = TypeId("ns3::RaftMessageTag")
                            .SetParent<Tag>()
                            .SetGroupName("NeuralConsensus")
                            .AddConstructor<RaftMessageTag>();
    return tid;
}

RaftMessageTag::RaftMessageTag(uint64_t id)
    : m_id(id)
{
}

uint64_t
RaftMessageTag::GetId() const
{
    return m_id;
}

TypeId
RaftMessageTag::GetInstanceTypeId() const
{
    return GetTypeId();
}

uint32_t
RaftMessageTag::GetSerializedSize() const
{
    return sizeof(m_id);
}

void
RaftMessageTag::Serialize(TagBuffer buffer) const
{
    buffer.WriteU64(m_id);
}

void
RaftMessageTag::Deserialize(TagBuffer buffer)
{
    m_id = buffer.ReadU64();
}

void
RaftMessageTag::Print(std::ostream& os) const
{
    os << "message " << m_id;
}

} // namespace ns3
