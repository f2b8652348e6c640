#ifndef EVIDENCE_TEST_SUPPORT_H
#define EVIDENCE_TEST_SUPPORT_H

#include "ns3/evidence-digest.h"
#include "ns3/evidence-seal.h"
#include "ns3/evidence-witness.h"

#include <string>
#include <vector>

namespace nctest
{

/** A cluster's keys and what its servers sign with them, each server only in its own name. */
class Signers
{
  public:
    explicit Signers(ns3::evidence::ServerId servers = 5);

    std::shared_ptr<const ns3::evidence::KeyRing> Ring() const;
    ns3::evidence::Signer Of(ns3::evidence::ServerId server) const;

    ns3::evidence::Vote Votes(ns3::evidence::ServerId voter,
                              ns3::evidence::Term term,
                              ns3::evidence::ServerId candidate) const;
    /** A claim to lead, elected by those voters. */
    ns3::evidence::Leads Leads(ns3::evidence::ServerId leader,
                               ns3::evidence::Term term,
                               const std::vector<ns3::evidence::ServerId>& voters) const;
    /** An entry at an index of a leader's log. */
    ns3::evidence::Holds Holds(ns3::evidence::ServerId leader,
                               ns3::evidence::Term term,
                               ns3::evidence::Index index,
                               uint64_t hash) const;
    /** An acknowledgement of a message that reached up to an index. */
    ns3::evidence::Ack Acks(ns3::evidence::ServerId follower,
                            ns3::evidence::Term term,
                            ns3::evidence::ServerId leader,
                            ns3::evidence::Index index,
                            ns3::evidence::Index sent) const;

    /** Signed anew by its alleged signer, after a change. */
    template <typename S>
    S Signed(S statement) const
    {
        statement.signature = Of(statement.signer).Sign(ns3::evidence::DigestOf(statement));
        return statement;
    }

  private:
    ns3::evidence::Keys m_keys;
};

/** Entries with these commands, all created in one term. */
std::vector<ns3::raft::Entry> Entries(ns3::raft::Term term,
                                      const std::vector<std::string>& commands);

/** A message of an elected leader, and its seal. */
struct SealedMessage
{
    ns3::raft::Message message;
    ns3::evidence::Seal seal;
};

/** What a leader of a term, elected by itself and voters, sends to a follower. Without voters
 * nobody elected it. */
SealedMessage LeaderSends(const Signers& signers,
                          ns3::raft::ServerId leader,
                          ns3::raft::Term term,
                          const std::vector<ns3::raft::ServerId>& voters,
                          ns3::raft::ServerId to,
                          ns3::raft::Index previous,
                          const std::vector<std::string>& commands);

/** A digest of statements. */
ns3::evidence::Digest MakeDigest(const std::vector<ns3::evidence::Statement>& statements);

/** Rule and accused of each proof, as "3 two-entries". */
std::vector<std::string> Names(const std::vector<ns3::evidence::Proof>& proofs);

} // namespace nctest

#endif /* EVIDENCE_TEST_SUPPORT_H */
