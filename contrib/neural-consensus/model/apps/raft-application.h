#ifndef RAFT_APPLICATION_H
#define RAFT_APPLICATION_H

#include "message-interceptor.h"
#include "raft-storage.h"
#include "raft-transport.h"

#include "ns3/application.h"
#include "ns3/event-id.h"
#include "ns3/evidence-seal.h"
#include "ns3/evidence-witness.h"
#include "ns3/node-clock.h"
#include "ns3/node-cpu.h"
#include "ns3/raft-core.h"
#include "ns3/raft-key-value-store.h"
#include "ns3/random-variable-stream.h"
#include "ns3/traced-callback.h"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{

struct RaftClientReply;

/**
 * A Raft server on a host: the thin shell around raft::RaftCore that owns sockets, the timer,
 * stable storage and the key-value state machine. Everything it does goes through the node's
 * NodeCpu, on the time of the node's NodeClock; writes go to the node's NodeDisk. Servers are found
 * through the node's HostNetwork.
 */
class RaftApplication : public Application
{
  public:
    /** @return the registered type. */
    static TypeId GetTypeId();

    RaftApplication();
    ~RaftApplication() override;

    /** @param servers ids of the cluster's first voters; without this server it waits to be added
     */
    void SetServers(std::vector<uint32_t> servers);

    /** @return this server's id, 1..n */
    uint32_t GetServerId() const;

    /** The process dies: volatile state and unfinished writes are lost, sockets are closed. */
    void Crash();

    /** Starts the process again from what is on stable storage; nothing if it is up. */
    void Restart();

    /** @return whether the process runs */
    bool IsUp() const;

    /**
     * Asks this server, as an operator would, to change who belongs to the cluster by one server.
     * @param change what to do
     * @return whether it took the change, or why not and who leads; not from a trace source
     */
    raft::ProposalResult ChangeMembership(const raft::ChangeMembership& change);

    /**
     * Asks this server, as an operator would, to hand leadership over.
     * @param target a voter, 0 for the one whose log is longest; not from a trace source
     * @return whether it has begun to
     */
    bool TransferLeadership(uint32_t target);

    /** @return the state machine of Raft, null while the process is down */
    const raft::RaftCore* GetCore() const;

    /** @return what is on stable storage; only once the application has started */
    const raft::DurableState& GetDurable() const;

    /** @return the key-value store, rebuilt from snapshot and log after a restart */
    const raft::KeyValueStore& GetStore() const;

    /** @param interceptor sees every message of this server and may change it; null for none */
    void SetInterceptor(std::shared_ptr<MessageInterceptor> interceptor);

    /**
     * Sends in this server's name what no interceptor sees: for interceptors. Nothing while the
     * process is down.
     * @param message as it shall leave
     */
    void SendPastInterceptor(const raft::Message& message);

    /**
     * From its next start the server signs what it sends, after any interceptor, drops what isn't
     * signed, and looks for proofs against its peers (doc/evidence.md).
     * @param signer its own
     * @param keys everybody's, for verification
     */
    void SetIdentity(evidence::Signer signer, std::shared_ptr<const evidence::KeyRing> keys);

    /**
     * @param peer a server that gets a heartbeat
     * @param digest what to tell it of signed statements received; empty without an identity
     */
    void TellPeer(uint32_t peer, evidence::Digest& digest);

    /**
     * @param peer a server whose heartbeat arrived
     * @param digest what it told
     */
    void ListenToPeer(uint32_t peer, const evidence::Digest& digest);

    /** @return number of packets that were no message */
    uint64_t GetMalformedCount() const;

    /**
     * Fixes the random stream of the election timeout.
     * @param stream first stream number
     * @return number of streams used
     */
    int64_t AssignStreams(int64_t stream);

    /** @param server who; @param change role, term, leader and the rule behind it */
    typedef void (*RoleCallback)(uint32_t server, const raft::RoleChange& change);
    /** @param server who; @param commitIndex index of the last committed entry */
    typedef void (*CommitCallback)(uint32_t server, uint64_t commitIndex);
    /** @param server who; @param applied entry and its index */
    typedef void (*ApplyCallback)(uint32_t server, const raft::Applied& applied);
    /**
     * @param message as sent (after any interceptor) or as received
     * @param id number of the sending, which a received message and all its copies repeat; 0
     *           without TagMessages
     */
    typedef void (*MessageCallback)(const raft::Message& message, uint64_t id);
    /** @param server who; @param reason what was wrong */
    typedef void (*ComplaintCallback)(uint32_t server, const char* reason);
    /** @param core state after the step; @param update what the step asked for */
    typedef void (*StepCallback)(const raft::RaftCore& core, const raft::Update& update);
    /** @param server who found it; @param proof that a server has broken a rule */
    typedef void (*ProofCallback)(uint32_t server, const evidence::Proof& proof);
    /** @param server who; @param up whether the process runs now */
    typedef void (*LifeCallback)(uint32_t server, bool up);

  protected:
    void DoDispose() override;

  private:
    void StartApplication() override;
    void StopApplication() override;

    void HandlePacket(uint32_t from, Ptr<Packet> packet);
    void HandleRequest(uint32_t client, Ptr<Packet> packet);
    void Complain(const char* reason);
    /** What happened, before it is stamped with time and randomness. */
    using Happening = decltype(raft::Event::what);

