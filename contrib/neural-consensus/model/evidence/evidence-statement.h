#ifndef EVIDENCE_STATEMENT_H
#define EVIDENCE_STATEMENT_H

#include "evidence-keys.h"

#include <optional>
#include <variant>

/**
 * @file
 * What servers sign, and when it convicts them. Each statement stands for itself: whoever holds it
 * and the public keys can check it, so it may come from anybody.
 */
namespace ns3::evidence
{

/** A vote that was really given; a candidate's request is its own. */
struct Vote
{
    ServerId signer{0}; //!< who votes
    Term term{0};
    ServerId candidate{0};
    Signature signature{0}; //!< the same whoever checks it, so that votes can be aggregated

    bool operator==(const Vote& o) const;
};

/** "I lead this term, and these elected me." */
struct Leads
{
    ServerId signer{0};
    Term term{0};
    SignerSet voters{};
    Signature votes{0}; //!< aggregate of the voters' votes for the signer
    Signature signature{0};

    bool operator==(const Leads& o) const;
};

/** "In my log, in the term that I lead, this entry stands at this index." */
struct Holds
{
    ServerId signer{0};
    Term term{0}; //!< in which the signer leads
    Index index{0};
    Term entryTerm{0}; //!< in which the entry was created
    uint64_t hash{0};  //!< HashOf() the entry
    Signature signature{0};

    bool operator==(const Holds& o) const;
};

/**
 * "My log agrees with yours up to an index." The message that it answers reached up to `sentUpTo`,
 * which the leader itself signed for this server, so nothing that it says later can frame it.
 */
struct Ack
{
    ServerId signer{0};
    Term term{0};
    ServerId leader{0};
    Index index{0};
    Index sentUpTo{0};
    Signature sent{0}; //!< by the leader, of SentDigest()
    Signature signature{0};

    bool operator==(const Ack& o) const;
};

/** Anything that is signed. */
using Statement = std::variant<Vote, Leads, Holds, Ack>;

/** What a server is convicted of. */
enum class Rule : uint8_t
{
    DOUBLE_VOTE = 0,       //!< two candidates in a term had its vote
    TWO_LEADERS = 1,       //!< two leaders of a term were elected with its vote
    FALSE_CERTIFICATE = 2, //!< claims to lead by votes that were not given
    TWO_ENTRIES = 3,       //!< different entries at one index of the log that it led with
    FALSE_ACK = 4          //!< acknowledges more than the message that it answers had
};

constexpr std::size_t RULES = 5; //!< number of rules

/** @return the rule's name in files */
const char* RuleName(Rule rule);

/** @return what a vote's signature signs: the same for all voters of one candidate in a term */
uint64_t VoteDigest(Term term, ServerId candidate);
/** @return what a leader signs to say how far a message to a follower reached */
uint64_t SentDigest(Term term, ServerId to, Index upTo);
/** @return what the signer of a statement signs, all of its fields */
uint64_t DigestOf(const Vote& vote);
uint64_t DigestOf(const Leads& leads);
uint64_t DigestOf(const Holds& holds);
uint64_t DigestOf(const Ack& ack);

/** @return the hash of type and command of an entry */
uint64_t HashOf(const raft::Entry& entry);

/** @return who signed it */
ServerId SignerOf(const Statement& statement);
/** @return the term that it speaks of */
Term TermOf(const Statement& statement);

/** @return whether the statement is its signer's own, be it true or not */
bool IsGenuine(const KeyRing& keys, const Statement& statement);
/**
 * How many votes are enough is no question: a server believes the members that its log has, and
 * whoever led before may have told it of fewer than there are.
 * @return whether the voters, at least one, voted for the signer in that term
 */
bool IsCertified(const KeyRing& keys, const Leads& leads);
/** @return whether the leader had sent what is acknowledged */
bool IsCovered(const KeyRing& keys, const Ack& ack);

/**
 * The judge: needs nothing but the statements and the public keys, and has no memory.
 * @param keys of the cluster
 * @param accused who is said to have broken a rule
 * @param first a statement
 * @param second one that conflicts with it, or the same where it convicts by itself
 * @return the rule that the accused has broken without doubt, if any
 */
std::optional<Rule> FindOffence(const KeyRing& keys,
                                ServerId accused,
                                const Statement& first,
                                const Statement& second);

/** A server is guilty, and these statements show it to anybody. */
struct Proof
{
    Rule rule{Rule::DOUBLE_VOTE};
    ServerId accused{0};
    Term term{0};
    Index index{0};      //!< of entries and acknowledgements, otherwise 0
    ServerId witness{0}; //!< who relayed what completed it; the finder itself if it had all
    Statement first;
    Statement second;
};

} // namespace ns3::evidence

#endif /* EVIDENCE_STATEMENT_H */
