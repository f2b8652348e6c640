#ifndef EVIDENCE_CLUSTER_H
#define EVIDENCE_CLUSTER_H

#include "evidence-test-support.h"

#include "ns3/raft-core.h"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace nctest
{

/** One server's deviation: changes what it sends, after Raft and before the signatures; without an
 * addressee nothing is sent. */
using Deviation = std::function<void(ns3::raft::Message& message, std::mt19937_64& random)>;

/** A server's lies about what others signed. */
using FalseWitness = std::function<void(ns3::evidence::Digest& digest, std::mt19937_64& random)>;

/** What is wrong in a run. */
struct ClusterFaults
{
    std::map<ns3::raft::ServerId, Deviation> deviations;
    std::map<ns3::raft::ServerId, FalseWitness> witnesses;
    bool crashes{false}; //!< servers die and come back, with torn writes
    double loss{0.02};
};

/**
 * Five Raft servers that sign, on a lossy network with a slow disk each, and beside them somebody
 * who sees what reaches whom, and works out without any signature what can be proven.
 */
class EvidenceCluster
{
  public:
    static constexpr ns3::raft::ServerId SERVERS = 5;

    EvidenceCluster(uint64_t seed, ClusterFaults faults);

    void Run(ns3::raft::Duration time);

    /** Who, what (vote, certificate, entries or acknowledgement), in which term. */
    using Offence = std::tuple<ns3::raft::ServerId, std::string, ns3::raft::Term>;

    /** Since when correct servers together had what convicts. */
    std::map<Offence, ns3::raft::TimePoint> provable;
    /** When a correct server proved it first. */
    std::map<Offence, ns3::raft::TimePoint> proven;
    /** Proofs that any server found. */
    std::size_t proofs{0};
    std::size_t terms{0};             //!< that had a leader
    std::size_t fewestVotes{SERVERS}; //!< that a correct leader showed
    std::size_t crashes{0};
    uint64_t forged{0}; //!< statements that witnesses did not believe
    uint64_t committed{0};

  private:
    struct Letter
    {
        ns3::raft::Message message;
        ns3::raft::Index reach{0}; //!< of the message that it answers
        ns3::evidence::Receipt receipt{};
        uint64_t afterTicket{0};
    };

    struct Server
    {
        std::unique_ptr<ns3::raft::RaftCore> core;
        std::unique_ptr<ns3::evidence::Sealer> sealer;
        std::unique_ptr<ns3::evidence::Witness> witness;
        ns3::raft::DurableState durable;
        std::deque<ns3::raft::PersistRequest> writes;
        std::deque<Letter> held;
        ns3::raft::Term elected{0};      //!< latest term that it really led
        ns3::raft::TimePoint deadline{}; //!< when Raft wants to be called again
        uint64_t life{0};
    };

    using Happening = decltype(ns3::raft::Event::what);

    void At(ns3::raft::TimePoint time, std::function<void()> what);
    void Start(ns3::raft::ServerId id);
    void Crash(ns3::raft::ServerId id);
    void Feed(ns3::raft::ServerId id,
              Happening what,
              ns3::raft::Index reach = 0,
              ns3::evidence::Receipt receipt = {});
    void Write(ns3::raft::ServerId id, const ns3::raft::PersistRequest& request);
    void Send(ns3::raft::ServerId id, const Letter& letter);
    void Deliver(const Letter& letter, const ns3::evidence::Seal& seal);
    void Gossip(ns3::raft::ServerId id);
    void Note(ns3::raft::ServerId observer, const std::vector<ns3::evidence::Proof>& found);
    void Judge(const Letter& letter);
    void Convict(const Offence& offence);
    bool IsCorrect(ns3::raft::ServerId id) const;
    double Uniform();

    Signers m_signers;
    ClusterFaults m_faults;
    std::mt19937_64 m_random;
    std::vector<Server> m_servers; //!< by id - 1
    std::multimap<ns3::raft::TimePoint, std::function<void()>> m_events;
    ns3::raft::TimePoint m_now{};
    uint64_t m_commands{0};

    // What the one beside it knows, of messages that reached correct servers.
    std::map<std::pair<ns3::raft::ServerId, ns3::raft::Term>, std::set<ns3::raft::ServerId>>
        m_votes;
    std::map<std::tuple<ns3::raft::ServerId, ns3::raft::Term, ns3::raft::Index>,
             std::set<std::pair<ns3::raft::Term, std::string>>>
        m_entries;
};

} // namespace nctest

#endif /* EVIDENCE_CLUSTER_H */
