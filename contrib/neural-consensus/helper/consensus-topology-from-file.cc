// Networks that users describe in files.

#include "consensus-topology-access.h"
#include "consensus-topology-file.h"

#include "ns3/ecmp-routing.h"
#include "ns3/error-model.h"
#include "ns3/ipv4.h"
#include "ns3/point-to-point-net-device.h"
#include "ns3/pointer.h"
#include "ns3/uinteger.h"

#include <map>
#include <queue>
#include <stdexcept>
#include <string>
#include <tuple>

namespace ns3
{

namespace
{

/// Between servers at one place, where the file says nothing; and from a host to its place.
const Time WITHIN_PLACE = MicroSeconds(100);
const Time ACCESS_DELAY = MicroSeconds(1);
const DataRate ACCESS_RATE("10Gbps");
constexpr uint32_t FULL_FRAME = 1500; // bytes

/// Hosts' time to live in edge lists: the most that a header holds, for ways may have many links.
constexpr uint8_t LONGEST_LIFE = 255;
/// Every router takes one from it and drops what has none left; there is one more than links.
constexpr uint32_t MAX_LINKS = LONGEST_LIFE - 2;

/** @return each host's place, by host - 1 */
std::vector<uint32_t>
PlaceHosts(ConsensusTopologyBuilder& builder, const TopologyFile& file)
{
    const uint32_t servers = builder.Options().servers;
    const auto count = static_cast<uint32_t>(file.places.size());
    std::vector<uint32_t> places;
    const auto shuffled =
        file.NamesHosts() ? std::vector<uint32_t>() : builder.Draw().Shuffled(count);
    for (uint32_t id = 1; id <= builder.HostCount(); ++id)
    {
        const uint32_t beside = (id - servers - 1) % servers; // a client stands by a server
        const uint32_t byDefault = id > servers       ? places[beside]
                                   : shuffled.empty() ? 0
                                                      : shuffled[(id - 1) % count];
        places.push_back(file.NamesHosts() ? file.PlaceOf(id).value_or(byDefault) : byDefault);
        builder.Describe(id, file.places[places.back()]);
    }
    return places;
}

void
BuildFromMatrix(ConsensusTopologyBuilder& builder, const TopologyFile& file)
{
    const DataRate rate = builder.LinkRate({1e9, 1e8, 1e10});
    const std::vector<uint32_t> places = PlaceHosts(builder, file);
    builder.NoteGaps(file.gaps);
    CoreNetwork core(builder, rate, rate);
    for (uint32_t from = 1; from <= builder.HostCount(); ++from)
    {
        for (uint32_t to = 1; to <= builder.HostCount(); ++to)
        {
            if (from == to)
            {
                continue;
            }
            const uint32_t a = places[from - 1];
            const uint32_t b = places[to - 1];
            const Time delay = file.delays[a * file.places.size() + b];
            core.SetWay(from, to, a == b && delay.IsZero() ? WITHIN_PLACE : delay);
        }
    }
}

/** The way from a place to another. */
struct EdgeWay
{
    Time delay;           //!< of the links, which is what routes are chosen by
    Time sending;         //!< of a full frame, on all links
    double arriving{1.0}; //!< share of packets
    uint32_t links{0};
};

/** The links of an edge list between the routers of its places. */
class EdgeNetwork
{
  public:
    EdgeNetwork(ConsensusTopologyBuilder& builder, const TopologyFile& file);

    /** Attaches a host and tells every router the way to it. */
    void Attach(uint32_t host, uint32_t place);

    /** @return from each place the way with the least delay to this one. */
    const std::vector<EdgeWay>& WaysTo(uint32_t place);

  private:
    void Link(std::size_t edge, std::size_t back);
    void AddInterfaces(const NetDeviceContainer& link, std::size_t edge, std::size_t back);
    static void Lose(ConsensusTopologyBuilder& builder, Ptr<NetDevice> receiver, double share);
    PointToPointHelper LinksOf(const TopologyEdge& edge) const;
    DataRate RateOf(const TopologyEdge& edge) const;

