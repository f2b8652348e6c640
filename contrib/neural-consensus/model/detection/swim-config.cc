#include "swim-config.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace ns3::detection
{

namespace
{

void
Require(bool holds, const char* what)
{
    if (!holds)
    {
        throw std::invalid_argument(std::string("swim: ") + what);
    }
}

} // namespace

void
SwimConfig::Validate() const
{
    Require(self > 0, "id: must be above 0");
    std::vector<uint32_t> sorted = others;
    sorted.push_back(self);
    std::sort(sorted.begin(), sorted.end());
    Require(sorted.front() > 0 && std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end(),
            "members: ids must be above 0, each once");
    Require(probeTimeout > Nanos(0), "ProbeTimeout: must be above 0");
    Require(probeTimeout < probeInterval, "ProbeTimeout: must be below ProbeInterval");
    Require(suspicionMultiplier > 0, "SuspicionMultiplier: must be above 0");
    Require(suspicionMaxMultiplier > 0, "SuspicionMaxMultiplier: must be above 0");
    Require(retransmitMultiplier > 0, "RetransmitMultiplier: must be above 0");
    Require(maxStatements > 0, "a message must have room for a statement");
}

} // namespace ns3::detection
