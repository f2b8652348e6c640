#include "consensus-topology.h"

#include "consensus-topology-builder.h"
#include "consensus-topology-file.h"

#include "ns3/abort.h"
#include "ns3/csma-helper.h"
#include "ns3/host-network.h"
#include "ns3/internet-stack-helper.h"
#ifdef NC_HAVE_WIFI
#include "ns3/wifi-helper.h"
#endif

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace ns3
{

namespace
{

/** Addresses have room for this many in every family. */
constexpr uint32_t MAX_HOSTS = 250;

struct Family
{
    std::string name;
    void (*build)(ConsensusTopologyBuilder&);
    bool hasRate;           ///< whether the link rate is for the user to choose
    bool hasDelay;          ///< whether the link delay is
    bool hasLoad;           ///< whether others' traffic is
    TopologyRange jitterMs; ///< standard deviation
    TopologyRange loss;
    TopologyRange burstLoss;
};

constexpr TopologyRange NONE{0, 0, 0};

const std::vector<Family>&
Families()
{
    static const std::vector<Family> families{
        {"lan", &BuildLan, true, true, false, {0, 0, 0.05}, {0, 0, 2e-5}, NONE},
        {"star", &BuildStar, true, true, false, {0, 0, 0.2}, {0, 0, 1e-4}, NONE},
        {"mesh", &BuildMesh, true, true, false, {0, 0, 0.2}, {0, 0, 1e-4}, NONE},
        {"dumbbell", &BuildDumbbell, true, true, false, {0, 0, 1}, {0, 0, 1e-3}, {0, 0, 0.002}},
        {"wan", &BuildWan, true, false, false, {0, 0.1, 1}, NONE, {0, 0.001, 0.005}},
        {"multi-az", &BuildMultiAz, true, false, false, {0.015, 0.01, 0.03}, {0, 0, 2e-5}, NONE},
        {"internet", &BuildInternet, true, false, false, NONE, {0, 0, 0.002}, NONE},
        {"starlink", &BuildStarlink, true, false, false, NONE, {0, 0, 0.002}, NONE},
        {"lte", &BuildLte, true, false, false, {4, 2, 6}, {0, 0, 1e-3}, NONE},
        {"leaf-spine", &BuildLeafSpine, true, true, true, NONE, {0, 0, 1e-5}, NONE},
#ifdef NC_HAVE_WIFI
        {"wifi", &BuildWifi, false, false, true, NONE, NONE, NONE},
#endif
        {"csma", &BuildCsma, true, true, false, {0, 0, 0.05}, {0, 0, 2e-5}, NONE},
    };
    return families;
}

const Family&
FindFamily(const std::string& name)
{
    static const Family file{"file", &BuildFromFile, true, false, false, NONE, NONE, NONE};
    if (IsTopologyFile(name))
    {
        return file;
    }
    const auto& families = Families();
    const auto found = std::find_if(families.begin(), families.end(), [&](const Family& family) {
        return family.name == name;
    });
    if (found == families.end())
    {
        std::string known;
        for (const auto& family : families)
        {
            known += (known.empty() ? "" : ", ") + family.name;
        }
        throw std::invalid_argument("unknown topology '" + name + "', expected one of " + known);
    }
    return *found;
}

void
Check(const TopologyOptions& options, const Family& family)
{
    const auto reject = [&](const std::string& what) {
        throw std::invalid_argument("topology " + options.name + ": " + what);
    };
    if (options.servers < 1)
    {
        reject("0 servers, expected at least 1");
    }
    const uint64_t hosts = uint64_t{options.servers} + options.clients;
    if (hosts > MAX_HOSTS)
    {
        reject(std::to_string(hosts) + " servers and clients, expected at most " +
               std::to_string(MAX_HOSTS));
    }
    if (options.linkRate && !family.hasRate)
    {
        reject("link rate given, but the standard sets it");
    }
    if (options.linkRate && options.linkRate->GetBitRate() == 0)
    {
        reject("link rate is 0 bit/s, expected more");
    }
    if (options.linkDelay && !family.hasDelay)
    {
        reject("link delay given, but the family's own delays hold");
    }
    if (options.linkDelay && options.linkDelay->IsStrictlyNegative())
    {
        std::ostringstream message;
        message << "link delay is " << options.linkDelay->GetSeconds()
                << " s, expected at least 0 s";
        reject(message.str());
    }
    if (options.backgroundLoad && !family.hasLoad)
    {
        reject("background load given, but the family has no traffic of others");
    }
    if (options.backgroundLoad &&
        !(*options.backgroundLoad >= 0.0 && *options.backgroundLoad <= 1.0))
    {
        reject("background load is " + std::to_string(*options.backgroundLoad) +
               ", expected a share from 0 to 1");
    }
    options.impairment.Validate();
}

} // namespace

ConsensusTopology
BuildTopology(const TopologyOptions& options)
{
    const Family& family = FindFamily(options.name);
    Check(options, family);
    ConsensusTopologyBuilder builder(options);
    builder.DrawImpairment(family.jitterMs, family.loss, family.burstLoss);
    family.build(builder);
    return builder.Finish();
}

const std::vector<std::string>&
TopologyNames()
{
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (const auto& family : Families())
        {
            all.push_back(family.name);
        }
        return all;
    }();
    return names;
}

