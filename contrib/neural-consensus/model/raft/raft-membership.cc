#include "raft-membership.h"

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

void
Write(std::string& out, uint32_t value, int bytes)
{
    for (int i = bytes; i-- > 0;)
    {
        out.push_back(static_cast<char>(static_cast<uint8_t>(value >> (8 * i))));
    }
}

/** Takes a number off the front; the caller has checked that it is there. */
uint32_t
Read(std::string_view& in, std::size_t bytes)
{
    uint32_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i)
    {
        value = value << 8 | static_cast<uint8_t>(in[i]);
    }
    in.remove_prefix(bytes);
    return value;
}

bool
ReadIds(std::string_view& in, std::size_t count, std::vector<ServerId>& ids)
{
    for (std::size_t i = 0; i < count; ++i)
    {
        const ServerId id = Read(in, 4);
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
    Write(out, static_cast<uint32_t>(voters.size()), 2);
    Write(out, static_cast<uint32_t>(learners.size()), 2);
    for (const ServerId id : voters)
    {
        Write(out, id, 4);
    }
    for (const ServerId id : learners)
    {
        Write(out, id, 4);
    }
    return out;
}

std::optional<Membership>
Membership::Decode(std::string_view bytes)
{
    if (bytes.size() < 4)
    {
        return std::nullopt;
    }
    const std::size_t voters = Read(bytes, 2);
    const std::size_t learners = Read(bytes, 2);
    Membership membership;
    if (voters == 0 || bytes.size() != 4 * (voters + learners) ||
        !ReadIds(bytes, voters, membership.voters) ||
        !ReadIds(bytes, learners, membership.learners))
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
