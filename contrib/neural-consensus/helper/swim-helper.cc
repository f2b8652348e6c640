#include "swim-helper.h"

#include "ns3/abort.h"
#include "ns3/host-network.h"

#include <vector>

namespace ns3
{

namespace
{

uint32_t
HostIdOf(Ptr<Node> node)
{
    Ptr<HostNetwork> network = node->GetObject<HostNetwork>();
    NS_ABORT_MSG_IF(!network, "a SWIM member needs a HostNetwork on its node");
    return network->GetHostId();
}

} // namespace

SwimHelper::SwimHelper()
{
    m_factory.SetTypeId(SwimApplication::GetTypeId());
}

void
SwimHelper::SetAttribute(const std::string& name, const AttributeValue& value)
{
    m_factory.Set(name, value);
}

ApplicationContainer
SwimHelper::Install(const NodeContainer& servers) const
{
    ApplicationContainer members;
    for (auto node = servers.Begin(); node != servers.End(); ++node)
    {
        std::vector<uint32_t> others;
        for (auto other = servers.Begin(); other != servers.End(); ++other)
        {
            if (*other != *node)
            {
                others.push_back(HostIdOf(*other));
            }
        }
        Ptr<SwimApplication> member = m_factory.Create<SwimApplication>();
        member->SetMembers(HostIdOf(*node), std::move(others));
        (*node)->AddApplication(member);
        members.Add(member);
    }
    return members;
}

int64_t
SwimHelper::AssignStreams(const ApplicationContainer& members, int64_t stream)
{
    int64_t used = 0;
    for (auto member = members.Begin(); member != members.End(); ++member)
    {
        used += DynamicCast<SwimApplication>(*member)->AssignStreams(stream + used);
    }
    return used;
}

} // namespace ns3
