// Reads any bytes as a packet of each of the module's protocols. What is accepted comes out as the
// same bytes again.

#include "fuzz-input.h"

#include "ns3/heartbeat-header.h"
#include "ns3/packet.h"
#include "ns3/raft-client-header.h"
#include "ns3/raft-header.h"
#include "ns3/swim-header.h"

#include <cstring>
#include <vector>

namespace ns3::fuzz
{

namespace
{

void
CheckSame(const Header& header, const uint8_t* data, std::size_t size)
{
    const Ptr<Packet> packet = Create<Packet>();
    packet->AddHeader(header);
    std::vector<uint8_t> bytes(packet->GetSize());
    packet->CopyData(bytes.data(), static_cast<uint32_t>(bytes.size()));
    Require(bytes.size() == size && std::memcmp(bytes.data(), data, size) == 0,
            "what is accepted comes out as the same bytes");
}

} // namespace

} // namespace ns3::fuzz

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    using namespace ns3;
    const Ptr<const Packet> packet = Create<const Packet>(data, static_cast<uint32_t>(size));
    if (auto content = RaftHeader::Parse(packet))
    {
        const RaftHeader header(std::move(content->message), std::move(content->seal));
        fuzz::CheckSame(header, data, size);
    }
    if (auto command = RaftRequestHeader::Parse(packet))
    {
        fuzz::CheckSame(RaftRequestHeader(std::move(*command)), data, size);
    }
    if (auto reply = RaftReplyHeader::Parse(packet))
    {
        fuzz::CheckSame(RaftReplyHeader(std::move(*reply)), data, size);
    }
    if (const auto heartbeat = HeartbeatHeader::Parse(packet))
    {
        fuzz::CheckSame(*heartbeat, data, size);
    }
    if (auto message = SwimHeader::Parse(packet))
    {
        fuzz::CheckSame(SwimHeader(std::move(*message)), data, size);
    }
    return 0;
}
