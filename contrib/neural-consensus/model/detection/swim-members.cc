#include "swim-members.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace ns3::detection
{

namespace
{

/** @return a number from 0 to below `count` */
std::size_t
Draw(const SwimRandom& random, std::size_t count)
{
    return std::min(static_cast<std::size_t>(random() * static_cast<double>(count)), count - 1);
}

} // namespace

SwimMembers::SwimMembers(std::vector<uint32_t> ids)
    : m_order(ids.size()),
      m_next(ids.size())
{
    std::sort(ids.begin(), ids.end());
    m_members.resize(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i)
    {
        m_members[i].id = ids[i];
    }
    std::iota(m_order.begin(), m_order.end(), 0);
}

SwimMember*
SwimMembers::Find(uint32_t id)
{
    return const_cast<SwimMember*>(std::as_const(*this).Find(id));
}

const SwimMember*
SwimMembers::Find(uint32_t id) const
{
    const auto it = std::lower_bound(
        m_members.begin(),
        m_members.end(),
        id,
        [](const SwimMember& member, uint32_t wanted) { return member.id < wanted; });
    return it != m_members.end() && it->id == id ? &*it : nullptr;
}

const std::vector<SwimMember>&
SwimMembers::GetAll() const
{
    return m_members;
}

SwimMember*
SwimMembers::Next(const SwimRandom& random)
{
    if (std::all_of(m_members.begin(), m_members.end(), [](const SwimMember& member) {
            return member.status == SwimStatus::DEAD;
        }))
    {
        return nullptr;
    }
    while (true)
    {
        if (m_next == m_order.size())
        {
            for (std::size_t i = 1; i < m_order.size(); ++i)
            {
                std::swap(m_order[i], m_order[Draw(random, i + 1)]);
            }
            m_next = 0;
        }
        SwimMember& member = m_members[m_order[m_next++]];
        if (member.status != SwimStatus::DEAD)
        {
            return &member;
        }
    }
}

SwimMember*
SwimMembers::NextDead()
{
    for (std::size_t tried = 0; tried < m_members.size(); ++tried)
    {
        SwimMember& member = m_members[m_nextDead];
        m_nextDead = (m_nextDead + 1) % m_members.size();
        if (member.status == SwimStatus::DEAD)
        {
            return &member;
        }
    }
    return nullptr;
}

void
SwimMembers::Choose(std::size_t most,
                    uint32_t except,
                    const SwimRandom& random,
                    std::vector<uint32_t>& out) const
{
    out.clear();
    for (const SwimMember& member : m_members)
    {
        if (member.status == SwimStatus::ALIVE && member.id != except)
        {
            out.push_back(member.id);
        }
    }
    const std::size_t count = std::min(most, out.size());
    for (std::size_t i = 0; i < count; ++i)
    {
        std::swap(out[i], out[i + Draw(random, out.size() - i)]);
    }
    out.resize(count);
}

} // namespace ns3::detection
