#include "neural-failure-detector.h"

#include "neural-observer.h"

#include "ns3/abort.h"
#include "ns3/double.h"
#include "ns3/node-clock.h"
#include "ns3/node-cpu.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(NeuralFailureDetector);

TypeId
NeuralFailureDetector::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::NeuralFailureDetector")
            .SetParent<Object>()
            .SetGroupName("NeuralConsensus")
            .AddConstructor<NeuralFailureDetector>()
            .AddAttribute("SuspicionThreshold",
                          "Summed probability of SuspectClasses from which a peer is suspected",
                          DoubleValue(0.5),
                          MakeDoubleAccessor(&NeuralFailureDetector::m_threshold),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("SuspectClasses",
                          "Names of the classes that count as suspicion, separated by commas",
                          StringValue("crashed,partitioned"),
                          MakeStringAccessor(&NeuralFailureDetector::SetSuspectClasses,
                                             &NeuralFailureDetector::GetSuspectClasses),
                          MakeStringChecker())
            .AddAttribute("HardTimeout",
                          "Silence after which a peer is suspected whatever the network says",
                          TimeValue(Seconds(2)),
                          MakeTimeAccessor(&NeuralFailureDetector::m_hardTimeout),
                          MakeTimeChecker(MicroSeconds(1)))
            .AddAttribute("OverdueFactor",
                          "A heartbeat is overdue this many mean intervals after the last one",
                          DoubleValue(1.5),
                          MakeDoubleAccessor(&NeuralFailureDetector::m_overdueFactor),
                          MakeDoubleChecker<double>(1, 1000))
            .AddAttribute("OverdueDeviations",
                          "and this many standard deviations of the interval",
                          DoubleValue(4),
                          MakeDoubleAccessor(&NeuralFailureDetector::m_overdueDeviations),
                          MakeDoubleChecker<double>(0, 1000))
            .AddAttribute("OverdueRepeat",
                          "Time between two looks at a peer whose heartbeat is overdue",
                          TimeValue(MilliSeconds(25)),
                          MakeTimeAccessor(&NeuralFailureDetector::m_overdueRepeat),
                          MakeTimeChecker(MicroSeconds(100)))
            .AddTraceSource("Verdict",
                            "A tick was judged",
                            MakeTraceSourceAccessor(&NeuralFailureDetector::m_verdictTrace),
                            "ns3::NeuralFailureDetector::VerdictCallback")
            .AddTraceSource("Suspicion",
                            "A peer is suspected or trusted again",
                            MakeTraceSourceAccessor(&NeuralFailureDetector::m_suspicionTrace),
                            "ns3::NeuralFailureDetector::SuspicionCallback");
    return tid;
}

NeuralFailureDetector::NeuralFailureDetector() = default;
NeuralFailureDetector::~NeuralFailureDetector() = default;

void
NeuralFailureDetector::Setup(Ptr<NeuralObserver> observer,
                             Ptr<NodeCpu> cpu,
                             Ptr<NeuralInferenceService> service)
{
    NS_ABORT_MSG_IF(m_observer, "a neural failure detector is set up once");
    NS_ABORT_MSG_IF(observer->GetWindowLength() != service->GetWindowLength(),
                    "the observer's windows have " << observer->GetWindowLength()
                                                   << " rows, the model's "
                                                   << service->GetWindowLength());
    m_observer = observer;
    m_cpu = cpu;
    m_service = service;
    for (uint32_t host : observer->GetWatched())
    {
        Target target;
        target.host = host;
        m_targets.push_back(target);
    }
    observer->TraceConnectWithoutContext("Liveness",
                                         MakeCallback(&NeuralFailureDetector::OnLiveness, this));
    observer->TraceConnectWithoutContext("Observation",
                                         MakeCallback(&NeuralFailureDetector::OnObservation, this));
    observer->TraceConnectWithoutContext("Arrival",
                                         MakeCallback(&NeuralFailureDetector::OnArrival, this));
    if (observer->IsUp())
    {
        OnLiveness(true);
    }
}

