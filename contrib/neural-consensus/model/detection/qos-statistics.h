#ifndef QOS_STATISTICS_H
#define QOS_STATISTICS_H

#include "span-statistics.h"

#include <cstdint>
#include <optional>

namespace ns3::detection
{

/**
 * The quality of service of a detector (Chen, Toueg & Aguilera, IEEE Trans. Computers 51(5), 2002,
 * section 2), over any number of pairs and any time, in constant memory. All figures of the project
 * are computed here.
 */
struct QosStatistics
{
    uint64_t crashes{0};        //!< crashes and losses of contact that were to be detected
    SpanStatistics detections;  //!< T_D of those that were
    SpanStatistics recurrences; //!< T_MR: starts of successive mistakes of one healthy stretch
    SpanStatistics mistakes;    //!< T_M: as far as the exposure goes
    SpanStatistics goodPeriods; //!< T_G: end of a mistake to the start of the next, same stretch
    Nanos exposure{};           //!< time in which suspicion is wrong

    /** Adds what was measured elsewhere. */
    void Merge(const QosStatistics& other);

    /** @return hours of exposure */
    double Hours() const;
    /** @return lambda_M: mistakes per hour of exposure; nothing without exposure */
    std::optional<double> MistakesPerHour() const;
    /**
     * @return the 95 % upper bound of the rate where there was no mistake, 3 / exposure in hours;
     *         nothing where there was one, or no exposure
     */
    std::optional<double> MistakesPerHourBound() const;
    /**
     * @return P_A: share of the exposure in which the peer was trusted; nothing without exposure.
     *         For a stationary detector this is 1 - E[T_M] / E[T_MR], and it stays defined with a
     *         single mistake or one that the end cuts off.
     */
    std::optional<double> QueryAccuracy() const;
    /** @return E[T_FG] = E[T_G^2] / (2 E[T_G]), s: good time left at a random good moment; nothing
     *          without T_G */
    std::optional<double> ForwardGoodSeconds() const;
};

/**
 * Follows the mistakes of a detector through one stretch of time in which every suspicion is wrong,
 * and counts them as they end. Suspicions without length are none, and one that begins when another
 * ends goes on with it.
 */
class MistakeMeter
{
  public:
    /**
     * Begins the stretch.
     * @param time when
     * @param suspected whether the peer is suspected then
     */
    void Begin(Nanos time, bool suspected);

    /** @return whether the stretch has begun */
    bool Begun() const;

    /**
     * The detector changed its mind. Before the stretch this is ignored.
     * @param time in order
     * @param suspected its mind from then on
     * @param qos what the mistake before, now ended, is added to
     */
    void Change(Nanos time, bool suspected, QosStatistics& qos);

    /**
     * Ends the stretch.
     * @param time not before any change so far, but for a suspicion that is open
     * @param qos what the last mistake and the exposure are added to
     */
    void End(Nanos time, QosStatistics& qos);

  private:
    /** A suspicion, the open one or the latest. */
    struct Suspicion
    {
        Nanos start{};            //!< when it began
        std::optional<Nanos> end; //!< when trust came back
    };

    void Count(Nanos end, QosStatistics& qos);

    std::optional<Nanos> m_begin;        //!< of the stretch
    std::optional<Suspicion> m_current;  //!< not counted yet
    std::optional<Suspicion> m_previous; //!< the one before, counted
};

} // namespace ns3::detection

#endif /* QOS_STATISTICS_H */
