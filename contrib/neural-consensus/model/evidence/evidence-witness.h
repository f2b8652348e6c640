#ifndef EVIDENCE_WITNESS_H
#define EVIDENCE_WITNESS_H

#include "evidence-digest.h"
#include "evidence-seal.h"

#include <memory>
#include <utility>
#include <vector>

namespace ns3::evidence
{

/**
 * What one server knows of what others signed: keeps their latest statements, compares new ones
 * with them, and tells peers what it received itself.
 *
 * Memory is bounded for each signer, apart for what came from the signer itself and what others
 * relayed. So nobody can make a server forget what somebody else said, neither with many terms of
 * its own nor by repeating old statements of that one. Nothing is concluded from what is not told.
 */
class Witness
{
  public:
    static constexpr std::size_t STATEMENTS_KEPT = 16; //!< of a signer, without entries
    static constexpr std::size_t ENTRIES_KEPT = 1024;  //!< of a leader, by index
    static constexpr std::size_t STATEMENTS_TOLD = 4;  //!< of a signer in one digest
    static constexpr std::size_t PROOFS_KEPT = 256; //!< against one server; then no more are made

    /**
     * @param self this server
     * @param keys of the cluster
     */
    Witness(ServerId self, std::shared_ptr<const KeyRing> keys);

    /**
     * A message arrived from its sender.
     * @param message what it says
     * @param seal checked with FindForgery()
     * @return what it proves; valid until the next call
     */
    const std::vector<Proof>& Receive(const raft::Message& message, const Seal& seal);

    /**
     * A peer tells what it received. Nothing in it is believed that its signer did not sign.
     * @param from the peer
     * @param digest from its heartbeat
     * @return what it proves; valid until the next call
     */
    const std::vector<Proof>& Listen(ServerId from, const Digest& digest);

    /**
     * Fills in what a peer has not been told yet: proofs, claims to lead and votes, each twice;
     * then entries, once; of too many those at indices that are multiples of a power of two, so
     * that all witnesses choose the same. What has no room even so waits for the next call.
     * @param to the peer
     * @param digest to fill, empty
     */
    void Tell(ServerId to, Digest& digest);

    /** @return number of relayed statements that their alleged signer had not signed */
    uint64_t GetForged() const;

  private:
    /** What is kept of one signer's statements. */
    struct Shelf
    {
        std::vector<Statement> statements; //!< the latest, by number modulo STATEMENTS_KEPT
        uint64_t added{0};                 //!< statements so far
        std::vector<Holds> entries;        //!< by index modulo ENTRIES_KEPT
        std::vector<uint16_t> arrivals;    //!< positions in `entries`, in order of arrival
        uint64_t entriesAdded{0};
    };

    /** A signer, and what it is known to have done. */
    struct Signed
    {
        Shelf own;     //!< what it told this server
        Shelf relayed; //!< what others say that it told them
        Leads leads;   //!< the latest claim to lead in `own`
        bool elected{false};
        std::vector<std::pair<Rule, Term>> proven;
    };

    /** How much of a signer's own shelf one peer was told. */
    struct Told
    {
        uint64_t once{0};
        uint64_t twice{0};
        uint64_t entries{0};
    };

    static bool Keep(Shelf& shelf, const Statement& statement);
    static const Holds* FindEntry(const Shelf& shelf, const Holds& like);

    void TakeLeads(const Leads& leads);
    void TakeEntry(const Holds& entry, bool own, ServerId witness);
    void TakeStatement(const Statement& statement, bool own, ServerId witness);
    void CompareElections(const Statement& statement, const Shelf& shelf, ServerId witness);
    void Convict(ServerId accused, const Statement& a, const Statement& b, ServerId witness);
    void TellStatements(const Shelf& shelf, Told& told, Digest& digest) const;
    void TellEntries(const Shelf& shelf, Told& told, Digest& digest) const;

    ServerId m_self;
    std::shared_ptr<const KeyRing> m_keys;
    std::vector<Signed> m_signers;         //!< by id - 1
    std::vector<std::vector<Told>> m_told; //!< by peer's id - 1, then signer's
    std::vector<Proof> m_found;            //!< by the present call
    ServerId m_turn{0};                    //!< whose statements a digest begins with
    uint64_t m_forged{0};
};

} // namespace ns3::evidence

#endif /* EVIDENCE_WITNESS_H */
