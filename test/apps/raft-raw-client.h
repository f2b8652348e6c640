#ifndef RAFT_RAW_CLIENT_H
#define RAFT_RAW_CLIENT_H

#include "raft-app-cluster.h"

#include "ns3/raft-client-header.h"
#include "ns3/raft-command.h"
#include "ns3/raft-transport.h"
#include "ns3/udp-socket-factory.h"

#include <memory>
#include <string>
#include <vector>

namespace nctest
{

/** A host without an application, on which the test itself speaks, over UDP. */
class RawClient
{
  public:
    RawClient(AppCluster& cluster, uint32_t host)
        : m_host(host),
          m_transport(ns3::RaftTransport::Open(
              {cluster.Host(host),
               ns3::UdpSocketFactory::GetTypeId(),
               9000,
               [this](uint32_t /* from */, ns3::Ptr<ns3::Packet> packet) { Take(packet); },
               [](const char*) {}}))
    {
    }

    /** Sends a command in this host's name. */
    void Ask(uint32_t server, ns3::raft::Command command)
    {
        command.client = m_host;
        Send(server, ns3::RaftRequestHeader(command.Encode()));
    }

    /** Sends what only servers say. */
    void Reply(uint32_t host, const ns3::RaftClientReply& reply)
    {
        Send(host, ns3::RaftReplyHeader(reply));
    }

    /** Sends anything. */
    void SendBytes(uint32_t host, const std::string& bytes)
    {
        m_transport->Send(host,
                          ns3::Create<ns3::Packet>(reinterpret_cast<const uint8_t*>(bytes.data()),
                                                   static_cast<uint32_t>(bytes.size())));
    }

    std::vector<ns3::RaftClientReply> replies; //!< to this host
    std::vector<ns3::raft::Command> commands;  //!< of clients who took this host for a server

  private:
    void Send(uint32_t host, const ns3::Header& header)
    {
        auto packet = ns3::Create<ns3::Packet>();
        packet->AddHeader(header);
        m_transport->Send(host, packet);
    }

    void Take(ns3::Ptr<ns3::Packet> packet)
    {
        if (const auto reply = ns3::RaftReplyHeader::Parse(packet))
        {
            replies.push_back(*reply);
        }
        else if (const auto bytes = ns3::RaftRequestHeader::Parse(packet))
        {
            commands.push_back(*ns3::raft::Command::Decode(*bytes));
        }
    }

    uint32_t m_host;
    std::unique_ptr<ns3::RaftTransport> m_transport;
};

/** Opens a session. */
inline ns3::raft::Command
RegisterCommand()
{
    ns3::raft::Command command;
    command.op = ns3::raft::CommandOp::REGISTER;
    return command;
}

} // namespace nctest

#endif /* RAFT_RAW_CLIENT_H */