    /** An event on its way to the core, and for a proposal who made it. */
    struct Work
    {
        Happening what;
        uint32_t client{0};
        uint64_t request{0};
        evidence::Receipt receipt{};          //!< of a received message
        std::optional<evidence::Vote> vote{}; //!< in it
    };

    /** A message that waits for a write, and what it answers. */
    struct Held
    {
        raft::Outgoing outgoing;
        evidence::Receipt receipt;
    };

    raft::Config MakeConfig() const;
    void Feed(Work work);
    void Carry(const raft::Update& update, const Work& work);
    void AnswerProposal(const raft::ProposalResult& result, const Work& work);
    void SendAllDurable();
    void Send(const raft::Message& message, const evidence::Receipt& receipt);
    void Transmit(const raft::Message& message,
                  const evidence::Sealer* sealer,
                  const evidence::Receipt& receipt);
    void OpenEvidence();
    void CloseEvidence();
    const char* Examine(const raft::Message& message, const std::optional<evidence::Seal>& seal);
    void Report(const std::vector<evidence::Proof>& proofs);
    void CountVote(const Work& work);
    void NoteForSecondVoice(const Work& work);
    void ApplyEntry(const raft::Applied& applied);
    void AnswerRead(const raft::ReadResult& result);
    void RestoreStore(const raft::Snapshot& snapshot);
    void TakeSnapshot(raft::Index index);
    void Refuse(uint32_t client, uint64_t request, raft::ServerId leader);
    void ReplyTo(uint32_t client, const RaftClientReply& reply);
    void ArmTimer(raft::TimePoint deadline);
    void HandleTimer();

    /** A client that waits for the entry at an index. */
    struct Waiting
    {
        raft::Term term{0};
        uint32_t client{0};
        uint64_t request{0};
    };

    /** A client that waits for a read which does not go through the log. */
    struct WaitingRead
    {
        uint32_t client{0};
        uint64_t request{0};
        std::string key;
    };

    // Attributes
    uint32_t m_serverId{0};
    uint16_t m_port{9000};
    TypeId m_socketFactory;
    Time m_heartbeatInterval;
    Time m_electionTimeoutMin;
    Time m_electionTimeoutMax;
    uint32_t m_maxBatchEntries{64};
    uint32_t m_maxBatchBytes{32768};
    bool m_preVote{true};
    bool m_checkQuorum{true};
    bool m_leaderStickiness{true};
    std::string m_readMode;
    double m_maxClockDrift{0};
    uint64_t m_snapshotThreshold{0};
    uint32_t m_maxInFlightMessages{1};
    uint64_t m_maxInFlightBytes{0};
    bool m_leaderWritesFirst{false};
    Time m_maxWriteSilence;
    bool m_tagMessages{false};

    std::vector<uint32_t> m_servers;
    std::shared_ptr<MessageInterceptor> m_interceptor;
    std::optional<evidence::Signer> m_signer; //!< none where servers don't sign
    std::shared_ptr<const evidence::KeyRing> m_keys;
    Ptr<UniformRandomVariable> m_random;
    Ptr<NodeClock> m_clock;
    Ptr<NodeCpu> m_cpu;
    std::unique_ptr<RaftStorage> m_storage; //!< survives a crash

    // Lost in a crash
    std::unique_ptr<raft::RaftCore> m_core;
    std::unique_ptr<RaftTransport> m_transport;
    raft::KeyValueStore m_store;
    std::deque<Work> m_work; //!< not yet stepped
    bool m_stepping{false};  //!< inside Feed()
    uint32_t m_receiving{0}; //!< calls that came up from the transport
    std::deque<Held> m_held; //!< wait for a write
    std::unique_ptr<evidence::Sealer> m_sealer;
    std::unique_ptr<evidence::Witness> m_witness;
    std::unique_ptr<evidence::Sealer> m_secondSealer; //!< of what goes past the interceptor
    evidence::Receipt m_secondReceipt;                //!< of what it saw last
    uint64_t m_durableTicket{0};
    std::map<raft::Index, Waiting> m_waiting;
    std::map<uint64_t, WaitingRead> m_waitingReads; //!< by context
    uint64_t m_lastRead{0};
    raft::Compact m_pendingSnapshot; //!< taken, given to Raft when as many entries again are there
    raft::ProposalResult m_operatorResult;
    raft::TimePoint m_deadline{}; //!< when the core wants its next tick
    raft::TimePoint m_timerAt{};  //!< when m_timer fires, on the node's clock
    EventId m_timer;
    bool m_tickQueued{false}; //!< a tick waits for the processor
    uint64_t m_life{0};       //!< counts starts, so that work queued before a crash is told apart

    uint64_t m_malformed{0};
    uint64_t m_sent{0}; //!< messages, over all lives

    TracedCallback<uint32_t, const raft::RoleChange&> m_roleTrace;
    TracedCallback<uint32_t, uint64_t> m_commitTrace;
    TracedCallback<uint32_t, const raft::Applied&> m_applyTrace;
    TracedCallback<const raft::Message&, uint64_t> m_txTrace;
    TracedCallback<const raft::Message&, uint64_t> m_rxTrace;
    TracedCallback<uint32_t, const char*> m_malformedTrace;
    TracedCallback<uint32_t, const char*> m_rejectedTrace;
    TracedCallback<const raft::RaftCore&, const raft::Update&> m_stepTrace;
    TracedCallback<uint32_t, const evidence::Proof&> m_proofTrace;
    TracedCallback<uint32_t, bool> m_lifeTrace;
};

} // namespace ns3

#endif /* RAFT_APPLICATION_H */
