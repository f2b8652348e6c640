#include "fault-draw.h"

#include "degradation-resource.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ns3::faults
{

namespace
{

constexpr double LEAST_LOSS = 0.003;                         //!< one message in 17 s
constexpr Nanos LEAST_NOISE = std::chrono::microseconds(10); //!< of a pair without any

double
InSeconds(Nanos time)
{
    return static_cast<double>(time.count()) * 1e-9;
}

Nanos
Span(double seconds)
{
    return Nanos(std::llround(seconds * 1e9));
}

/** At least a millisecond. */
Nanos
Length(double seconds)
{
    return std::max(Nanos(std::chrono::milliseconds(1)), Span(seconds));
}

} // namespace

FaultDraw::FaultDraw(const RandomPlanOptions& options, const UniformSource& uniform)
    : m_options(options),
      m_uniform(uniform)
{
}

double
FaultDraw::Between(double low, double high) const
{
    return low + (high - low) * m_uniform();
}

double
FaultDraw::LogBetween(double low, double high) const
{
    return low * std::pow(high / low, m_uniform());
}

bool
FaultDraw::Chance(double share) const
{
    return m_uniform() < share;
}

uint32_t
FaultDraw::Pick(uint32_t count) const
{
    return std::min(static_cast<uint32_t>(m_uniform() * count), count - 1);
}

Nanos
FaultDraw::Exponential(Nanos mean) const
{
    const double draw = std::clamp(-std::log1p(-m_uniform()), 0.1, 4.0);
    return Length(draw * InSeconds(mean));
}

std::vector<uint32_t>
FaultDraw::Peers(uint32_t self) const
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

Nanos
FaultDraw::Delay() const
{
    const double noise = InSeconds(std::max(m_options.noise, LEAST_NOISE));
    return Span(LogBetween(0.1 * noise, std::max(0.3, 30 * noise)));
}

double
FaultDraw::Loss() const
{
    return LogBetween(std::clamp(m_options.loss / 3, LEAST_LOSS, 0.3), 0.7);
}

void
FaultDraw::Degradation(FaultSpec& fault) const
{
    FaultParameters& p = fault.parameters;
    p.resource = static_cast<Resource>(Pick(RESOURCE_COUNT));
    const auto direction = static_cast<CutDirection>(Pick(3));
    if (p.resource == Resource::NIC)
    {
        p.direction = direction;
    }
    // At noise / 16 ms the first pauses of a heap are as long as the pair's noise.
    const double low = std::clamp(InSeconds(m_options.noise) / 0.048, 0.03, 0.3);
    p.severity = LogBetween(low, 1);
    p.outcome = Outcome::RANDOM; // the hidden state decides, not the plan
    p.down = Exponential(m_options.meanCrash);
    fault.duration = Length(LogBetween(0.4, 2) *
                            InSeconds(DegradationLength(p.resource, m_options.timeCompression)));
}

void
FaultDraw::Severity(FaultSpec& fault, uint32_t self) const
{
    FaultParameters& p = fault.parameters;
    switch (fault.kind)
    {
    case FaultKind::HOST_CRASH:
    case FaultKind::PROCESS_CRASH:
    case FaultKind::DISK_STALL:
    case FaultKind::PARTITION:
        break;
    case FaultKind::SLOW_CPU:
        p.factor = LogBetween(2, 50);
        p.delay = Delay();
        break;
    case FaultKind::SLOW_DISK:
        p.factor = LogBetween(10, 1000);
        if (Chance(0.5))
        {
            p.bout = Length(LogBetween(0.2, 3));
            p.gap = Length(LogBetween(0.5, 5));
        }
        break;
    case FaultKind::SLOW_LINK:
        p.delay = Delay();
        p.jitter = Delay() / 3;
        break;
    case FaultKind::OMISSION:
        p.loss = Loss();
        if (Chance(0.5))
        {
            p.to = Peers(self);
        }
        break;
    case FaultKind::FLAPPING:
        p.period = Length(LogBetween(0.5, 6));
        p.duty = Between(0.2, 0.8);
        break;
    case FaultKind::DEGRADE:
        Degradation(fault);
        break;
    case FaultKind::BYZANTINE_LYING:
        p.share = Between(0.2, 1);
        p.magnitude = std::llround(LogBetween(5, 500));
        p.lieAboutClock = Chance(0.3);
        break;
    case FaultKind::BYZANTINE_SELECTIVE:
        p.to = Peers(self);
        p.share = Between(0.3, 1);
        break;
    case FaultKind::BYZANTINE_EQUIVOCATING:
        p.share = Between(0.3, 1);
        p.magnitude = std::llround(LogBetween(5, 500));
        break;
    case FaultKind::BYZANTINE_TWIN:
    case FaultKind::BYZANTINE_VOTE_WITHHOLDING:
        p.to = Peers(self);
        break;
    case FaultKind::BYZANTINE_TERM_INFLATION:
        p.magnitude = 1 + Pick(5);
        p.period = Length(LogBetween(0.5, 5));
        break;
    case FaultKind::BYZANTINE_STALE_REPLAY:
        p.share = Between(0.2, 0.8);
        p.delay = Length(LogBetween(0.5, 5));
        break;
    case FaultKind::MINORITY_CRASH: // have no weight: lanes break one server at a time
    case FaultKind::CASCADE:
        break;
    case FaultKind::CLOCK_SKEW:
        p.offset = Length(LogBetween(0.01, 2)) * (Chance(0.5) ? 1 : -1);
        p.driftPpm = Between(-200, 200);
        break;
    }
}

} // namespace ns3::faults
