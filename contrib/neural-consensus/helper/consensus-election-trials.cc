#include "consensus-election-trials.h"

#include "atomic-file.h"
#include "consensus-election-cluster.h"
#include "consensus-election-trials-report.h"

#include "ns3/simulator.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <unistd.h>

namespace ns3
{

namespace
{

/** Takes the cluster from one trial to the next. */
class Trials
{
  public:
    explicit Trials(const ElectionTrialsOptions& options);

    std::vector<ElectionTrial> Run();

  private:
    /** What is waited for. */
    enum class Phase
    {
        SETTLE,  ///< all servers up, with one leader and one log
        DIVERGE, ///< the followers' logs to end where they shall
        AIM,     ///< the heartbeat after which the leader will die
        FIRE,    ///< its death
        ELECT    ///< a new leader whom all follow
    };

    void OnHeartbeat(const raft::RaftCore& leader);
    void OnRole(uint32_t server, const raft::RoleChange& change);
    void OnReceive(const raft::Message& message);

    void StartOver();
    void Aim(const raft::RaftCore& leader);
    void Fire();
    void End(bool won);
    void Enter(Phase phase);
    void BreakDeadlock(uint32_t restarted);
    void TooLong() const;
    void ShowProgress() const;

    const ElectionTrialsOptions& m_options;
    const bool m_showsProgress;
    ElectionCluster m_cluster;

