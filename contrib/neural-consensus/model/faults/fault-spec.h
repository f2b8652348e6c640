#ifndef FAULT_SPEC_H
#define FAULT_SPEC_H

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

/**
 * @file
 * Vocabulary of faults: what may break, for how long and how badly. Pure; doc/faults.md says what
 * each kind does in the simulator.
 */
namespace ns3::faults
{

/** A moment of simulated time, or a span of it. */
using Nanos = std::chrono::nanoseconds;

/** Source of randomness: uniform in [0, 1), fresh at each call. */
using UniformSource = std::function<double()>;

/** What breaks. */
enum class FaultKind : uint8_t
{
    HOST_CRASH,                //!< the machine falls silent
    PROCESS_CRASH,             //!< the process dies, its host answers with RST or ICMP unreachable
    SLOW_CPU,                  //!< work costs more and waits for the scheduler
    SLOW_DISK,                 //!< each write takes a multiple of its time, always or in bouts
    DISK_STALL,                //!< no write ends before the stall does
    SLOW_LINK,                 //!< what a host sends arrives later
    OMISSION,                  //!< a share of what a host sends or receives is lost
    PARTITION,                 //!< all between some hosts is lost
    FLAPPING,                  //!< a partition that comes and goes
    DEGRADE,                   //!< a resource runs out: ends in a crash, or recovers
    BYZANTINE_LYING,           //!< says what is not so
    BYZANTINE_SELECTIVE,       //!< withholds messages from some
    BYZANTINE_EQUIVOCATING,    //!< tells peers different things
    CLOCK_SKEW,                //!< the host's clock is off
    MINORITY_CRASH,            //!< as many hosts as a minority has crash together
    CASCADE,                   //!< hosts crash one after the other
    BYZANTINE_TWIN,            //!< two servers with one identity
    BYZANTINE_TERM_INFLATION,  //!< claims terms that nobody stood for
    BYZANTINE_STALE_REPLAY,    //!< sends again what it sent seconds ago
    BYZANTINE_VOTE_WITHHOLDING //!< never answers some candidates
};

constexpr std::size_t FAULT_KIND_COUNT = 20;

/** @return the names of plans and files, in the order of FaultKind */
const std::vector<std::string>& FaultKindNames();

/** @return whether the kind is a plan of its own, of crashes at servers that it chooses itself */
bool IsComposite(FaultKind kind);

/** @return the kind's name, as in plans and files */
const std::string& FaultKindName(FaultKind kind);

/** @return whether the kind is byzantine, as its name says */
bool IsByzantine(FaultKind kind);

/** Which server a fault hits; all but ID are resolved when the fault starts. */
struct FaultTarget
{
    enum class Role : uint8_t
    {
        ID,       //!< the server `id`
        LEADER,   //!< the live leader with the highest term, or any live server if there is none
        FOLLOWER, //!< a live server that doesn't lead, at random
        RANDOM    //!< a live server, at random
    };

    Role role{Role::RANDOM};
    uint32_t id{0}; //!< 1..n exactly for ID, otherwise 0

    bool operator==(const FaultTarget& o) const
    {
        return role == o.role && id == o.id;
    }
};

/** One direction between two servers. */
struct Cut
{
    uint32_t from{0};
    uint32_t to{0};

    bool operator==(const Cut& o) const
    {
        return from == o.from && to == o.to;
    }

