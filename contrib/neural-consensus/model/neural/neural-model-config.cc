#include "neural-model-config.h"

#include "neural-range-check.h"

#include <tuple>

namespace ns3::neural
{

void
ModelConfig::Validate() const
{
    RequireInRange<std::size_t>("window", window, 1, 1000);
    RequireInRange<std::size_t>("hidden", hidden, 1, 1024);
    RequireInRange<std::size_t>("layers", layers, 1, 8);
    RequireInRange<std::size_t>("latent", latent, 1, 1024);
    RequireInRange<std::size_t>("number of classifier layers", classifier.size(), 0, 8);
    for (const std::size_t units : classifier)
    {
        RequireInRange<std::size_t>("classifier layer", units, 1, 4096);
    }
    RequireInRange("dropout", dropout, 0.0, 0.9);
}

bool
operator==(const ModelConfig& a, const ModelConfig& b)
{
    const auto tie = [](const ModelConfig& c) {
        return std::tie(c.window, c.hidden, c.layers, c.latent, c.classifier, c.dropout);
    };
    return tie(a) == tie(b);
}

} // namespace ns3::neural
