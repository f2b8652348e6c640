#include "consensus-topology-builder.h"
#include "consensus-wan-latencies.h"

#include "ns3/point-to-point-helper.h"
#include "ns3/string.h"

#include <algorithm>

namespace ns3
{

namespace
{

/** From a host to another and back. */
struct PairDelay
{
    Time there;
    Time back;
};

/**
 * Links two hosts, a before b, in the network 10.a.b.0/30. A channel has one delay for both
 * directions; the rest of the slower one is the queue disc's.
 */
void
LinkPair(ConsensusTopologyBuilder& builder, DataRate rate, uint32_t a, uint32_t b, PairDelay delay)
{
    const TopologyOptions& options = builder.Options();
    const Time common = std::min(delay.there, delay.back);
    builder.NotePathLatency(std::max(delay.there, delay.back));
    PointToPointHelper links;
    links.SetDeviceAttribute("DataRate", DataRateValue(rate));
    links.SetChannelAttribute("Delay", TimeValue(common));
    links.SetQueue("ns3::DropTailQueue<Packet>", "MaxSize", StringValue(DEVICE_QUEUE_SIZE));
    const NetDeviceContainer link = links.Install(builder.Host(a), builder.Host(b));

    const uint32_t network = Ipv4Address("10.0.0.0").Get() + (a << 16) + (b << 8);
    const Ipv4Address addressOfA(network + 1);
    const Ipv4Address addressOfB(network + 2);
    const Ipv4Mask mask("255.255.255.252");
    const auto attach = [&](uint32_t from,
                            uint32_t to,
                            Ptr<NetDevice> device,
                            Ipv4Address own,
                            Ipv4Address others,
                            Time extra) {
        Ptr<NetemQueueDisc> disc = builder.AddHostDevice(from, device, own, mask);
        builder.Reach(from, to, others, disc);
        if (!extra.IsZero())
        {
            NetemParameters slower = options.impairment;
            slower.delay += extra;
            disc->SetRule(NetemQueueDisc::TOPOLOGY, others, slower);
        }
    };
    attach(a, b, link.Get(0), addressOfA, addressOfB, delay.there - common);
    attach(b, a, link.Get(1), addressOfB, addressOfA, delay.back - common);
}

/** Links every server with every host behind it, so that clients reach all servers. */
template <typename DelayOf>
void
LinkServersWithAll(ConsensusTopologyBuilder& builder, DataRate rate, DelayOf delayOf)
{
    for (uint32_t a = 1; a <= builder.Options().servers; ++a)
    {
        for (uint32_t b = a + 1; b <= builder.HostCount(); ++b)
        {
            LinkPair(builder, rate, a, b, {delayOf(a, b), delayOf(b, a)});
        }
    }
}

const Time WITHIN_REGION = MicroSeconds(500);
const Time BESIDE_SERVER = MicroSeconds(250);

} // namespace

void
BuildMesh(ConsensusTopologyBuilder& builder)
{
    const DataRate rate = builder.LinkRate({1e9, 1e8, 1e10});
    const Time delay = builder.LinkDelay({1, 0.1, 10});
    LinkServersWithAll(builder, rate, [delay](uint32_t, uint32_t) { return delay; });
}

void
BuildWan(ConsensusTopologyBuilder& builder)
{
    const DataRate rate = builder.LinkRate({1e9, 1e8, 1e10});
    const std::vector<uint32_t> regions = builder.Draw().Places(WAN_REGIONS);
    const uint32_t servers = builder.Options().servers;
    // A client stands beside a server, clients one after the other beside server 1, 2, ...
    const auto site = [servers](uint32_t host) {
        return host <= servers ? host : (host - servers - 1) % servers + 1;
    };
    const auto region = [&](uint32_t host) { return regions[(site(host) - 1) % WAN_REGIONS]; };
    LinkServersWithAll(builder, rate, [&](uint32_t from, uint32_t to) {
        if (site(from) == site(to))
        {
            return BESIDE_SERVER;
        }
        return region(from) == region(to) ? WITHIN_REGION : WanDelay(region(from), region(to));
    });
    for (uint32_t host = 1; host <= builder.HostCount(); ++host)
    {
        builder.Describe(host, WanRegionName(region(host)));
    }
}

} // namespace ns3
