#include "raft-key-value-store.h"

#include <utility>

namespace ns3::raft
{

CommandResult
KeyValueStore::Apply(std::string_view bytes)
{
    CommandResult result;
    std::optional<Command> command = Command::Decode(bytes);
    if (!command)
    {
        result.malformed = true;
        return result;
    }
    result.client = command->client;
    result.request = command->request;
    result.op = command->op;
    result.key = std::move(command->key);
    switch (command->op)
    {
    case CommandOp::PUT:
        m_values.insert_or_assign(result.key, command->value);
        result.value = std::move(command->value);
        break;
    case CommandOp::GET:
        result.value = Get(result.key);
        break;
    }
    return result;
}

const std::string&
KeyValueStore::Get(const std::string& key) const
{
    static const std::string missing;
    const auto found = m_values.find(key);
    return found == m_values.end() ? missing : found->second;
}

std::size_t
KeyValueStore::GetSize() const
{
    return m_values.size();
}

bool
KeyValueStore::operator==(const KeyValueStore& o) const
{
    return m_values == o.m_values;
}

} // namespace ns3::raft
