#include "raft-key-value-store.h"

#include "raft-bytes.h"

#include <utility>
#include <vector>

namespace ns3::raft
{

namespace
{

constexpr uint8_t VERSION = 1;

void
WriteText(std::string& out, const std::string& text)
{
    WriteNumber(out, static_cast<uint32_t>(text.size()));
    out += text;
}

std::string
ReadText(ByteReader& in)
{
    return std::string(in.Bytes(in.Number<uint32_t>()));
}

} // namespace

KeyValueStore::KeyValueStore(std::size_t maxSessions)
    : m_maxSessions(maxSessions)
{
}

CommandResult
KeyValueStore::Apply(Index index, std::string_view bytes)
{
    std::optional<Command> command = Command::Decode(bytes);
    if (!command)
    {
        CommandResult result;
        result.status = CommandResult::Status::MALFORMED;
        return result;
    }
    if (command->op == CommandOp::REGISTER)
    {
        return Register(index, command->client);
    }
    return command->session == 0 ? Execute(*command) : ApplyInSession(index, *command);
}

CommandResult
KeyValueStore::Register(Index index, uint32_t client)
{
    if (m_sessions.size() >= m_maxSessions)
    {
        const auto oldest = m_byLastUse.begin();
        m_sessions.erase(oldest->second);
        m_byLastUse.erase(oldest);
    }
    m_sessions[index].client = client;
    m_sessions[index].lastUse = index;
    m_byLastUse[index] = index;
    CommandResult result;
    result.op = CommandOp::REGISTER;
    result.session = index;
    return result;
}

CommandResult
KeyValueStore::ApplyInSession(Index index, Command& command)
{
    CommandResult result;
    result.op = command.op;
    const auto at = m_sessions.find(command.session);
    if (at == m_sessions.end() || at->second.client != command.client)
    {
        result.status = CommandResult::Status::EXPIRED;
        return result;
    }
    Session& session = at->second;
    m_byLastUse.erase(session.lastUse);
    session.lastUse = index;
    m_byLastUse[index] = command.session;
    if (command.acknowledged > session.acknowledged)
    {
        session.acknowledged = command.acknowledged;
        session.results.erase(session.results.begin(),
                              session.results.lower_bound(command.acknowledged));
    }
    if (command.request < session.acknowledged)
    {
        result.status = CommandResult::Status::FORGOTTEN;
        return result;
    }
    const auto known = session.results.find(command.request);
    if (known != session.results.end())
    {
        result.status = CommandResult::Status::REPEATED;
        result.op = known->second.op;
        result.value = known->second.value;
        return result;
    }
    const uint64_t request = command.request;
    result = Execute(command);
    session.results[request] = StoredResult{result.op, result.value};
    return result;
}

CommandResult
KeyValueStore::Execute(Command& command)
{
    CommandResult result;
    result.op = command.op;
    if (command.op == CommandOp::PUT)
    {
        m_values.insert_or_assign(std::move(command.key), command.value);
        result.value = std::move(command.value);
    }
    else
    {
        result.value = Get(command.key);
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

std::size_t
KeyValueStore::GetSessionCount() const
{
    return m_sessions.size();
}

std::string
KeyValueStore::Serialize() const
{
    const std::map<std::string, std::string> sorted(m_values.begin(), m_values.end());
    std::string out;
    WriteNumber(out, VERSION);
    WriteNumber(out, uint64_t{m_maxSessions});
    WriteNumber(out, uint64_t{sorted.size()});
    for (const auto& [key, value] : sorted)
    {
        WriteText(out, key);
        WriteText(out, value);
    }
    WriteNumber(out, uint64_t{m_sessions.size()});
    for (const auto& [id, session] : m_sessions)
    {
        WriteNumber(out, id);
        WriteNumber(out, session.client);
        WriteNumber(out, session.lastUse);
        WriteNumber(out, session.acknowledged);
        WriteNumber(out, uint64_t{session.results.size()});
        for (const auto& [request, result] : session.results)
        {
            WriteNumber(out, request);
            WriteNumber(out, static_cast<uint8_t>(result.op));
            WriteText(out, result.value);
        }
    }
    return out;
}

std::optional<KeyValueStore>
KeyValueStore::Restore(std::string_view bytes)
{
    ByteReader in(bytes);
    const auto version = in.Number<uint8_t>();
    KeyValueStore store(in.Number<uint64_t>());
    const auto keys = in.Number<uint64_t>();
    for (uint64_t i = 0; i < keys && in.Ok(); ++i)
    {
        std::string key = ReadText(in);
        store.m_values[std::move(key)] = ReadText(in);
    }
    const auto sessions = in.Number<uint64_t>();
    for (uint64_t i = 0; i < sessions && in.Ok(); ++i)
    {
        const auto id = in.Number<uint64_t>();
        Session& session = store.m_sessions[id];
        session.client = in.Number<uint32_t>();
        session.lastUse = in.Number<uint64_t>();
        session.acknowledged = in.Number<uint64_t>();
        store.m_byLastUse[session.lastUse] = id;
        const auto results = in.Number<uint64_t>();
        for (uint64_t r = 0; r < results && in.Ok(); ++r)
        {
            const auto request = in.Number<uint64_t>();
            const auto op = in.Number<uint8_t>();
            std::string value = ReadText(in);
            if (op > static_cast<uint8_t>(CommandOp::GET))
            {
                return std::nullopt;
            }
            session.results[request] = StoredResult{static_cast<CommandOp>(op), std::move(value)};
        }
    }
    // What stands twice, or anything else that no store writes, does not come out the same.
    if (!in.AtEnd() || version != VERSION || store.m_maxSessions == 0 ||
        store.m_sessions.size() > store.m_maxSessions || store.Serialize() != bytes)
    {
        return std::nullopt;
    }
    return store;
}

bool
KeyValueStore::operator==(const KeyValueStore& o) const
{
    return m_maxSessions == o.m_maxSessions && m_values == o.m_values && m_sessions == o.m_sessions;
}

} // namespace ns3::raft