const NodeContainer&
ConsensusTopology::Servers() const
{
    return m_servers;
}

const NodeContainer&
ConsensusTopology::Clients() const
{
    return m_clients;
}

const NodeContainer&
ConsensusTopology::Infrastructure() const
{
    return m_infrastructure;
}

uint32_t
ConsensusTopology::HostCount() const
{
    return m_servers.GetN() + m_clients.GetN();
}

Ptr<Node>
ConsensusTopology::Host(uint32_t id) const
{
    NS_ABORT_MSG_IF(id == 0 || id > HostCount(), "There is no host " << id);
    return id <= m_servers.GetN() ? m_servers.Get(id - 1)
                                  : m_clients.Get(id - 1 - m_servers.GetN());
}

NetDeviceContainer
ConsensusTopology::DevicesOf(uint32_t id) const
{
    return m_devices.at(id - 1);
}

std::string
ConsensusTopology::HostName(uint32_t id) const
{
    NS_ABORT_MSG_IF(id == 0 || id > HostCount(), "There is no host " << id);
    return (id <= m_servers.GetN() ? "server-" : "client-") + std::to_string(id);
}

std::string
ConsensusTopology::HostLabel(uint32_t id) const
{
    return m_labels.at(id - 1);
}

const std::string&
ConsensusTopology::Name() const
{
    return m_name;
}

Time
ConsensusTopology::WarmUp() const
{
    return m_warmUp;
}

Time
ConsensusTopology::PathLatency() const
{
    return m_pathLatency;
}

Time
ConsensusTopology::Jitter() const
{
    return m_jitter;
}

double
ConsensusTopology::Loss() const
{
    return m_loss;
}

const std::vector<std::pair<std::string, double>>&
ConsensusTopology::Parameters() const
{
    return m_parameters;
}

const std::vector<std::string>&
ConsensusTopology::Gaps() const
{
    return m_gaps;
}

int64_t
ConsensusTopology::AssignStreams(int64_t stream)
{
    int64_t next = stream;
    NodeContainer nodes(m_servers, m_clients, m_infrastructure);
    NetDeviceContainer devices(m_otherDevices);
    for (const auto& hostDevices : m_devices)
    {
        devices.Add(hostDevices);
    }
    // Those of the hosts come last, for their number depends on the rules that a run makes.
    next += InternetStackHelper().AssignStreams(nodes, next);
#ifdef NC_HAVE_WIFI
    next += WifiHelper().AssignStreams(devices, next);
#endif
    next += CsmaHelper().AssignStreams(devices, next);
    for (const auto& assign : m_random)
    {
        next += assign(next);
    }
    for (uint32_t id = 1; id <= HostCount(); ++id)
    {
        next += Host(id)->GetObject<HostNetwork>()->AssignStreams(next);
    }
    return next - stream;
}

} // namespace ns3
