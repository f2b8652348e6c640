#ifndef RAFT_TORMENT_CLIENTS_H
#define RAFT_TORMENT_CLIENTS_H

#include "raft-cluster.h"
#include "raft-torment-history.h"

#include "ns3/raft-linearizability.h"

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace ns3::raft::test
{

/** How the clients of a cluster behave. */
struct ClientPlan
{
    uint32_t clients{3};
    uint32_t lanes{1}; //!< requests that a client has under way at a time, in one session
    uint32_t keys{3};
    double reads{0.4};          //!< share of reads that do not go through the log
    double logReads{0.1};       //!< share of reads through the log
    Duration timeout{};         //!< then it asks another server, with the same request
    uint32_t maxAttempts{8};    //!< then it gives up
    Duration maxThinkTime{};    //!< between an answer and the next request
    bool followRedirects{true}; //!< asks the server that the last one named
};

/** What happened to clients. */
struct ClientTally
{
    uint64_t writes{0};     //!< answered
    uint64_t logReads{0};   //!< answered
    uint64_t indexReads{0}; //!< answered after a round of heartbeats
    uint64_t leaseReads{0}; //!< answered at once
    uint64_t retries{0};
    uint64_t redirects{0};
    uint64_t deduplicated{0}; //!< committed writes that were repeats and did nothing
    uint64_t unknown{0};      //!< writes given up
    uint64_t expired{0};      //!< requests whose session was gone
};

/**
 * Clients of a cluster in virtual time, each with a session (dissertation 6.3), and what a server
 * does for them: proposes, reads, answers. Keeps the history.
 */
class Clients : public ClusterWatcher
{
  public:
    /**
     * @param cluster they are its watcher from now on
     * @param plan how they behave
     * @param seed of their wishes
     */
    Clients(Cluster& cluster, ClientPlan plan, uint64_t seed);
    Clients(const Clients&) = delete;
    Clients& operator=(const Clients&) = delete;

    /** Lets all of them begin. */
    void Start();
    /** From now on they wait long for an answer, never give up and ask where they are sent. */
    void BePatient();
    /** One more client asks this server at once, and nobody else; outside of any session. */
    void Probe(ServerId server, bool write);
    /** Lets none of them begin anything new. */
    void Stop();
    /** @return whether nothing is under way */
    bool AreIdle() const;

    /** @param onApplied is told of each membership that a server has applied */
    void WatchMemberships(std::function<void(Index, Term)> onApplied);

    const std::vector<HistoryOperation>& GetHistory() const;
    const ClientTally& GetTally() const;
    /** @return answered operations by client */
    const std::vector<uint64_t>& GetAnswered() const;

    void OnApplied(ServerId server, const Applied& applied, const CommandResult& result) override;
    void OnRestored(ServerId server) override;
    void OnRead(ServerId server, const ReadResult& result) override;
    void OnCrashed(ServerId server) override;

  private:
    enum class Kind : uint8_t
    {
        REGISTER,
        WRITE,
        LOG_READ,
        READ
    };

    /** A request of a client, over all its attempts. */
    struct Call
    {
        uint32_t client{0};
        uint32_t lane{0};
        Kind kind{Kind::READ};
        uint64_t session{0};
        uint64_t request{0};
        std::string key;
        std::string value;
        uint32_t attempt{0};
        ServerId target{NO_SERVER};
        std::size_t place{0}; //!< in the history, but for REGISTER
        bool probe{false};    //!< tried once
    };

    struct Client
    {
        uint64_t session{0}; //!< 0 before it has one
        bool registering{false};
        uint64_t lastRequest{0};
        std::set<uint64_t> open;         //!< requests under way
        std::vector<uint32_t> idleLanes; //!< wait for a session
        ServerId target{1};              //!< the server that it believes to lead
    };

    /** An answer on its way to a client. */
    struct Answer
    {
        bool done{false};
        bool expired{false};        //!< if done: the session is gone
        std::string value;          //!< if done: what was read
        uint64_t session{0};        //!< if done: what was registered
        ServerId leader{NO_SERVER}; //!< if not done
        uint32_t attempt{0};
    };

    /** A request at a server that waits for its entry or its turn. */
    struct Waiting
    {
        uint64_t call{0};
        uint32_t attempt{0};
        Term term{0};    //!< of its entry
        std::string key; //!< to read
    };

    // raft-torment-clients.cc: the clients' side
    uint64_t Below(uint64_t bound);
    void Next(uint32_t client, uint32_t lane);
    void Register(uint32_t client);
    void Record(Call& call);
    void Begin(Call call);
    void Attempt(uint64_t number);
    std::string Encode(const Call& call) const;
    void OnTimeout(uint64_t number, uint32_t attempt);
    void OnAnswer(uint64_t number, const Answer& answer);
    void OnRegistered(const Call& call, const Answer& answer);
    void Finish(uint64_t number, bool answered);
    ServerId AnotherServer(ServerId but);

    // raft-torment-servers.cc: what servers do for them
    void Serve(ServerId server, uint64_t number, uint32_t attempt, Kind kind, const std::string& x);
    void Reply(uint64_t number, Answer answer);

    Cluster& m_cluster;
    ClientPlan m_plan;
    std::mt19937_64 m_random;
    bool m_running{false};
    std::vector<Client> m_clients;
    std::map<uint64_t, Call> m_calls;
    uint64_t m_lastCall{0};
    uint64_t m_lastValue{0};
    std::vector<HistoryOperation> m_history;
    std::vector<uint64_t> m_answered;
    ClientTally m_tally;

    std::function<void(Index, Term)> m_onMembership;
    WriteOrder m_order;
    std::vector<std::map<Index, Waiting>> m_proposed; //!< by server
    std::vector<std::map<uint64_t, Waiting>> m_reads; //!< by server, context
    uint64_t m_lastContext{0};
    uint64_t m_contextInHand{0}; //!< read that is being asked for in this very step
};

} // namespace ns3::raft::test

#endif /* RAFT_TORMENT_CLIENTS_H */
