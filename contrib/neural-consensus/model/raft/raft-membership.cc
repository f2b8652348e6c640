#include "raft-membership.h"

#include "raft-bytes.h"

#include <algorithm>

namespace ns3::raft
{

namespace
{

bool
Has(const std::vector<ServerId>& ids, ServerId id)
{
    return std::binary_search(ids.begin(), ids.end(), id);
}

void
Insert(std::vector<ServerId>& ids, ServerId id)
{
    const auto at = std::lower_bound(ids.begin(), ids.end(), id);
    if (at == ids.end() || *at != id)
    {
        ids.insert(at, id);
    }
}

void
Erase(std::vector<ServerId>& ids, ServerId id)
{
    ids.erase(std::remove(ids.begin(), ids.end(), id), ids.end());
}

bool
ReadIds(ByteReader& in, std::size_t count, std::vector<ServerId>& ids)
{
    for (std::size_t i = 0; i < count; ++i)
    {
        const auto id = in.Number<ServerId>();
        if (id == NO_SERVER || id > MAX_SERVER_ID || (!ids.empty() && id <= ids.back()))
        {
            return false;
        }
        ids.push_back(id);
    }
    return true;
}

} // namespace

bool
Membership::IsVoter(ServerId id) const
{
    return Has(voters, id);
}

bool
Membership::IsLearner(ServerId id) const
{
    return Has(learners, id);
}

bool
Membership::Contains(ServerId id) const
{
    return IsVoter(id) || IsLearner(id);
}

std::size_t
Membership::QuorumSize() const
{
    return voters.size() / 2 + 1;
}

void
Membership::AddVoter(ServerId id)
{
    Erase(learners, id);
    Insert(voters, id);
}

void
Membership::AddLearner(ServerId id)
{
    Insert(learners, id);
}

void
Membership::Remove(ServerId id)
{
    Erase(voters, id);
    Erase(learners, id);
}

std::string
Membership::Encode() const
{
    std::string out;
    out.reserve(4 + 4 * (voters.size() + learners.size()));
    WriteNumber(out, static_cast<uint16_t>(voters.size()));
    WriteNumber(out, static_cast<uint16_t>(learners.size()));
    for (const ServerId id : voters)
    {
        WriteNumber(out, id);
    }
    for (const ServerId id : learners)
    {
        WriteNumber(out, id);
    }
    return out;
}

std::optional<Membership>
Membership::Decode(std::string_view bytes)
{
    ByteReader in(bytes);
    const std::size_t voters = in.Number<uint16_t>();
    const std::size_t learners = in.Number<uint16_t>();
    Membership membership;
    if (voters == 0 || in.Remaining() != 4 * (voters + learners) ||
        !ReadIds(in, voters, membership.voters) || !ReadIds(in, learners, membership.learners))
    {
        return std::nullopt;
    }
    for (const ServerId id : membership.learners)
    {
        if (membership.IsVoter(id))
        {
            return std::nullopt;
        }
    }
    return membership;
}

bool
Membership::operator==(const Membership& o) const
{
    return voters == o.voters && learners == o.learners;
}

bool
Membership::operator!=(const Membership& o) const
{
    return !(*this == o);
}

} // namespace ns3::raft
