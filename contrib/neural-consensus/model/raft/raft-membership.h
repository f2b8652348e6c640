#ifndef RAFT_MEMBERSHIP_H
#define RAFT_MEMBERSHIP_H

#include "raft-types.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ns3::raft
{

/** Largest id that a server may have. */
constexpr ServerId MAX_SERVER_ID = 1 << 16;

/**
 * Who belongs to a cluster (dissertation chapter 4). Voters elect and commit; learners receive the
 * log and do neither.
 *
 * Bytes, in network byte order: number of voters (2), number of learners (2), their ids (4 each).
 */
struct Membership
{
    std::vector<ServerId> voters;   //!< ascending, without duplicates
    std::vector<ServerId> learners; //!< ascending, without duplicates, none of them a voter

    bool IsVoter(ServerId id) const;
    bool IsLearner(ServerId id) const;
    /** @return whether it votes or learns */
    bool Contains(ServerId id) const;
    /** @return votes that make a majority */
    std::size_t QuorumSize() const;

    /** Makes a voter of a learner or of a new server. */
    void AddVoter(ServerId id);
    /** Makes a learner of a new server. */
    void AddLearner(ServerId id);
    /** Takes a server out. */
    void Remove(ServerId id);

    /** @return the bytes */
    std::string Encode() const;

    /**
     * @param bytes what should be exactly one membership
     * @return it, or nothing if the bytes are none, lists are out of order or an id is out of range
     */
    static std::optional<Membership> Decode(std::string_view bytes);

    bool operator==(const Membership& o) const;
    bool operator!=(const Membership& o) const;
};

/** The state machine after all entries up to an index (section 7). */
struct Snapshot
{
    Index lastIndex{0};    //!< last entry that it stands for, 0 for no snapshot
    Term lastTerm{0};      //!< term of that entry
    Membership membership; //!< in force at that entry
    Payload data;          //!< the state machine's bytes, null exactly for no snapshot
};

} // namespace ns3::raft

#endif /* RAFT_MEMBERSHIP_H */
