#include "raft-helper.h"

#include "ns3/abort.h"
#include "ns3/host-network.h"
#include "ns3/node-cpu.h"
#include "ns3/node-disk.h"
#include "ns3/raft-application.h"
#include "ns3/raft-client-application.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <vector>

namespace ns3
{

namespace
{

std::vector<uint32_t>
HostIds(const NodeContainer& hosts)
{
    std::vector<uint32_t> ids;
    for (auto node = hosts.Begin(); node != hosts.End(); ++node)
    {
        Ptr<HostNetwork> network = (*node)->GetObject<HostNetwork>();
        NS_ABORT_MSG_UNLESS(network, "node " << (*node)->GetId() << " has no HostNetwork");
        ids.push_back(network->GetHostId());
    }
    return ids;
}

} // namespace

RaftHelper::RaftHelper()
{
    m_server.SetTypeId(RaftApplication::GetTypeId());
    m_client.SetTypeId(RaftClientApplication::GetTypeId());
}

void
RaftHelper::SetServerAttribute(const std::string& name, const AttributeValue& value)
{
    m_server.Set(name, value);
}

void
RaftHelper::SetClientAttribute(const std::string& name, const AttributeValue& value)
{
    m_client.Set(name, value);
}

void
RaftHelper::EnableEvidence()
{
    m_evidence = true;
}

ApplicationContainer
RaftHelper::InstallServers(const NodeContainer& hosts, uint32_t voters) const
{
    const std::vector<uint32_t> ids = HostIds(hosts);
    const auto end = voters == 0 || voters >= ids.size() ? ids.end() : ids.begin() + voters;
    const std::vector<uint32_t> first(ids.begin(), end);
    const uint32_t last = ids.empty() ? 0 : *std::max_element(ids.begin(), ids.end());
    const evidence::Keys keys = m_evidence ? evidence::Keys::Make(last) : evidence::Keys{};
    ApplicationContainer applications;
    for (uint32_t i = 0; i < hosts.GetN(); ++i)
    {
        Ptr<Node> node = hosts.Get(i);
        Ptr<RaftApplication> server = m_server.Create<RaftApplication>();
        server->SetAttribute("ServerId", UintegerValue(ids[i]));
        server->SetServers(first);
        if (m_evidence)
        {
            server->SetIdentity(keys.signers[ids[i] - 1], keys.ring);
        }
        node->AddApplication(server);
        applications.Add(server);
    }
    return applications;
}

ApplicationContainer
RaftHelper::InstallClients(const NodeContainer& hosts, const NodeContainer& servers) const
{
    const std::vector<uint32_t> ids = HostIds(servers);
    ApplicationContainer applications;
    for (auto node = hosts.Begin(); node != hosts.End(); ++node)
    {
        Ptr<RaftClientApplication> client = m_client.Create<RaftClientApplication>();
        client->SetServers(ids);
        (*node)->AddApplication(client);
        applications.Add(client);
    }
    return applications;
}

int64_t
RaftHelper::AssignStreams(const ApplicationContainer& applications, int64_t stream)
{
    int64_t next = stream;
    for (auto at = applications.Begin(); at != applications.End(); ++at)
    {
        if (auto server = DynamicCast<RaftApplication>(*at))
        {
            Ptr<Node> node = server->GetNode();
            next += server->AssignStreams(next);
            next += NodeCpu::Of(node)->AssignStreams(next);
            next += NodeDisk::Of(node)->AssignStreams(next);
        }
        else if (auto client = DynamicCast<RaftClientApplication>(*at))
        {
            next += client->AssignStreams(next);
        }
    }
    return next - stream;
}

} // namespace ns3
