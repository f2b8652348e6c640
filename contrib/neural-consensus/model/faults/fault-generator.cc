#include "fault-generator.h"

#include "degradation-resource.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace ns3::faults
{

namespace
{

using std::chrono::milliseconds;
using std::chrono::seconds;

/** Draws faults one by one; knows which servers are taken until when. */
class PlanDrawer
{
  public:
    PlanDrawer(const RandomPlanOptions& options, const UniformSource& uniform)
        : m_options(options),
          m_uniform(uniform),
          m_busyUntil(options.servers + 1)
    {
    }

    FaultPlan Draw()
    {
        std::vector<Nanos> lanes((m_options.servers - 1) / 2, m_options.warmup);
        for (Nanos& lane : lanes)
        {
            lane += Gap();
        }
        FaultPlan plan;
        for (;;)
        {
            // The earliest lane next, so that the servers that are busy at this time are known.
            Nanos& lane = *std::min_element(lanes.begin(), lanes.end());
            if (lane >= m_options.duration)
            {
                break;
            }
            const FaultSpec fault = DrawFault(lane);
            const Nanos end = *LatestEnd(fault);
            for (const uint32_t server : TouchedServers(fault))
            {
                m_busyUntil[server] = end + m_options.meanGap / 10; // no gap is shorter
            }
            lane = end + Gap();
            plan.push_back(fault);
        }
        // The jitter inside a period may swap two starts.
        std::stable_sort(plan.begin(), plan.end(), [](const FaultSpec& a, const FaultSpec& b) {
            return a.start < b.start;
        });
        return plan;
    }

  private:
    double Between(double low, double high)
    {
        return low + (high - low) * m_uniform();
    }

    /** Severities spread over orders of magnitude. */
    double LogBetween(double low, double high)
    {
        return low * std::pow(high / low, m_uniform());
    }

    bool Chance(double share)
    {
        return m_uniform() < share;
    }

    uint32_t Pick(uint32_t count)
    {
        return std::min(static_cast<uint32_t>(m_uniform() * count), count - 1);
    }

    Nanos Span(double length)
    {
        return std::max(Nanos(milliseconds(1)), Nanos(std::llround(length * 1e9)));
    }

    /** Exponential with a floor of a tenth and a ceiling of four times the mean. */
    Nanos Exponential(Nanos mean)
    {
        const double draw = std::clamp(-std::log1p(-m_uniform()), 0.1, 4.0);
        return Span(draw * static_cast<double>(mean.count()) * 1e-9);
    }

    Nanos Gap()
    {
        const Nanos gap = Exponential(m_options.meanGap);
        return Chance(m_options.longGapShare) ? 4 * gap : gap;
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
        return idle[Pick(idle.size())];
    }

    /** Some of the other servers, at least one. */
    std::vector<uint32_t> DrawPeers(uint32_t self)
    {
        std::vector<uint32_t> peers(m_options.servers);
        std::iota(peers.begin(), peers.end(), 1);
        peers.erase(peers.begin() + (self - 1));
        for (std::size_t i = peers.size() - 1; i > 0; --i)
        {
            std::swap(peers[i], peers[Pick(i + 1)]);
        }
        peers.resize(1 + Pick(peers.size()));
        std::sort(peers.begin(), peers.end());
        return peers;
    }

    /** All links of the server, or those to some peers; both ways or one way. */
    void DrawCuts(uint32_t self, Nanos now, FaultParameters& p)
    {
        const auto direction = static_cast<CutDirection>(Chance(0.5) ? 0 : 1 + Pick(2));
        if (Chance(0.4))
        {
            p.direction = direction;
            return;
        }
        std::vector<uint32_t> peers = DrawPeers(self);
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

    FaultKind DrawKind()
    {
        const auto& weights = m_options.weights;
        double at = m_uniform() * std::accumulate(weights.begin(), weights.end(), 0.0);
        std::size_t last = 0;
        for (std::size_t i = 0; i < weights.size(); ++i)
        {
            if (weights[i] > 0)
            {
                last = i;
                if (at < weights[i])
                {
                    break;
                }
                at -= weights[i];
            }
        }
        return static_cast<FaultKind>(last);
    }

    FaultSpec DrawFault(Nanos now);
    void DrawSeverity(FaultSpec& fault, uint32_t self, Nanos now);

    const RandomPlanOptions& m_options;
    const UniformSource& m_uniform;
    std::vector<Nanos> m_busyUntil; //!< by server id
};

FaultSpec
PlanDrawer::DrawFault(Nanos now)
{
    FaultSpec fault;
    fault.kind = DrawKind();
    fault.start = now + Nanos(static_cast<int64_t>(
                            static_cast<double>(m_options.heartbeatPeriod.count()) * m_uniform()));
    const bool crash =
        fault.kind == FaultKind::HOST_CRASH || fault.kind == FaultKind::PROCESS_CRASH;
    fault.duration = Exponential(crash ? m_options.meanCrash : m_options.meanTrouble);
    fault.parameters = DefaultParameters(fault.kind);
    fault.parameters.exact = true;
    const uint32_t self = DrawServer(now);
    fault.parameters.node = {FaultTarget::Role::ID, self};
    DrawSeverity(fault, self, now);
    if (!fault.parameters.cuts.empty())
    {
        fault.parameters.node = {}; // a plan names either cuts or a node
    }
    return fault;
}

void
PlanDrawer::DrawSeverity(FaultSpec& fault, uint32_t self, Nanos now)
{
    FaultParameters& p = fault.parameters;
    switch (fault.kind)
    {
    case FaultKind::HOST_CRASH:
    case FaultKind::PROCESS_CRASH:
    case FaultKind::DISK_STALL:
        break;
    case FaultKind::SLOW_CPU:
        p.factor = LogBetween(2, 50);
        p.delay = Span(LogBetween(0.005, 0.2));
        break;
    case FaultKind::SLOW_DISK:
        p.factor = LogBetween(10, 1000);
        break;
    case FaultKind::SLOW_LINK:
        p.delay = Span(LogBetween(0.01, 0.3));
        p.jitter = Span(LogBetween(0.001, 0.1));
        break;
    case FaultKind::OMISSION:
        p.loss = LogBetween(0.05, 0.7);
        if (Chance(0.5))
        {
            p.to = DrawPeers(self);
        }
        break;
    case FaultKind::FLAPPING:
        p.period = Span(LogBetween(0.5, 6));
        p.duty = Between(0.2, 0.8);
        DrawCuts(self, now, p);
        break;
    case FaultKind::PARTITION:
        DrawCuts(self, now, p);
        break;
    case FaultKind::DEGRADE:
        p.resource = static_cast<Resource>(Pick(3));
        p.outcome = Chance(0.5) ? Outcome::CRASH : Outcome::RECOVER;
        p.severity = Between(0.3, 1);
        p.down = Exponential(m_options.meanCrash);
        fault.duration = Span(LogBetween(12, 60));
        break;
    case FaultKind::BYZANTINE_LYING:
        p.share = Between(0.2, 1);
        p.magnitude = std::llround(LogBetween(5, 500));
        p.lieAboutClock = Chance(0.3);
        break;
    case FaultKind::BYZANTINE_SELECTIVE:
        p.to = DrawPeers(self);
        p.share = Between(0.3, 1);
        break;
    case FaultKind::BYZANTINE_EQUIVOCATING:
        p.share = Between(0.3, 1);
        p.magnitude = std::llround(LogBetween(5, 500));
        break;
    case FaultKind::BYZANTINE_TWIN:
    case FaultKind::BYZANTINE_VOTE_WITHHOLDING:
        p.to = DrawPeers(self);
        break;
    case FaultKind::BYZANTINE_TERM_INFLATION:
        p.magnitude = 1 + Pick(5);
        p.period = Span(LogBetween(0.5, 5));
        break;
    case FaultKind::BYZANTINE_STALE_REPLAY:
        p.share = Between(0.2, 0.8);
        p.delay = Span(LogBetween(0.5, 5));
        break;
    case FaultKind::MINORITY_CRASH: // have no weight: lanes break one server at a time
    case FaultKind::CASCADE:
        break;
    case FaultKind::CLOCK_SKEW:
        p.offset = Span(LogBetween(0.01, 2)) * (Chance(0.5) ? 1 : -1);
        p.driftPpm = Between(-200, 200);
        break;
    }
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
    const auto& weights = options.weights;
    Check(std::all_of(weights.begin(), weights.end(), [](double w) { return w >= 0; }) &&
              std::any_of(weights.begin(), weights.end(), [](double w) { return w > 0; }),
          "weights of 0 or more, one of them above 0,");
    return PlanDrawer(options, uniform).Draw();
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
