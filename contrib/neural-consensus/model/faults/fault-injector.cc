#include "fault-injector.h"

#include "fault-injector-active.h"

#include "ns3/abort.h"
#include "ns3/double.h"
#include "ns3/raft-application.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{

using namespace faults;

NS_OBJECT_ENSURE_REGISTERED(FaultInjector);

namespace
{

/** "For good", within the range of Time. */
constexpr Nanos FOR_GOOD = std::chrono::hours(24 * 36500);

} // namespace

TypeId
FaultInjector::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::FaultInjector")
            .SetParent<Object>()
            .SetGroupName("NeuralConsensus")
            .AddConstructor<FaultInjector>()
            .AddAttribute("StartJitter",
                          "Faults that aren't exact start up to this much later than planned, "
                          "uniformly: one heartbeat period",
                          TimeValue(MilliSeconds(100)),
                          MakeTimeAccessor(&FaultInjector::m_startJitter),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("TimeCompression",
                          "How many times faster than in the field a degradation goes whose length "
                          "the plan doesn't say",
                          DoubleValue(DEFAULT_TIME_COMPRESSION),
                          MakeDoubleAccessor(&FaultInjector::m_timeCompression),
                          MakeDoubleChecker<double>(1e-3, 1e6))
            .AddTraceSource("FaultStart",
                            "A fault starts",
                            MakeTraceSourceAccessor(&FaultInjector::m_startTrace),
                            "ns3::FaultInjector::FaultCallback")
            .AddTraceSource("FaultEnd",
                            "A fault ends",
                            MakeTraceSourceAccessor(&FaultInjector::m_endTrace),
                            "ns3::FaultInjector::FaultCallback");
    return tid;
}

FaultInjector::FaultInjector()
    : m_jitter(CreateObject<UniformRandomVariable>()),
      m_choice(CreateObject<UniformRandomVariable>())
{
}

FaultInjector::~FaultInjector() = default;

void
FaultInjector::DoDispose()
{
    for (Active& fault : m_active)
    {
        fault.next.Cancel();
        fault.turn.Cancel();
        fault.symptomEnd.Cancel();
        for (Active::Fallen& fallen : fault.fallen)
        {
            fallen.restart.Cancel();
        }
    }
    m_hosts.clear();
    m_active.clear();
    Object::DoDispose();
}

void
FaultInjector::SetServers(const NodeContainer& servers)
{
    m_hosts.clear();
    for (uint32_t i = 0; i < servers.GetN(); ++i)
    {
        m_hosts.push_back(std::make_unique<FaultHost>(servers.Get(i)));
    }
}

void
FaultInjector::SetPlan(FaultPlan plan)
{
    NS_ABORT_MSG_IF(m_started, "a fault plan is changed after its start");
    m_plan = std::move(plan);
    m_active.clear();
    const auto exists = [this](uint32_t id) { return id <= m_hosts.size(); };
    for (std::size_t i = 0; i < m_plan.size(); ++i)
    {
        const FaultParameters& p = m_plan[i].parameters;
        const bool good = exists(p.node.id) && std::all_of(p.to.begin(), p.to.end(), exists) &&
                          std::all_of(p.cuts.begin(), p.cuts.end(), [&](const Cut& cut) {
                              return exists(cut.from) && exists(cut.to);
                          });
        NS_ABORT_MSG_IF(!good, FormatFault(m_plan[i]) << " names a server that doesn't exist");
        Active fault;
        fault.spec = m_plan[i];
        fault.random = CreateObject<UniformRandomVariable>();
        m_active.push_back(std::move(fault));
    }
}

const FaultPlan&
FaultInjector::GetPlan() const
{
    return m_plan;
}

int64_t
FaultInjector::AssignStreams(int64_t stream)
{
    const int64_t first = stream;
    m_jitter->SetStream(stream++);
    m_choice->SetStream(stream++);
    for (Active& fault : m_active)
    {
        fault.random->SetStream(stream++);
    }
    return stream - first;
}

