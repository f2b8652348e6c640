#ifndef FAULT_INJECTOR_ACTIVE_H
#define FAULT_INJECTOR_ACTIVE_H

#include "fault-host.h"
#include "fault-injector.h"

#include <algorithm>
#include <cmath>

namespace ns3
{

inline Time
ToTime(faults::Nanos time)
{
    return NanoSeconds(time.count());
}

/** @return an exponential span of at least a nanosecond */
inline Time
DrawSpan(UniformRandomVariable& random, faults::Nanos mean)
{
    const double draw = -std::log1p(-random.GetValue(0, 1));
    return NanoSeconds(
        std::max<int64_t>(1, std::llround(draw * static_cast<double>(mean.count()))));
}

/** One fault of the plan and where it stands; private to the injector. */
struct FaultInjector::Active
{
    /** A host that one of several crashes holds down. */
    struct Fallen
    {
        uint32_t node{0};
        std::size_t record{0}; //!< row in the log's faults
        EventId restart;
    };

    faults::FaultSpec spec;
    Ptr<UniformRandomVariable> random; //!< what this fault draws
    uint32_t node{0};                  //!< resolved target; 0 for links
    bool running{false};               //!< between Begin() and End()
    std::size_t record{0};             //!< row in the log's faults
    std::vector<faults::Cut> cuts;     //!< of partitions
    bool cutNow{false};                //!< whether they are in force
    std::vector<std::size_t> symptoms; //!< rows in the log's symptoms
    std::optional<std::size_t> skew;   //!< row in the log's skews
    EventId next;                      //!< start, next flap or next symptom
    EventId turn;                      //!< end, or turning point of a degradation
    EventId symptomEnd;                //!< end of a burst of loss
    std::size_t degradation{0};        //!< row in the log's degradations
    std::size_t symptom{0};            //!< next one of the degradation
    bool crashed{false};               //!< the degradation has ended in a crash
    uint32_t crashes{0};               //!< of those that a minority-crash or cascade asks for
    std::vector<Fallen> fallen;        //!< hosts that it holds down
};

} // namespace ns3

#endif /* FAULT_INJECTOR_ACTIVE_H */