void
NeuralFailureDetector::SetSuspectClasses(std::string classes)
{
    std::array<bool, neural::CLASS_COUNT> suspect{};
    std::istringstream names(classes);
    std::string name;
    while (std::getline(names, name, ','))
    {
        suspect[static_cast<std::size_t>(neural::ParseFailureClass(name))] = true;
    }
    m_suspect = suspect;
}

std::string
NeuralFailureDetector::GetSuspectClasses() const
{
    std::string names;
    for (std::size_t i = 0; i < neural::CLASS_COUNT; ++i)
    {
        if (m_suspect[i])
        {
            names += (names.empty() ? "" : ",") + neural::FailureClassNames()[i];
        }
    }
    return names;
}

bool
NeuralFailureDetector::IsSuspected(uint32_t target) const
{
    const Target* found = Find(target);
    return found && found->suspected;
}

double
NeuralFailureDetector::GetLevel(uint32_t target) const
{
    const Target* found = Find(target);
    return found ? found->level : 0;
}

std::optional<NeuralVerdict>
NeuralFailureDetector::GetVerdict(uint32_t target) const
{
    const Target* found = Find(target);
    return found ? found->verdict : std::nullopt;
}

void
NeuralFailureDetector::DoDispose()
{
    OnLiveness(false);
    if (m_service)
    {
        m_service->Forget(*this);
    }
    m_observer = nullptr;
    m_cpu = nullptr;
    m_service = nullptr;
    Object::DoDispose();
}

void
NeuralFailureDetector::OnLiveness(bool up)
{
    ++m_life;
    m_up = up;
    for (std::size_t i = 0; i < m_targets.size(); ++i)
    {
        Target& target = m_targets[i];
        target.overdue.Cancel();
        target.hard.Cancel();
        if (!up)
        {
            continue;
        }
        target.silent = false;
        target.arrivals = 0;
        target.verdict.reset();
        Decide(target, false, 0);
        target.hard =
            Simulator::Schedule(m_observer->GetClock()->ToSimulated(
                                    std::chrono::nanoseconds(m_hardTimeout.GetNanoSeconds())),
                                &NeuralFailureDetector::OnHardTimer,
                                this,
                                i);
    }
    if (up)
    {
        m_born = m_observer->GetClock()->Now();
    }
}

void
NeuralFailureDetector::OnObservation(Time, uint32_t, uint32_t host, const neural::FeatureRow&)
{
    if (m_up)
    {
        Evaluate(m_targets[IndexOf(host)], false);
    }
}

void
NeuralFailureDetector::OnArrival(const detection::PeerArrival& arrival)
{
    if (!m_up)
    {
        return;
    }
    const std::size_t index = IndexOf(arrival.peer);
    Target& target = m_targets[index];
    ++target.arrivals;
    if (target.silent)
    {
        target.silent = false;
        OnHard(index); // waits for the next silence
    }
    if (target.suspected)
    {
        if (!Evaluate(target, true))
        {
            Decide(target, false, 0);
        }
    }
    if (target.overdue.IsExpired())
    {
        OnOverdue(index);
    }
}

void
NeuralFailureDetector::OnScores(const Request& request, const neural::Scores& scores)
{
    if (!m_up || request.life != m_life)
    {
        return;
    }
    Target& target = m_targets[IndexOf(request.target)];
    if (!request.provisional)
    {
        const auto best = std::max_element(scores.probability.begin(), scores.probability.end());
        NeuralVerdict verdict;
        verdict.time = request.time;
        verdict.observer = m_observer->GetObserver();
        verdict.target = target.host;
        verdict.failureClass = static_cast<neural::FailureClass>(best - scores.probability.begin());
        verdict.confidence = *best;
        verdict.scores = scores;
        target.verdict = verdict;
        m_verdictTrace(verdict);
    }
    double level = 0;
    for (std::size_t i = 0; i < neural::CLASS_COUNT; ++i)
    {
        level += m_suspect[i] ? scores.probability[i] : 0;
    }
    const bool suspects = level >= m_threshold;
    const bool outdated = suspects && !target.suspected && request.arrivals != target.arrivals;
    if (target.silent || outdated || m_cpu->IsPaused())
    {
        return;
    }
    Decide(target, suspects, level);
    if (!suspects && target.overdue.IsExpired())
    {
        OnOverdue(IndexOf(target.host));
    }
}