void
FaultInjector::Start()
{
    NS_ABORT_MSG_IF(m_started, "a fault plan is started twice");
    m_started = true;
    for (std::size_t i = 0; i < m_active.size(); ++i)
    {
        Active& fault = m_active[i];
        // Drawn for exact ones too, so that the others' jitter doesn't depend on them.
        const double jitter = m_jitter->GetValue(0, m_startJitter.GetDouble());
        Time start = NanoSeconds(fault.spec.start.count());
        if (!fault.spec.parameters.exact)
        {
            start += Time(static_cast<int64_t>(jitter));
        }
        fault.next = Simulator::Schedule(std::max(start - Simulator::Now(), Time(0)),
                                         &FaultInjector::Begin,
                                         this,
                                         i);
    }
}

const FaultLog&
FaultInjector::GetLog() const
{
    return m_log;
}

Nanos
FaultInjector::Now() const
{
    return Nanos(Simulator::Now().GetNanoSeconds());
}

std::vector<uint32_t>
FaultInjector::Live() const
{
    std::vector<uint32_t> live;
    for (uint32_t id = 1; id <= m_hosts.size(); ++id)
    {
        if (m_hosts[id - 1]->IsUp())
        {
            live.push_back(id);
        }
    }
    return live;
}

uint32_t
FaultInjector::Resolve(const FaultTarget& target)
{
    if (target.role == FaultTarget::Role::ID)
    {
        return target.id;
    }
    std::vector<uint32_t> live = Live();
    uint32_t leader = 0;
    raft::Term leaderTerm = 0;
    for (const uint32_t id : live)
    {
        Ptr<RaftApplication> server = m_hosts[id - 1]->GetServer();
        const raft::RaftCore* core = server ? server->GetCore() : nullptr;
        if (core && core->GetRole() == raft::Role::LEADER && core->GetTerm() > leaderTerm)
        {
            leader = id;
            leaderTerm = core->GetTerm();
        }
    }
    // One draw for each role, so that targets of later faults don't depend on who leads.
    const double draw = m_choice->GetValue(0, 1);
    if (target.role == FaultTarget::Role::LEADER && leader != 0)
    {
        return leader;
    }
    if (target.role == FaultTarget::Role::FOLLOWER && live.size() > 1)
    {
        live.erase(std::remove(live.begin(), live.end(), leader), live.end());
    }
    const auto count = static_cast<double>(live.empty() ? m_hosts.size() : live.size());
    const auto at = static_cast<std::size_t>(std::min(draw * count, count - 1));
    return live.empty() ? at + 1 : live[at];
}

std::vector<Cut>
FaultInjector::ResolveCuts(const Active& fault) const
{
    const FaultParameters& p = fault.spec.parameters;
    if (!p.cuts.empty())
    {
        return p.cuts;
    }
    std::vector<Cut> cuts;
    for (uint32_t peer = 1; peer <= m_hosts.size(); ++peer)
    {
        if (peer != fault.node && p.direction != CutDirection::IN)
        {
            cuts.push_back({fault.node, peer});
        }
        if (peer != fault.node && p.direction != CutDirection::OUT)
        {
            cuts.push_back({peer, fault.node});
        }
    }
    return cuts;
}

void
FaultInjector::Begin(std::size_t index)
{
    Active& fault = m_active[index];
    const FaultSpec& spec = fault.spec;
    fault.running = true;
    if (spec.kind == FaultKind::MINORITY_CRASH || spec.kind == FaultKind::CASCADE)
    {
        CrashNext(index); // each crash has a row of its own
    }
    else
    {
        const bool isLink = !spec.parameters.cuts.empty();
        fault.node = isLink ? 0 : Resolve(spec.parameters.node);
        OpenRecord(fault,
                   spec.kind,
                   isLink ? FormatCuts(spec.parameters.cuts) : std::to_string(fault.node),
                   FormatParameters(spec));
        Apply(index);
    }
    if (spec.duration && spec.kind != FaultKind::DEGRADE) // which ends by itself
    {
        fault.turn = Simulator::Schedule(NanoSeconds(spec.duration->count()),
                                         &FaultInjector::End,
                                         this,
                                         index);
    }
}

