#include "raft-command.h"

#include <stdexcept>

namespace ns3::raft
{

namespace
{

template <typename T>
void
Write(std::string& out, T value)
{
    for (std::size_t i = sizeof(T); i-- > 0;)
    {
        out.push_back(static_cast<char>(static_cast<uint8_t>(value >> (8 * i))));
    }
}

/** Takes a number off the front; the caller has checked that it is there. */
template <typename T>
T
Read(std::string_view& in)
{
    uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
    {
        value = value << 8 | static_cast<uint8_t>(in[i]);
    }
    in.remove_prefix(sizeof(T));
    return static_cast<T>(value);
}

} // namespace

std::string
Command::Encode() const
{
    if (key.size() > MAX_KEY_BYTES || value.size() > MAX_VALUE_BYTES)
    {
        throw std::invalid_argument("command: a key has at most 65535 bytes, a value 1048576");
    }
    if (op == CommandOp::GET && !value.empty())
    {
        throw std::invalid_argument("command: a GET has no value");
    }
    std::string out;
    out.reserve(HEADER_BYTES + key.size() + value.size());
    Write(out, client);
    Write(out, request);
    Write(out, static_cast<uint8_t>(op));
    Write(out, static_cast<uint16_t>(key.size()));
    Write(out, static_cast<uint32_t>(value.size()));
    out += key;
    out += value;
    return out;
}

std::optional<Command>
Command::Decode(std::string_view bytes)
{
    if (bytes.size() < HEADER_BYTES)
    {
        return std::nullopt;
    }
    Command command;
    command.client = Read<uint32_t>(bytes);
    command.request = Read<uint64_t>(bytes);
    const auto op = Read<uint8_t>(bytes);
    const std::size_t keyBytes = Read<uint16_t>(bytes);
    const std::size_t valueBytes = Read<uint32_t>(bytes);
    if (op > static_cast<uint8_t>(CommandOp::GET) || valueBytes > MAX_VALUE_BYTES ||
        bytes.size() != keyBytes + valueBytes)
    {
        return std::nullopt;
    }
    command.op = static_cast<CommandOp>(op);
    if (command.op == CommandOp::GET && valueBytes != 0)
    {
        return std::nullopt;
    }
    command.key = bytes.substr(0, keyBytes);
    command.value = bytes.substr(keyBytes);
    return command;
}

bool
Command::operator==(const Command& o) const
{
    return client == o.client && request == o.request && op == o.op && key == o.key &&
           value == o.value;
}

} // namespace ns3::raft
