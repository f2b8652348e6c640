#include "byzantine-registry.h"

#include "byzantine-equivocating.h"
#include "byzantine-lying.h"
#include "byzantine-selective.h"
#include "byzantine-stale-replay.h"
#include "byzantine-term-inflation.h"
#include "byzantine-twin.h"
#include "byzantine-vote-withholding.h"

#include <map>
#include <optional>
#include <random>
#include <stdexcept>
#include <utility>

namespace ns3::faults
{

namespace
{

using Factory = std::shared_ptr<MessageInterceptor> (*)(const FaultParameters&, ByzantineContext);

template <typename Behaviour>
std::shared_ptr<MessageInterceptor>
Make(const FaultParameters& parameters, ByzantineContext context)
{
    return std::make_shared<Behaviour>(parameters, std::move(context));
}

const std::map<FaultKind, Factory>&
Registry()
{
    static const std::map<FaultKind, Factory> registry{
        {FaultKind::BYZANTINE_LYING, &Make<LyingBehaviour>},
        {FaultKind::BYZANTINE_SELECTIVE, &Make<SelectiveBehaviour>},
        {FaultKind::BYZANTINE_EQUIVOCATING, &Make<EquivocatingBehaviour>},
        {FaultKind::BYZANTINE_TWIN, &Make<TwinBehaviour>},
        {FaultKind::BYZANTINE_TERM_INFLATION, &Make<TermInflationBehaviour>},
        {FaultKind::BYZANTINE_STALE_REPLAY, &Make<StaleReplayBehaviour>},
        {FaultKind::BYZANTINE_VOTE_WITHHOLDING, &Make<VoteWithholdingBehaviour>},
    };
    return registry;
}

} // namespace

std::shared_ptr<MessageInterceptor>
MakeByzantine(const FaultSpec& fault, ByzantineContext context)
{
    const auto known = Registry().find(fault.kind);
    if (known == Registry().end())
    {
        throw std::invalid_argument("byzantine behaviour of " + FaultKindName(fault.kind) +
                                    ": a byzantine kind was expected");
    }
    if (const std::optional<uint64_t> seed = fault.parameters.seed)
    {
        context.uniform = [engine = std::mt19937_64(*seed)]() mutable {
            return static_cast<double>(engine() >> 11) * 0x1p-53;
        };
    }
    return known->second(fault.parameters, std::move(context));
}

} // namespace ns3::faults