bool
NeuralFailureDetector::Evaluate(Target& target, bool provisional)
{
    if (m_observer->GetRowCount() < m_observer->GetWindowLength())
    {
        return false;
    }
    Request request;
    request.target = target.host;
    request.provisional = provisional;
    request.arrivals = target.arrivals;
    request.life = m_life;
    float* window = m_service->Submit(*this, request);
    if (provisional)
    {
        m_observer->CopyProvisionalWindow(target.host, window);
    }
    else
    {
        m_observer->CopyWindow(target.host, window);
    }
    return true;
}

void
NeuralFailureDetector::OnOverdueTimer(std::size_t index)
{
    // Behind the messages that wait for the CPU: first read, then judge.
    m_cpu->Execute([this, index, life = m_life]() {
        if (m_up && life == m_life && m_targets[index].overdue.IsExpired())
        {
            OnOverdue(index);
        }
    });
}

void
NeuralFailureDetector::OnOverdue(std::size_t index)
{
    Target& target = m_targets[index];
    const neural::FeatureExtractor& features = m_observer->GetFeatures(target.host);
    const std::optional<std::chrono::nanoseconds> last = features.LastHeartbeat();
    if (!last || target.suspected)
    {
        return; // looks again when something arrives or trust returns
    }
    Ptr<NodeClock> clock = m_observer->GetClock();
    const std::chrono::nanoseconds now = clock->Now();
    const neural::FeatureExtractor::Intervals intervals = features.HeartbeatIntervals(now);
    const double mean = intervals.count > 0 ? intervals.meanSeconds
                                            : m_observer->GetHeartbeatInterval().GetSeconds();
    const double tolerated =
        m_overdueFactor * mean + m_overdueDeviations * intervals.deviationSeconds;
    const std::chrono::nanoseconds due =
        *last + std::chrono::nanoseconds(static_cast<int64_t>(tolerated * 1e9));
    Time wait = clock->Until(due);
    if (wait.IsZero())
    {
        Evaluate(target, true);
        wait = m_overdueRepeat;
    }
    target.overdue = Simulator::Schedule(wait, &NeuralFailureDetector::OnOverdueTimer, this, index);
}

void
NeuralFailureDetector::OnHardTimer(std::size_t index)
{
    m_cpu->Execute([this, index, life = m_life]() {
        if (m_up && life == m_life)
        {
            OnHard(index);
        }
    });
}

void
NeuralFailureDetector::OnHard(std::size_t index)
{
    Target& target = m_targets[index];
    Ptr<NodeClock> clock = m_observer->GetClock();
    const std::chrono::nanoseconds last =
        m_observer->GetFeatures(target.host).LastArrival().value_or(m_born);
    const Time wait = clock->Until(last + std::chrono::nanoseconds(m_hardTimeout.GetNanoSeconds()));
    if (wait.IsZero())
    {
        target.silent = true;
        Decide(target, true, 1);
        return;
    }
    target.hard.Cancel();
    target.hard = Simulator::Schedule(wait, &NeuralFailureDetector::OnHardTimer, this, index);
}

void
NeuralFailureDetector::Decide(Target& target, bool suspected, double level)
{
    target.level = level;
    if (suspected != target.suspected)
    {
        target.suspected = suspected;
        m_suspicionTrace(Simulator::Now(),
                         m_observer->GetObserver(),
                         target.host,
                         suspected,
                         level);
    }
}

std::size_t
NeuralFailureDetector::IndexOf(uint32_t host) const
{
    const Target* found = Find(host);
    NS_ABORT_MSG_IF(!found, "host " << m_observer->GetObserver() << " does not watch " << host);
    return static_cast<std::size_t>(found - m_targets.data());
}

const NeuralFailureDetector::Target*
NeuralFailureDetector::Find(uint32_t host) const
{
    const auto it =
        std::lower_bound(m_targets.begin(),
                         m_targets.end(),
                         host,
                         [](const Target& target, uint32_t id) { return target.host < id; });
    return it != m_targets.end() && it->host == host ? &*it : nullptr;
}

} // namespace ns3
