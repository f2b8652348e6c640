#ifndef RAFT_MESSAGE_TAG_H
#define RAFT_MESSAGE_TAG_H

#include "ns3/tag.h"

#include <cstdint>

namespace ns3
{

/**
 * The number of a sending, for traces: lets an observer of the simulation tell which sending a
 * received message comes from, copies included. It is not on the wire and no server reads it.
 */
class RaftMessageTag : public Tag
{
  public:
    /** @return the registered type. */
    static TypeId GetTypeId();

    RaftMessageTag() = default;

    /** @param id number of the sending, above 0 */
    explicit RaftMessageTag(uint64_t id);

    /** @return the number, 0 if there is none */
    uint64_t GetId() const;

    // Inherited
    TypeId GetInstanceTypeId() const override;
    uint32_t GetSerializedSize() const override;
    void Serialize(TagBuffer buffer) const override;
    void Deserialize(TagBuffer buffer) override;
    void Print(std::ostream& os) const override;

  private:
    uint64_t m_id{0};
};

} // namespace ns3

#endif /* RAFT_MESSAGE_TAG_H */
