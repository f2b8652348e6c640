#include "consensus-topology-access.h"

#include "ns3/netem-outages.h"
#include "ns3/netem-slots.h"
#include "ns3/netem-wander.h"

#include <string>
#include <vector>

namespace ns3
{

namespace
{

constexpr uint32_t ZONES = 3;
/// The satellites of all dishes are assigned at the 12th, 27th, 42nd and 57th second of a minute.
const Time SLOT_PERIOD = Seconds(15);
const Time SLOT_PHASE = Seconds(12);

/** Calls back for every ordered pair of hosts. */
template <typename Action>
void
ForEachWay(const ConsensusTopologyBuilder& builder, Action action)
{
    for (uint32_t from = 1; from <= builder.HostCount(); ++from)
    {
        for (uint32_t to = 1; to <= builder.HostCount(); ++to)
        {
            if (from != to)
            {
                action(from, to);
            }
        }
    }
}

/** @return a process, known to the topology */
template <typename Process, typename Parameters>
Ptr<NetemProcess>
Make(ConsensusTopologyBuilder& builder, const Parameters& parameters)
{
    Ptr<NetemProcess> process = Create<Process>(parameters);
    builder.AddRandom([process](int64_t stream) { return process->AssignStreams(stream); });
    return process;
}

/** A host's own part of the network: what it meets in each direction. */
struct Terminal
{
    Time delay;
    std::vector<Ptr<NetemProcess>> up;
    std::vector<Ptr<NetemProcess>> down;
};

/** Sets every way to the sender's way up and the receiver's way down. */
void
JoinTerminals(ConsensusTopologyBuilder& builder,
              CoreNetwork& core,
              const std::vector<Terminal>& terminals)
{
    ForEachWay(builder, [&](uint32_t from, uint32_t to) {
        const Terminal& sender = terminals[from - 1];
        const Terminal& receiver = terminals[to - 1];
        std::vector<Ptr<NetemProcess>> processes = sender.up;
        processes.insert(processes.end(), receiver.down.begin(), receiver.down.end());
        core.SetWay(from, to, sender.delay + receiver.delay, processes);
    });
}

std::string
Of(const std::string& name, uint32_t number)
{
    return name + "_" + std::to_string(number);
}

} // namespace

void
BuildMultiAz(ConsensusTopologyBuilder& builder)
{
    TopologyDraw& draw = builder.Draw();
    const DataRate rate = draw.Rate("link_rate", {1e9, 5e8, 1e10}, builder.Options().linkRate);
    const Time within = draw.Milliseconds("rtt_within_zone", {0.18, 0.13, 0.23});
    // Between zones 1 and 2, 1 and 3, 2 and 3.
    const Time between[] = {draw.Milliseconds("rtt_zones_1_2", {0.7, 0.6, 2.2}),
                            draw.Milliseconds("rtt_zones_1_3", {1.2, 0.6, 2.2}),
                            draw.Milliseconds("rtt_zones_2_3", {1.8, 0.6, 2.2})};
    const auto zone = [](uint32_t host) { return (host - 1) % ZONES; };
    CoreNetwork core(builder, rate, rate);
    ForEachWay(builder, [&](uint32_t from, uint32_t to) {
        const bool same = zone(from) == zone(to);
        core.SetWay(from, to, (same ? within : between[zone(from) + zone(to) - 1]) / 2);
    });
    for (uint32_t host = 1; host <= builder.HostCount(); ++host)
    {
        builder.Describe(host, "zone-" + std::to_string(zone(host) + 1));
    }
}

void
BuildInternet(ConsensusTopologyBuilder& builder)
{
    TopologyDraw& draw = builder.Draw();
    const DataRate rate = draw.Rate("link_rate", {1e8, 2e7, 1e9}, builder.Options().linkRate);
    NetemWanderParameters queues;
    queues.median = draw.Milliseconds("queueing_median", {52, 20, 60});
    queues.sigma = draw.Number("queueing_sigma", {0.7, 0.4, 0.9});
    queues.correlation = draw.Milliseconds("queueing_correlation", {3000, 1000, 10000});
    NetemOutagesParameters bursts;
    bursts.meanGap = draw.Milliseconds("loss_burst_gap", {60000, 20000, 200000});
    bursts.shortest = MilliSeconds(20);
    bursts.longest = draw.Milliseconds("loss_burst_longest", {400, 150, 800});
    std::vector<Time> distances;
    for (uint32_t host = 1; host <= builder.HostCount(); ++host)
    {
        distances.push_back(draw.Milliseconds(Of("distance", host), {4.8, 1, 40}));
    }
    CoreNetwork core(builder, rate, rate);
    ForEachWay(builder, [&](uint32_t from, uint32_t to) {
        core.SetWay(from,
                    to,
                    distances[from - 1] + distances[to - 1],
                    {Make<NetemWander>(builder, queues), Make<NetemOutages>(builder, bursts)});
    });
}

void
BuildStarlink(ConsensusTopologyBuilder& builder)
{
    TopologyDraw& draw = builder.Draw();
    const auto given = builder.Options().linkRate;
    const DataRate up = draw.Rate("up_rate", {1.5e7, 5e6, 3e7}, given);
    const DataRate down = draw.Rate("down_rate", {1e8, 5e7, 2e8}, given);
    NetemSlotsParameters slots;
    slots.period = SLOT_PERIOD;
    slots.phase = SLOT_PHASE;
    slots.spread = draw.Milliseconds("slot_spread", {4, 2, 8});
    slots.edge = draw.Milliseconds("slot_edge", {150, 50, 250});
    slots.edgeLoss = draw.Number("slot_edge_loss", {0.4, 0.1, 0.8});
    NetemWanderParameters scheduling;
    scheduling.median = draw.Milliseconds("scheduling_median", {0.8, 0.4, 1.5});
    scheduling.sigma = draw.Number("scheduling_sigma", {0.6, 0.4, 0.9});
    scheduling.correlation = MilliSeconds(100);
    scheduling.step = MilliSeconds(20);
    std::vector<Terminal> terminals;
    for (uint32_t host = 1; host <= builder.HostCount(); ++host)
    {
        const auto direction = [&]() -> std::vector<Ptr<NetemProcess>> {
            return {Make<NetemSlots>(builder, slots), Make<NetemWander>(builder, scheduling)};
        };
        const Time delay = draw.Milliseconds(Of("dish_delay", host), {3.8, 2.5, 6});
        terminals.push_back({delay, direction(), direction()});
    }
    CoreNetwork core(builder, up, down);
    JoinTerminals(builder, core, terminals);
}

void
BuildLte(ConsensusTopologyBuilder& builder)
{
    TopologyDraw& draw = builder.Draw();
    const auto given = builder.Options().linkRate;
    const DataRate up = draw.Rate("up_rate", {2e7, 5e6, 5e7}, given);
    const DataRate down = draw.Rate("down_rate", {5e7, 2e7, 1.5e8}, given);
    NetemOutagesParameters handovers;
    handovers.meanGap = draw.Milliseconds("handover_gap", {30000, 10000, 90000});
    handovers.shortest = MilliSeconds(50);
    handovers.longest = draw.Milliseconds("handover_longest", {300, 100, 300});
    handovers.lost = draw.Number("handover_loss", {0.1, 0, 0.3});
    NetemWanderParameters cell;
    cell.median = draw.Milliseconds("cell_load_median", {1.5, 0.5, 3});
    cell.sigma = draw.Number("cell_load_sigma", {0.8, 0.5, 1.0});
    cell.correlation = draw.Milliseconds("cell_load_correlation", {1000, 300, 3000});
    std::vector<Terminal> terminals;
    for (uint32_t host = 1; host <= builder.HostCount(); ++host)
    {
        const Time delay = draw.Milliseconds(Of("radio_delay", host), {7, 5, 9});
        // A handover stops both directions.
        Ptr<NetemProcess> handover = Make<NetemOutages>(builder, handovers);
        terminals.push_back({delay,
                             {handover, Make<NetemWander>(builder, cell)},
                             {handover, Make<NetemWander>(builder, cell)}});
    }
    CoreNetwork core(builder, up, down);
    JoinTerminals(builder, core, terminals);
}

} // namespace ns3