    ConsensusTopologyBuilder& m_builder;
    const TopologyFile& m_file;
    DataRate m_rate;
    std::vector<Ptr<Node>> m_routers;             //!< by place
    std::vector<EcmpRouting::NextHop> m_hops;     //!< by edge
    std::vector<std::vector<std::size_t>> m_into; //!< by place: the edges that end there
    uint32_t m_networks{0};
    std::map<uint32_t, std::vector<EdgeWay>> m_ways;         //!< by place that is the end
    std::map<uint32_t, std::vector<std::size_t>> m_firstHop; //!< the same: edge by place
};

EdgeNetwork::EdgeNetwork(ConsensusTopologyBuilder& builder, const TopologyFile& file)
    : m_builder(builder),
      m_file(file),
      m_rate(builder.LinkRate({1e9, 1e8, 1e10})),
      m_hops(file.edges.size()),
      m_into(file.places.size())
{
    std::map<std::pair<uint32_t, uint32_t>, std::size_t> edges;
    for (std::size_t i = 0; i < file.edges.size(); ++i)
    {
        edges[{file.edges[i].from, file.edges[i].to}] = i;
        m_into[file.edges[i].to].push_back(i);
    }
    for (std::size_t place = 0; place < file.places.size(); ++place)
    {
        m_routers.push_back(builder.AddEcmpRouter());
    }
    for (const auto& [ends, edge] : edges)
    {
        if (ends.first < ends.second)
        {
            Link(edge, edges.at({ends.second, ends.first}));
        }
    }
}

DataRate
EdgeNetwork::RateOf(const TopologyEdge& edge) const
{
    return edge.rate.value_or(m_rate);
}

PointToPointHelper
EdgeNetwork::LinksOf(const TopologyEdge& edge) const
{
    return PointToPointLinks(RateOf(edge), edge.delay);
}

void
EdgeNetwork::Link(std::size_t edge, std::size_t back)
{
    const TopologyEdge& there = m_file.edges[edge];
    const TopologyEdge& other = m_file.edges[back];
    const auto install = [&](const TopologyEdge& way) {
        return LinksOf(way).Install(m_routers[there.from], m_routers[there.to]);
    };
    const NetDeviceContainer link = install(there);
    DynamicCast<PointToPointNetDevice>(link.Get(1))->SetDataRate(RateOf(other));
    AddInterfaces(link, edge, back);
    Lose(m_builder, link.Get(1), there.loss);
    if (other.delay == there.delay)
    {
        Lose(m_builder, link.Get(0), other.loss);
        return;
    }
    // A channel has one delay for both directions: the way back is a link of its own.
    const NetDeviceContainer second = install(other);
    const EcmpRouting::NextHop first = m_hops[edge];
    AddInterfaces(second, edge, back);
    m_hops[edge] = first;
    Lose(m_builder, second.Get(0), other.loss);
}

void
EdgeNetwork::AddInterfaces(const NetDeviceContainer& link, std::size_t edge, std::size_t back)
{
    const uint32_t network = Ipv4Address("172.16.0.0").Get() + (m_networks++ << 2);
    const Ipv4Address ends[] = {Ipv4Address(network + 1), Ipv4Address(network + 2)};
    m_hops[edge] = {ends[1],
                    ConsensusTopologyBuilder::AddInterface(link.Get(0), ends[0], LINK_MASK)};
    m_hops[back] = {ends[0],
                    ConsensusTopologyBuilder::AddInterface(link.Get(1), ends[1], LINK_MASK)};
    m_builder.AddOtherDevice(link.Get(0));
    m_builder.AddOtherDevice(link.Get(1));
}

void
EdgeNetwork::Lose(ConsensusTopologyBuilder& builder, Ptr<NetDevice> receiver, double share)
{
    if (share > 0.0)
    {
        Ptr<RateErrorModel> loss = CreateObject<RateErrorModel>();
        loss->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
        loss->SetRate(share);
        receiver->SetAttribute("ReceiveErrorModel", PointerValue(loss));
        builder.AddRandom([loss](int64_t stream) { return loss->AssignStreams(stream); });
    }
}

const std::vector<EdgeWay>&
EdgeNetwork::WaysTo(uint32_t place)
{
    if (m_ways.count(place) == 0)
    {
        // Dijkstra (1959) from the end; among equals the way with fewer links, so that there are no
        // loops over links without a delay, and then the one found first.
        using Best = std::tuple<Time, uint32_t, uint32_t>; // delay, links, place
        std::vector<std::pair<Time, uint32_t>> best(m_routers.size(), {Time::Max(), 0});
        std::vector<std::size_t> hops(m_routers.size(), 0);
        auto& ways = m_ways[place];
        ways.resize(m_routers.size());
        std::priority_queue<Best, std::vector<Best>, std::greater<>> open;
        best[place] = {Time(0), 0};
        open.emplace(Time(0), 0, place);
        while (!open.empty())
        {
            const auto [delay, links, at] = open.top();
            open.pop();
            if (best[at] < std::pair(delay, links))
            {
                continue;
            }
            if (at != place)
            {
                const TopologyEdge& edge = m_file.edges[hops[at]];
                const EdgeWay& rest = ways[edge.to]; // settled before, for it is shorter
                ways[at] = {delay,
                            rest.sending + RateOf(edge).CalculateBytesTxTime(FULL_FRAME),
                            rest.arriving * (1.0 - edge.loss),
                            links};
            }
            for (const std::size_t edge : m_into[at])
            {
                const std::pair candidate(delay + m_file.edges[edge].delay, links + 1);
                const uint32_t from = m_file.edges[edge].from;
                if (candidate < best[from])
                {
                    best[from] = candidate;
                    hops[from] = edge;
                    open.emplace(candidate.first, candidate.second, from);
                }
            }
        }
        m_firstHop[place] = std::move(hops);
    }
    return m_ways[place];
}

void
EdgeNetwork::Attach(uint32_t host, uint32_t place)
{
    PointToPointHelper access = PointToPointLinks(ACCESS_RATE, ACCESS_DELAY);
    AttachHost(m_builder, host, m_routers[place], access);
    m_builder.Host(host)->GetObject<Ipv4>()->SetAttribute("DefaultTtl",
                                                          UintegerValue(LONGEST_LIFE));
    WaysTo(place);
    for (uint32_t at = 0; at < m_routers.size(); ++at)
    {
        Ptr<Ipv4> ipv4 = m_routers[at]->GetObject<Ipv4>();
        const EcmpRouting::NextHop next =
            at == place ? EcmpRouting::NextHop{HostAddress(host), ipv4->GetNInterfaces() - 1}
                        : m_hops[m_firstHop[place][at]];
        DynamicCast<EcmpRouting>(ipv4->GetRoutingProtocol())->SetPaths(HostNet(host), {next});
    }
}

void
BuildFromEdges(ConsensusTopologyBuilder& builder, const TopologyFile& file)
{
    EdgeNetwork network(builder, file);
    const std::vector<uint32_t> places = PlaceHosts(builder, file);
    const Time access = ACCESS_DELAY + ACCESS_RATE.CalculateBytesTxTime(FULL_FRAME);
    for (uint32_t host = 1; host <= builder.HostCount(); ++host)
    {
        network.Attach(host, places[host - 1]);
        const uint32_t to = places[host - 1];
        for (const uint32_t from : places)
        {
            const EdgeWay& way = network.WaysTo(to)[from];
            if (way.links > MAX_LINKS)
            {
                throw std::invalid_argument(file.name + ": " + std::to_string(way.links) +
                                            " links from " + file.places[from] + " to " +
                                            file.places[to] + ", expected at most " +
                                            std::to_string(MAX_LINKS) + ", as far as packets live");
            }
            builder.NotePathLatency(way.delay + way.sending + 2 * access);
            builder.NoteLoss(1.0 - way.arriving);
        }
    }
}

} // namespace

void
BuildFromFile(ConsensusTopologyBuilder& builder)
{
    const TopologyOptions& options = builder.Options();
    const TopologyFile file = ReadTopologyFile(options.name, options.servers);
    file.isMatrix ? BuildFromMatrix(builder, file) : BuildFromEdges(builder, file);
}

} // namespace ns3
