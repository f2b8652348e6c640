#include "consensus-wan-latencies.h"

#include "ns3/abort.h"

#include <array>
#include <cstdint>

namespace ns3
{

namespace
{

struct Row
{
    const char* from;
    std::array<uint16_t, WAN_REGIONS> toMs; //!< one way, in milliseconds, in the order of the rows
};

// Measured between AWS regions, round trips halved: test/e2e/pkg/latency/aws-latencies.csv of
// CometBFT (https://github.com/cometbft/cometbft, Apache License 2.0).
// clang-format off
constexpr std::array<Row, WAN_REGIONS> TABLE{{
    {"N_Virginia",   {{  0,   7,  30,  38,  39,  33,  44,  58,  73,  93,  98,  87, 105}}},
    {"Canada",       {{  7,   0,  38,  39,  29,  35,  46,  63,  70,  94,  97,  85, 103}}},
    {"N_California", {{ 30,  39,   0,  68,  10,  68,  75,  88,  54, 116,  69,  67,  86}}},
    {"London",       {{ 38,  39,  68,   0,  63,   5,   8,  94, 104,  56, 131, 118,  82}}},
    {"Oregon",       {{ 39,  29,  10,  63,   0,  59,  68,  88,  49, 109,  69,  63,  84}}},
    {"Ireland",      {{ 33,  35,  68,   5,  59,   0,  13,  88, 100,  61, 127, 114,  90}}},
    {"Frankfurt",    {{ 44,  46,  75,   8,  68,  13,   0, 101, 111,  60, 143, 109,  77}}},
    {"S_Paulo",      {{ 58,  63,  88,  94,  88,  89, 101,   0, 128, 151, 155, 142, 161}}},
    {"Tokyo",        {{ 73,  70,  54, 104,  49, 100, 111, 128,   0,  60,  57,  16,  39}}},
    {"Mumbai",       {{ 93,  94, 116,  56, 109,  61,  60, 151,  60,   0,  76,  57,  27}}},
    {"Sydney",       {{ 98,  97,  69, 131,  69, 127, 143, 155,  57,  76,   0,  69,  45}}},
    {"Seoul",        {{ 87,  84,  67, 118,  63, 114, 109, 142,  17,  57,  69,   0,  36}}},
    {"Singapore",    {{105, 103,  86,  82,  81,  90,  77, 161,  39,  27,  45,  36,   0}}},
}};
// clang-format on

/// Rows of the table in the order in which servers take the regions.
constexpr std::array<std::size_t, WAN_REGIONS> ORDER{0, 4, 5, 6, 8, 1, 2, 3, 7, 9, 10, 11, 12};

std::size_t
RowOf(std::size_t region)
{
    NS_ABORT_MSG_IF(region >= WAN_REGIONS, "There is no region " << region);
    return ORDER[region];
}

} // namespace

std::string
WanRegionName(std::size_t region)
{
    return TABLE[RowOf(region)].from;
}

Time
WanDelay(std::size_t from, std::size_t to)
{
    return MilliSeconds(TABLE[RowOf(from)].toMs[RowOf(to)]);
}

} // namespace ns3
