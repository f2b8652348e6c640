#include "fault-generator.h"

#include "fault-draw.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace ns3::faults
{

namespace
{

/** The lane of mild faults pauses so many times longer than the others. */
constexpr int MILD_LANE_GAPS = 2;

/** Draws faults one by one; knows which servers are taken until when. */
class PlanDrawer
{
  public:
    PlanDrawer(const RandomPlanOptions& options, const UniformSource& uniform)
        : m_options(options),
          m_uniform(uniform),
          m_draw(options, uniform),
          m_busyUntil(options.servers + 1)
    {
    }

    FaultPlan Draw()
    {
        std::vector<Lane> lanes((m_options.servers - 1) / 2);
        if (Weight(true) > 0)
        {
            lanes.push_back({{}, true});
        }
        for (Lane& lane : lanes)
        {
            lane.next = m_options.warmup + Gap(lane);
        }
        FaultPlan plan;
        for (;;)
        {
            // The earliest lane next, so that the servers that are busy at this time are known.
            Lane& lane =
                *std::min_element(lanes.begin(), lanes.end(), [](const Lane& a, const Lane& b) {
                    return a.next < b.next;
                });
            if (lane.next >= m_options.duration)
            {
                break;
            }
            const FaultSpec fault = DrawFault(lane);
            const Nanos end = *LatestEnd(fault);
            for (const uint32_t server : TouchedServers(fault))
            {
                if (!lane.mild)
                {
                    m_busyUntil[server] = end + m_options.meanGap / 10; // no gap is shorter
                }
            }
            lane.next = end + Gap(lane);
            plan.push_back(fault);
        }
        // The jitter inside a period may swap two starts.
        std::stable_sort(plan.begin(), plan.end(), [](const FaultSpec& a, const FaultSpec& b) {
            return a.start < b.start;
        });
        return plan;
    }

  private:
    /** Has one fault at a time. */
    struct Lane
    {
        Nanos next{};     //!< when its next fault comes
        bool mild{false}; //!< has mild faults only, at any server
    };

    Nanos Gap(const Lane& lane)
    {
        const Nanos gap = m_draw.Exponential(m_options.meanGap) * (lane.mild ? MILD_LANE_GAPS : 1);
        return m_draw.Chance(m_options.longGapShare) ? 4 * gap : gap;
    }

    /** @return sum of the weights of all kinds, or of mild ones */
    double Weight(bool mild) const
    {
        double sum = 0;
        for (std::size_t i = 0; i < m_options.weights.size(); ++i)
        {
            sum += WeightOf(i, mild);
        }
        return sum;
    }

    double WeightOf(std::size_t kind, bool mild) const
    {
        return mild && !IsMild(static_cast<FaultKind>(kind)) ? 0 : m_options.weights[kind];
    }

    /** The server that the fault is at; both ends where it is a single link. */
    static std::vector<uint32_t> TouchedServers(const FaultSpec& fault)
    {
        const std::vector<Cut>& cuts = fault.parameters.cuts;
        const bool isLink =
            !cuts.empty() && std::all_of(cuts.begin(), cuts.end(), [&](const Cut& cut) {
                return cut == cuts.front() || Cut{cut.to, cut.from} == cuts.front();
            });
        return isLink ? std::vector<uint32_t>{cuts.front().from, cuts.front().to}
                      : std::vector<uint32_t>{FaultyServer(fault)};
    }

    /** An idle server; other lanes touch two servers each at most, so that three are idle. */
    uint32_t DrawServer(Nanos now, uint32_t except = 0)
    {
        std::vector<uint32_t> idle;
        for (uint32_t id = 1; id <= m_options.servers; ++id)
        {
            if (id != except && m_busyUntil[id] <= now)
            {
                idle.push_back(id);
            }
        }
        return idle[m_draw.Pick(idle.size())];
    }

    /** All links of the server, or those to some peers; both ways or one way. */
    void DrawCuts(uint32_t self, Nanos now, FaultParameters& p)
    {
        const auto direction =
            static_cast<CutDirection>(m_draw.Chance(0.5) ? 0 : 1 + m_draw.Pick(2));
        if (m_draw.Chance(0.4))
        {
            p.direction = direction;
            return;
        }
        std::vector<uint32_t> peers = m_draw.Peers(self);
        if (peers.size() == 1)
        {
            peers = {DrawServer(now, self)};
        }
        for (const uint32_t peer : peers)
        {
            if (direction != CutDirection::OUT)
            {
                p.cuts.push_back({peer, self});
            }
            if (direction != CutDirection::IN)
            {
                p.cuts.push_back({self, peer});
            }
        }
        std::sort(p.cuts.begin(), p.cuts.end());
    }

    FaultKind DrawKind(bool mild)
    {
        double at = m_uniform() * Weight(mild);
        std::size_t last = 0;
        for (std::size_t i = 0; i < m_options.weights.size(); ++i)
        {
            const double weight = WeightOf(i, mild);
            if (weight > 0)
            {
                last = i;
                if (at < weight)
                {
                    break;
                }
                at -= weight;
            }
        }
        return static_cast<FaultKind>(last);
    }

    FaultSpec DrawFault(const Lane& lane);

    const RandomPlanOptions& m_options;
    const UniformSource& m_uniform;
    FaultDraw m_draw;
    std::vector<Nanos> m_busyUntil; //!< by server id
};

FaultSpec
PlanDrawer::DrawFault(const Lane& lane)
{
    FaultSpec fault;
    fault.kind = DrawKind(lane.mild);
    fault.start =
        lane.next + Nanos(static_cast<int64_t>(
                        static_cast<double>(m_options.heartbeatPeriod.count()) * m_uniform()));
    const bool crash =
        fault.kind == FaultKind::HOST_CRASH || fault.kind == FaultKind::PROCESS_CRASH;
    fault.duration = m_draw.Exponential(crash ? m_options.meanCrash : m_options.meanTrouble);
    fault.parameters = DefaultParameters(fault.kind);
    fault.parameters.exact = true;
    const uint32_t self = lane.mild ? 1 + m_draw.Pick(m_options.servers) : DrawServer(lane.next);
    fault.parameters.node = {FaultTarget::Role::ID, self};
    m_draw.Severity(fault, self);
    if (fault.kind == FaultKind::PARTITION || fault.kind == FaultKind::FLAPPING)
    {
        DrawCuts(self, lane.next, fault.parameters);
    }
    if (!fault.parameters.cuts.empty())
    {
        fault.parameters.node = {}; // a plan names either cuts or a node
    }
    return fault;
}

void
Check(bool good, const char* message)
{
    if (!good)
    {
        throw std::invalid_argument(std::string("random faults: ") + message + " was expected");
    }
}

} // namespace

FaultPlan
GenerateRandomPlan(const RandomPlanOptions& options, const UniformSource& uniform)
{
    Check(options.servers >= 3, "a cluster of 3 servers or more");
    Check(options.duration > Nanos{}, "a duration above 0s");
    Check(options.warmup >= Nanos{}, "a warm-up of 0s or more");
    Check(options.meanGap > Nanos{} && options.meanCrash > Nanos{} &&
              options.meanTrouble > Nanos{} && options.heartbeatPeriod > Nanos{},
          "a mean gap, crash, trouble and heartbeat period above 0s");
    Check(options.longGapShare >= 0 && options.longGapShare <= 1, "a share of long gaps of 0..1");
    Check(options.noise >= Nanos{}, "a noise of 0s or more");
    Check(options.loss >= 0 && options.loss <= 1, "a loss of 0..1");
    Check(options.timeCompression > 0, "a time compression above 0");
    const auto& weights = options.weights;
    Check(std::all_of(weights.begin(), weights.end(), [](double w) { return w >= 0; }) &&
              std::any_of(weights.begin(), weights.end(), [](double w) { return w > 0; }),
          "weights of 0 or more, one of them above 0,");
    for (std::size_t kind = 0; kind < weights.size(); ++kind)
    {
        Check(weights[kind] == 0 || !IsComposite(static_cast<FaultKind>(kind)),
              "a weight of 0 for kinds that choose servers of their own");
    }
    return PlanDrawer(options, uniform).Draw();
}

bool
IsMild(FaultKind kind)
{
    return kind == FaultKind::SLOW_CPU || kind == FaultKind::SLOW_DISK ||
           kind == FaultKind::SLOW_LINK || kind == FaultKind::OMISSION ||
           kind == FaultKind::CLOCK_SKEW;
}

uint32_t
FaultyServer(const FaultSpec& fault)
{
    const std::vector<Cut>& cuts = fault.parameters.cuts;
    if (cuts.empty())
    {
        return fault.parameters.node.id;
    }
    for (const uint32_t candidate : {cuts.front().from, cuts.front().to})
    {
        if (std::all_of(cuts.begin(), cuts.end(), [&](const Cut& cut) {
                return cut.from == candidate || cut.to == candidate;
            }))
        {
            return candidate;
        }
    }
    return 0;
}

std::optional<Nanos>
LatestEnd(const FaultSpec& fault)
{
    if (fault.kind == FaultKind::DEGRADE)
    {
        const Nanos length = fault.duration.value_or(
            DegradationLength(fault.parameters.resource, DEFAULT_TIME_COMPRESSION));
        const FaultParameters& p = fault.parameters;
        if (p.outcome != Outcome::RECOVER && !p.down)
        {
            return std::nullopt;
        }
        // Falling back takes at most 0.4 of the length (DegradationProcess).
        const Nanos recovery = p.outcome == Outcome::CRASH ? Nanos{} : length * 2 / 5;
        const Nanos down = p.outcome == Outcome::RECOVER ? Nanos{} : *p.down;
        return fault.start + length + std::max(recovery, down);
    }
    return fault.duration ? std::make_optional(fault.start + *fault.duration) : std::nullopt;
}

} // namespace ns3::faults
