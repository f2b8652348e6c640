#ifndef EVIDENCE_SEAL_H
#define EVIDENCE_SEAL_H

#include "evidence-statement.h"

#include <optional>
#include <vector>

namespace ns3::evidence
{

/**
 * The signatures that travel beside a Raft message. Which of them there are follows from the
 * message (the Has...() functions); the others are zero.
 */
struct Seal
{
    Signature message{0};             //!< by the sender, of the message and all that follows
    Signature statement{0};           //!< of its Vote, Leads or Ack
    SignerSet voters{};               //!< who elected the leader
    Signature votes{0};               //!< aggregate of their votes
    Index sentUpTo{0};                //!< of an Ack: how far the message that it answers reached
    Signature sent{0};                //!< by the leader, how far its message reaches
    std::vector<Signature> entries{}; //!< of its Holds, one for each entry

    bool operator==(const Seal& o) const;
};

/** @return whether the message gives a vote: a request the candidate's own, an answer its sender's
 */
bool HasVote(const raft::Message& message);
/** @return whether the message says that its sender leads */
bool HasLeads(const raft::Message& message);
/** @return whether the message acknowledges entries */
bool HasAck(const raft::Message& message);
/** @return number of Holds in the message: of its entries */
std::size_t CountHolds(const raft::Message& message);

/** @return the vote in a message; only where HasVote() */
Vote VoteIn(const raft::Message& message, const Seal& seal);
/** @return the claim to lead in a message; only where HasLeads() */
Leads LeadsIn(const raft::Message& message, const Seal& seal);
/** @return the acknowledgement in a message; only where HasAck() */
Ack AckIn(const raft::Message& message, const Seal& seal);
/** @return what a message says of its entry at a position, below CountHolds() */
Holds HoldsIn(const raft::Message& message, const Seal& seal, std::size_t position);

/** @return what the sender signs of a message and its seal, all but `seal.message` */
uint64_t MessageDigest(const raft::Message& message, const Seal& seal);

/** What a leader signed of the message that a follower answers. */
struct Receipt
{
    Index upTo{0};
    Signature sent{0};
};

/** @return what the answer to a message has to show; empty for one that no leader sends */
Receipt ReceiptOf(const raft::Message& message, const Seal& seal);

/**
 * Checks all signatures but the certificate, which convicts whoever signed it if it is false.
 * @param keys of the cluster
 * @param message as received
 * @param seal that came with it
 * @return null, or why it is not what its sender sent, a literal sentence
 */
const char* FindForgery(const KeyRing& keys, const raft::Message& message, const Seal& seal);

/**
 * Signs what one life of a server sends, and collects the votes by which it leads. It signs
 * whatever it is given, true or not, as the key of a lying server does.
 */
class Sealer
{
  public:
    /** @param signer the server's own */
    explicit Sealer(Signer signer);

    /** @param vote checked, of this server's present candidacy; one for a rival is ignored */
    void AddVote(const Vote& vote);

    /** The server has been elected: from now on it shows the votes that are there, and its own. */
    void BecomeLeader(Term term);

    /**
     * @param message as it goes onto the wire
     * @param receipt of the message that it answers, empty where it answers none
     * @return the signatures that belong to it
     */
    Seal Sign(const raft::Message& message, const Receipt& receipt) const;

  private:
    void Count(ServerId voter, Signature vote);

    Signer m_signer;
    Term m_candidacy{0}; //!< term of the votes that are being collected
    SignerSet m_granted;
    Signature m_grants{0};
    SignerSet m_voters; //!< of the latest election that was won
    Signature m_votes{0};
};

} // namespace ns3::evidence

#endif /* EVIDENCE_SEAL_H */