    Phase m_phase{Phase::SETTLE};
    EventId m_patience;
    Time m_heartbeatAt; //!< when the leader that is to die sent its last one
    raft::Term m_oldTerm{0};
    raft::Term m_highestTerm{0};
    raft::Term m_newTerm{0};        //!< of the latest leader since the crash, 0 for none
    Time m_lastHeard;               //!< last arrival of the old leader's heartbeat
    std::set<uint32_t> m_following; //!< servers that follow the new leader, itself included
    std::size_t m_running{0};       //!< servers left by the crash
    ElectionTrial m_trial;
    std::vector<ElectionTrial> m_done;
};

Trials::Trials(const ElectionTrialsOptions& options)
    : m_options(options),
      m_showsProgress(!options.quiet && isatty(STDERR_FILENO) == 1),
      m_cluster(
          options,
          {[this](const raft::RaftCore& leader) { OnHeartbeat(leader); },
           [this](uint32_t server, const raft::RoleChange& change) { OnRole(server, change); },
           [this](const raft::Message& message) { OnReceive(message); }})
{
}

std::vector<ElectionTrial>
Trials::Run()
{
    Enter(Phase::SETTLE);
    ShowProgress();
    Simulator::Run();
    if (m_showsProgress)
    {
        std::fputs("\r\033[K", stderr);
    }
    return std::move(m_done);
}

void
Trials::Enter(Phase phase)
{
    m_phase = phase;
    m_patience.Cancel();
    m_patience = phase == Phase::ELECT
                     ? Simulator::Schedule(m_options.giveUp, &Trials::End, this, false)
                     : Simulator::Schedule(100 * m_options.giveUp, &Trials::TooLong, this);
}

void
Trials::TooLong() const
{
    throw std::runtime_error("the cluster has not been ready for trial " +
                             std::to_string(m_done.size() + 1) +
                             " for 100 times --give-up: expected settings under which a leader "
                             "can be elected and stays");
}

void
Trials::OnHeartbeat(const raft::RaftCore& leader)
{
    switch (m_phase)
    {
    case Phase::SETTLE:
        if (!m_cluster.IsSettled(leader))
        {
            break;
        }
        m_oldTerm = leader.GetTerm();
        if (m_options.differentLogs)
        {
            m_cluster.Diverge(leader);
            Enter(Phase::DIVERGE);
        }
        else
        {
            Aim(leader);
        }
        break;
    case Phase::DIVERGE:
        if (leader.GetTerm() != m_oldTerm || m_cluster.HasOvershot())
        {
            StartOver();
        }
        else if (m_cluster.HasDiverged(leader))
        {
            m_cluster.HushClient();
            Enter(Phase::AIM); // the next heartbeat finds nothing else under way
        }
        break;
    case Phase::AIM:
        leader.GetTerm() == m_oldTerm ? Aim(leader) : StartOver();
        break;
    case Phase::FIRE:
    case Phase::ELECT:
        break;
    }
}

/** The trial has failed before it began: with short timeouts the leader may be deposed, say. */
void
Trials::StartOver()
{
    m_cluster.Converge();
    Enter(Phase::SETTLE);
}

/** This heartbeat is the leader's last. */
void
Trials::Aim(const raft::RaftCore& leader)
{
    m_trial = ElectionTrial();
    m_trial.oldLeader = leader.GetId();
    m_heartbeatAt = Simulator::Now();
    m_lastHeard = m_heartbeatAt;
    Enter(Phase::FIRE);
    // The heartbeat leaves within this very step, whose trace this is.
    const Time wait = m_options.crash == ElectionTrialsOptions::Crash::UNIFORM
                          ? m_cluster.Random() * m_options.heartbeat
                          : Time(0);
    Simulator::Schedule(wait, &Trials::Fire, this);
}

void
Trials::Fire()
{
    const raft::RaftCore* old = m_cluster.Server(m_trial.oldLeader)->GetCore();
    if (old->GetRole() != raft::Role::LEADER || old->GetTerm() != m_oldTerm)
    {
        StartOver();
        return;
    }
    m_trial.start = Simulator::Now();
    m_trial.phase = m_trial.start - m_heartbeatAt;
    m_following.clear();
    m_newTerm = 0;
    m_highestTerm = m_oldTerm;
    m_cluster.Converge();
    Enter(Phase::ELECT);
    m_cluster.Server(m_trial.oldLeader)->Crash();
    m_running = m_options.topology.servers - 1 - m_options.down;
    if (m_options.down > 0)
    {
        const std::vector<uint32_t> others = m_cluster.OthersShuffled(m_trial.oldLeader);
        std::for_each_n(others.begin(), m_options.down, [this](uint32_t id) {
            m_cluster.Server(id)->Crash();
        });
    }
}

void
Trials::OnReceive(const raft::Message& message)
{
    // Heartbeats may still be on their way when their sender is dead.
    if ((m_phase == Phase::FIRE || (m_phase == Phase::ELECT && m_newTerm == 0)) &&
        message.from == m_trial.oldLeader && message.term == m_oldTerm)
    {
        m_lastHeard = Simulator::Now();
    }
}

void
Trials::OnRole(uint32_t server, const raft::RoleChange& change)
{
    if (m_phase != Phase::ELECT)
    {
        return;
    }
    m_highestTerm = std::max(m_highestTerm, change.term);
    if (change.role == raft::Role::CANDIDATE)
    {
        ++m_trial.candidacies;
    }
    else if (change.role == raft::Role::LEADER && change.term > m_newTerm)
    {
        m_newTerm = change.term;
        m_trial.newLeader = server;
        m_trial.elected = Simulator::Now() - m_trial.start;
        m_trial.silence = Simulator::Now() - m_lastHeard;
        m_following = {server};
    }
    else if (change.role == raft::Role::FOLLOWER && change.term == m_newTerm &&
             change.leader == m_trial.newLeader)
    {
        m_following.insert(server);
        if (m_following.size() == m_running)
        {
            End(true);
        }
    }
}

void
Trials::End(bool won)
{
    if (won)
    {
        m_trial.known = Simulator::Now() - m_trial.start;
        m_trial.terms = static_cast<uint32_t>(m_newTerm - m_oldTerm);
    }
    else
    {
        m_trial.newLeader = 0; // whoever was elected was not known to all
        m_trial.elected = Time(0);
        m_trial.silence = Time(0);
        m_trial.terms = static_cast<uint32_t>(m_highestTerm - m_oldTerm);
    }
    m_done.push_back(m_trial);
    ShowProgress();
    if (m_done.size() == m_options.trials)
    {
        m_patience.Cancel();
        Simulator::Stop();
        return;
    }
    Enter(Phase::SETTLE);
    // Not from within a trace of one of the servers.
    Simulator::ScheduleNow(&ElectionCluster::Recover, &m_cluster);
    if (!won)
    {
        // The old leader learns the term first, or its requests would be of the past.
        Simulator::Schedule(2 * m_options.timeoutMax,
                            &Trials::BreakDeadlock,
                            this,
                            m_trial.oldLeader);
    }
}

/** Servers that split every vote may go on so with the restarted one, too. */
void
Trials::BreakDeadlock(uint32_t restarted)
{
    if (m_phase == Phase::SETTLE)
    {
        m_cluster.StartAnew(restarted);
    }
}

void
Trials::ShowProgress() const
{
    const std::size_t step = std::max<std::size_t>(1, m_options.trials / 100);
    if (m_showsProgress && m_done.size() % step == 0)
    {
        std::fprintf(stderr, "\rtrial %zu of %u", m_done.size(), m_options.trials);
        std::fflush(stderr);
    }
}

} // namespace

std::vector<ElectionTrial>
RunElectionTrials(const ElectionTrialsOptions& options)
{
    std::unique_ptr<AtomicFile> file;
    if (!options.out.empty())
    {
        file = std::make_unique<AtomicFile>(options.out); // says at once if it cannot be written
    }
    std::vector<ElectionTrial> trials;
    {
        Trials run(options);
        trials = run.Run();
    }
    Simulator::Destroy();
    if (file)
    {
        WriteElectionTrials(trials, file->Stream());
        file->Commit();
    }
    return trials;
}

} // namespace ns3
