#ifndef CRASH_PHASE_H
#define CRASH_PHASE_H

#include "peer-arrival.h"

#include <cmath>
#include <cstdint>

namespace ns3::detection
{

/** When, after a heartbeat was sent, its sender is taken to crash. */
enum class CrashPhase : uint8_t
{
    UNIFORM,   //!< evenly spread until the next one would be sent
    AFTER_SEND //!< at once
};

/**
 * @param phase when a crash comes
 * @param heartbeat number of the last heartbeat before it, from 0
 * @param sent when that was sent
 * @param until when the next one would be sent
 * @return when the crash comes: evenly spread at the share of the interval that the sequence
 *         frac(1/2 + k/golden ratio) gives to heartbeat k
 */
inline Nanos
CrashTime(CrashPhase phase, uint64_t heartbeat, Nanos sent, Nanos until)
{
    constexpr uint64_t HALF = uint64_t{1} << 63;
    constexpr uint64_t INVERSE_GOLDEN_RATIO = 0x9E3779B97F4A7C15; // times 2^64
    constexpr double TWO_TO_MINUS_53 = 1.0 / static_cast<double>(uint64_t{1} << 53);
    if (phase == CrashPhase::AFTER_SEND)
    {
        return sent;
    }
    const double share =
        static_cast<double>((HALF + heartbeat * INVERSE_GOLDEN_RATIO) >> 11) * TWO_TO_MINUS_53;
    return sent + Nanos(std::llround(static_cast<double>((until - sent).count()) * share));
}

} // namespace ns3::detection

#endif /* CRASH_PHASE_H */