    bool operator<(const Cut& o) const
    {
        return from != o.from ? from < o.from : to < o.to;
    }
};

/** Which directions a server loses, all of it or a share. */
enum class CutDirection : uint8_t
{
    BOTH,
    IN, //!< what it would hear
    OUT //!< what others would hear of it
};

/** The resource that runs out in a degradation; degradation-resource.h has what each does. */
enum class Resource : uint8_t
{
    HEAP, //!< pauses of garbage collection grow
    CPU,  //!< throttling in periods of 100 ms
    NIC,  //!< bursts of loss, in one direction or both
    DISK, //!< bouts of slow writes
    QUEUE //!< work waits ever longer
};

constexpr std::size_t RESOURCE_COUNT = 5;

/** @return heap, cpu, nic, disk or queue */
const char* ResourceName(Resource resource);

/** How a degradation ends. */
enum class Outcome : uint8_t
{
    RANDOM, //!< by the hazards of DegradationProcess
    CRASH,  //!< a path that ends in a crash
    RECOVER //!< a path that recovers
};

/** What a fault of each kind reads; the others keep their defaults. */
struct FaultParameters
{
    FaultTarget node;      //!< key node
    bool exact{false};     //!< key exact: no jitter of the start
    std::vector<Cut> cuts; //!< keys cut, groups: sorted; empty: relative to node
    CutDirection direction{CutDirection::BOTH}; //!< key direction, without cuts, or of a NIC
    std::vector<uint32_t> to; //!< key to: peers, sorted; empty: the kind's default
    double factor{1};         //!< key factor, times
    Nanos ramp{};             //!< key ramp: time to full strength; 0: sudden
    Nanos delay{};     //!< key delay: mean wait for the CPU, or added latency; key age of replays
    Nanos jitter{};    //!< key jitter: spread of the added latency
    double loss{0};    //!< key loss: share of packets
    Nanos period{};    //!< key period: of flapping; mean between claimed terms
    double duty{0};    //!< key duty: share of the period that is cut
    Nanos bout{};      //!< key bout: mean length of a bout; 0: slow all the time
    Nanos gap{};       //!< key gap: mean time between bouts, or between crashes
    uint32_t count{0}; //!< key count: of crashes; 0: what a minority allows
    Resource resource{Resource::HEAP}; //!< key resource
    Outcome outcome{Outcome::RANDOM};  //!< key outcome
    double severity{0};                //!< key severity: strength of symptoms, 0 to 1
    std::optional<Nanos> down;         //!< key down: restart so long after the crash
    uint64_t magnitude{0};             //!< key magnitude: largest lie, in log entries or terms
    double share{0};                   //!< key share: of messages that deviate
    Nanos from{};                      //!< key from: no deviation before, after the start
    std::optional<Nanos> until;        //!< key until: no deviation from then on, after the start
    std::optional<uint64_t> seed;      //!< key seed: of the deviations; nothing: the run's
    bool lieAboutClock{false};         //!< key clock: also the clock stamp
    Nanos offset{};                    //!< key offset: added to the clock
    double driftPpm{0};                //!< key drift: parts per million, added to its rate

    bool operator==(const FaultParameters& o) const;
};

/** One fault of a plan. */
struct FaultSpec
{
    FaultKind kind{FaultKind::HOST_CRASH};
    Nanos start{};
    std::optional<Nanos> duration; //!< nothing: for good (DEGRADE: until it crashes or recovers)
    FaultParameters parameters;

    bool operator==(const FaultSpec& o) const
    {
        return kind == o.kind && start == o.start && duration == o.duration &&
               parameters == o.parameters;
    }
};

/** A fault plan; the order is the order in which it was written. */
using FaultPlan = std::vector<FaultSpec>;

/**
 * How strong a fault is that grows: a tenth at once, then in nine equal steps up to its full
 * strength.
 * @param elapsed since its start, 0 or more
 * @param ramp until its full strength; 0 for all at once
 * @return the share of its full strength, 0.1 to 1
 */
double RampStrength(Nanos elapsed, Nanos ramp);

/** @return the kind's parameters where a plan names none */
FaultParameters DefaultParameters(FaultKind kind);

/** @return the fault as ParseFault() reads it, with every key of its kind: reading gives it back */
std::string FormatFault(const FaultSpec& fault);

/** @return the keys of FormatFault() alone, or an empty text: the column `detail` of faults.csv */
std::string FormatParameters(const FaultSpec& fault);

/** @return 1>2, 1-2 and so on, separated by '/' */
std::string FormatCuts(const std::vector<Cut>& cuts);

/** @return seconds with exactly 9 decimals, as in files */
std::string FormatSeconds(Nanos time);

} // namespace ns3::faults

#endif /* FAULT_SPEC_H */
