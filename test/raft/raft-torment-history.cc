#include "raft-torment-history.h"

#include <stdexcept>

namespace ns3::raft::test
{

WriteOrder::WriteOrder(std::size_t servers)
    : m_shown(servers + 1)
{
}

bool
WriteOrder::Apply(ServerId server, Index index, const std::string& key, const KeyValueStore& store)
{
    std::string& shown = m_shown.at(server)[key];
    const std::string& now = store.Get(key);
    const std::string effect = now == shown ? "" : now;
    shown = now;
    const auto [place, isFirst] = m_effects.try_emplace(index, effect);
    if (place->second != effect)
    {
        throw std::logic_error("state-machine safety: entry " + std::to_string(index) +
                               " writes \"" + effect + "\" on server " + std::to_string(server) +
                               " and \"" + place->second + "\" on another");
    }
    if (isFirst && !effect.empty())
    {
        const auto [written, isNew] = m_written.try_emplace(effect, index);
        if (!isNew)
        {
            throw std::logic_error(
                "sessions: the write of \"" + effect + "\" took effect twice, at entries " +
                std::to_string(written->second) + " and " + std::to_string(index));
        }
    }
    return isFirst;
}

void
WriteOrder::Restore(ServerId server, const KeyValueStore& store)
{
    // A key that no server has shown is in no store.
    for (const std::map<std::string, std::string>& other : m_shown)
    {
        for (const auto& [key, value] : other)
        {
            m_shown.at(server)[key] = store.Get(key);
        }
    }
}

bool
WriteOrder::Contains(const std::string& value) const
{
    return m_written.count(value) > 0;
}

} // namespace ns3::raft::test
