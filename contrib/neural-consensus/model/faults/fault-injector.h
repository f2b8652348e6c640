#ifndef FAULT_INJECTOR_H
#define FAULT_INJECTOR_H

#include "fault-log.h"
#include "fault-spec.h"

#include "ns3/event-id.h"
#include "ns3/node-container.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/random-variable-stream.h"
#include "ns3/traced-callback.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{

class FaultHost;

/**
 * Breaks hosts and links as a fault plan says, and keeps a log of what it did.
 *
 * Usage: SetServers(), SetPlan(), AssignStreams(), Start(), and after the run GetLog(). Servers
 * need a HostNetwork; a RaftApplication and a HeartbeatMonitor on them are taken down, restarted
 * and intercepted where they exist, a SwimApplication taken down and restarted. Targets by role are
 * resolved when a fault starts.
 *
 * Faults may overlap, on one host too: each takes back only its own part. A crash of another cause
 * ends a degradation, for the restarted process begins with a fresh heap and the host with a fresh
 * device.
 *
 * What a fault draws at random comes from a stream of its own, in the order of the plan, so that a
 * fault's times depend neither on other faults nor on the traffic. Only a byzantine server's choice
 * of messages to deviate in is drawn message by message.
 *
 * Attributes: StartJitter, TimeCompression. Traces: FaultStart, FaultEnd.
 */
class FaultInjector : public Object
{
  public:
    static TypeId GetTypeId();

    FaultInjector();
    ~FaultInjector() override;

    /** @param servers hosts 1..n, in order; before SetPlan() */
    void SetServers(const NodeContainer& servers);

    /**
     * @param plan what to break; aborts if it names a server that doesn't exist
     */
    void SetPlan(faults::FaultPlan plan);

    /** @return the plan as it was given */
    const faults::FaultPlan& GetPlan() const;

    /**
     * Fixes all random streams; after SetPlan().
     * @param stream first stream number
     * @return number of streams used: 2 and one per fault
     */
    int64_t AssignStreams(int64_t stream);

    /** Schedules all faults; once, before the run. */
    void Start();

    /** @return what was broken so far; spans that are still open have no end */
    const faults::FaultLog& GetLog() const;

    /** @param fault the fault that starts, or ends */
    typedef void (*FaultCallback)(const faults::FaultRecord& fault);

  protected:
    void DoDispose() override;

  private:
    struct Active;

    void Begin(std::size_t index);
    void End(std::size_t index);
    std::vector<uint32_t> Live() const;
    uint32_t Resolve(const faults::FaultTarget& target);
    void Apply(std::size_t index);
    std::vector<faults::Cut> ResolveCuts(const Active& fault) const;
    std::size_t OpenSymptom(const Active& fault, const char* subtype, Time delay, double loss);
    faults::Nanos Now() const;

    void Crash(std::size_t key, uint32_t node, bool host, std::optional<std::size_t> cause);
    void Restart(std::size_t key, uint32_t node);
    void RestartDegraded(std::size_t index);
    void OpenRecord(Active& fault, faults::FaultKind kind, std::string target, std::string detail);
    void CloseRecord(std::size_t record);
    void CrashNext(std::size_t index);
    void CrashOne(std::size_t index);
    void RestartFallen(std::size_t index, uint32_t node);
    void RestartAllFallen(std::size_t index);
    void LogLiveness(uint32_t node, std::optional<std::size_t> cause);
    void CutAll(Active& fault, bool cut);
    void Flap(std::size_t index, bool cut);
    void BeginSlow(std::size_t index);
    void BeginSlowLink(std::size_t index);
    void BeginOmission(std::size_t index);
    void GrowSlow(std::size_t index);
    void BeginBout(std::size_t index);
    void EndBout(std::size_t index);
    void BeginByzantine(std::size_t index);
    void BeginDegradation(std::size_t index);
    void NextSymptom(std::size_t index);
    void ApplySymptom(std::size_t index, const faults::Symptom& symptom);
    void EndSymptom(std::size_t index);
    void TurnDegradation(std::size_t index);
    void CancelDegradations(uint32_t node, std::size_t except);

    Time m_startJitter;       //!< attribute StartJitter
    double m_timeCompression; //!< attribute TimeCompression
    faults::FaultPlan m_plan;
    std::vector<std::unique_ptr<FaultHost>> m_hosts; //!< by server id - 1
    std::vector<Active> m_active;                    //!< by index in the plan
    std::map<uint32_t, std::size_t> m_openDown;      //!< by server, index in the log's downs
    std::map<faults::Cut, std::size_t> m_openCut;    //!< index in the log's cuts
    Ptr<UniformRandomVariable> m_jitter;             //!< start jitter
    Ptr<UniformRandomVariable> m_choice;             //!< targets by role
    faults::FaultLog m_log;
    bool m_started{false};
    TracedCallback<const faults::FaultRecord&> m_startTrace;
    TracedCallback<const faults::FaultRecord&> m_endTrace;
};

} // namespace ns3

#endif /* FAULT_INJECTOR_H */