void
FaultInjector::Apply(std::size_t index)
{
    Active& fault = m_active[index];
    const FaultSpec& spec = fault.spec;
    switch (spec.kind)
    {
    case FaultKind::HOST_CRASH:
    case FaultKind::PROCESS_CRASH:
        Crash(index, fault.node, spec.kind == FaultKind::HOST_CRASH, std::nullopt);
        break;
    case FaultKind::SLOW_CPU:
        BeginSlow(index);
        break;
    case FaultKind::SLOW_DISK:
        BeginBout(index);
        break;
    case FaultKind::DISK_STALL: {
        const Time span = ToTime(spec.duration.value_or(FOR_GOOD));
        m_hosts[fault.node - 1]->StallDisk(span);
        fault.symptoms = {OpenSymptom(fault, "disk", span, 0)};
        break;
    }
    case FaultKind::SLOW_LINK:
        BeginSlowLink(index);
        break;
    case FaultKind::OMISSION:
        BeginOmission(index);
        break;
    case FaultKind::PARTITION:
        fault.cuts = ResolveCuts(fault);
        CutAll(fault, true);
        break;
    case FaultKind::FLAPPING:
        fault.cuts = ResolveCuts(fault);
        Flap(index, true);
        break;
    case FaultKind::DEGRADE:
        BeginDegradation(index);
        break;
    case FaultKind::CLOCK_SKEW:
        m_hosts[fault.node - 1]->Skew(index,
                                      NanoSeconds(spec.parameters.offset.count()),
                                      spec.parameters.driftPpm);
        fault.skew = m_log.skews.size();
        m_log.skews.push_back({{Now(), std::nullopt}, fault.node});
        break;
    default:
        BeginByzantine(index);
        break;
    }
}

void
FaultInjector::End(std::size_t index)
{
    Active& fault = m_active[index];
    if (!fault.running)
    {
        return;
    }
    fault.running = false;
    fault.next.Cancel();
    switch (fault.spec.kind)
    {
    case FaultKind::HOST_CRASH:
    case FaultKind::PROCESS_CRASH:
        Restart(index, fault.node);
        break;
    case FaultKind::MINORITY_CRASH:
    case FaultKind::CASCADE:
        RestartAllFallen(index);
        return;
    case FaultKind::PARTITION:
    case FaultKind::FLAPPING:
        CutAll(fault, false);
        break;
    case FaultKind::DEGRADE:
        EndSymptom(index);
        fault.turn.Cancel();
        break;
    default:
        for (const std::unique_ptr<FaultHost>& host : m_hosts)
        {
            host->ClearSlow(index);
            host->ClearSlowDisk(index);
            host->ClearImpair(index);
            host->ClearSkew(index);
            host->ClearIntercept(index);
        }
        break;
    }
    for (const std::size_t symptom : fault.symptoms)
    {
        m_log.symptoms[symptom].span.end = Now();
    }
    if (fault.skew)
    {
        m_log.skews[*fault.skew].span.end = Now();
    }
    CloseRecord(fault.record);
}

void
FaultInjector::OpenRecord(Active& fault, FaultKind kind, std::string target, std::string detail)
{
    fault.record = m_log.faults.size();
    m_log.faults.push_back({{Now(), std::nullopt}, kind, std::move(target), std::move(detail)});
    const FaultRecord record = m_log.faults.back(); // a listener may make the list grow
    m_startTrace(record);
}

void
FaultInjector::CloseRecord(std::size_t record)
{
    m_log.faults[record].span.end = Now();
    const FaultRecord closed = m_log.faults[record]; // a listener may make the list grow
    m_endTrace(closed);
}

} // namespace ns3
