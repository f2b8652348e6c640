#ifndef QOS_METRICS_H
#define QOS_METRICS_H

#include "qos-statistics.h"

#include <optional>
#include <vector>

/**
 * @file
 * Quality of service of a failure detector (Chen, Toueg & Aguilera, IEEE Trans. Computers 51(5),
 * 2002, section 2), for one observer and one peer. All times are on one clock, true time say.
 */
namespace ns3::detection
{

/** The detector changed its mind. */
struct SuspicionChange
{
    Nanos time{};          //!< when
    bool suspected{false}; //!< its mind from then on
};

/** A time in which the observer cannot reach a living peer: suspicion is right. */
struct FaultInterval
{
    Nanos start{};            //!< when it begins
    std::optional<Nanos> end; //!< when the peer is back; nothing if it never is
};

/** One wrong suspicion. */
struct Mistake
{
    Nanos start{};        //!< when it began, or when the peer became reachable under suspicion
    Nanos duration{};     //!< until trust, a fault or the end of the observation
    bool censored{false}; //!< whether it was ended by anything but trust
};

/** What MeasureQos() found. */
struct QosReport
{
    /** T_D per fault, in the order given: from its start to the suspicion that stays; nothing if
     * missed. */
    std::vector<std::optional<Nanos>> detectionTimes;
    std::vector<Mistake> mistakes;  //!< in order of time
    std::vector<Nanos> recurrences; //!< T_MR: starts of successive mistakes of one healthy stretch
    std::vector<Nanos> goodPeriods; //!< T_G: end of a mistake to start of the next, same stretch
    Nanos healthyTime{};            //!< exposure: time in which suspicion is wrong
    Nanos wrongTime{};              //!< suspected part of it

    /** @return the same as figures */
    QosStatistics Statistics() const;
};

/**
 * Judges a run of a detector.
 *
 * A fault is detected by the suspicion that stands at its end (or the observation's); T_D is 0 if
 * that suspicion was there before the fault. Healthy time is the rest of the observation, less a
 * grace after each fault. A mistake is a suspicion in healthy time; one that outlasts fault and
 * grace counts from there on, so that a detector that latches does not look good.
 *
 * @param changes in order of time; changes to the same mind are ignored; trust stands before
 * @param faults in order of time, not overlapping
 * @param begin,end the observation; what lies outside is cut off
 * @param grace after the end of a fault, at least 0: a heartbeat period and the way of a message
 * @throws std::invalid_argument where changes or faults are out of order or end is before begin
 */
QosReport MeasureQos(const std::vector<SuspicionChange>& changes,
                     const std::vector<FaultInterval>& faults,
                     Nanos begin,
                     Nanos end,
                     Nanos grace = Nanos(0));

/**
 * How long a peer that is back is still suspected.
 *
 * @param changes in order of time; trust stands before
 * @param from when the peer is back
 * @param end of the observation, above `from`
 * @return the time from then until trust, 0 where it stands then; nothing where it never comes
 */
std::optional<Nanos> TimeToTrust(const std::vector<SuspicionChange>& changes,
                                 Nanos from,
                                 Nanos end);

} // namespace ns3::detection

#endif /* QOS_METRICS_H */
