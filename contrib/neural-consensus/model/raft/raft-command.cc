#include "raft-command.h"

#include "raft-bytes.h"

#include <stdexcept>

namespace ns3::raft
{

namespace
{

bool
FitsItsOp(const Command& command)
{
    switch (command.op)
    {
    case CommandOp::PUT:
        return true;
    case CommandOp::GET:
        return command.value.empty();
    case CommandOp::REGISTER:
        return command.session == 0 && command.key.empty() && command.value.empty();
    }
    return false;
}

} // namespace

std::string
Command::Encode() const
{
    if (key.size() > MAX_KEY_BYTES || value.size() > MAX_VALUE_BYTES)
    {
        throw std::invalid_argument("command: a key has at most 65535 bytes, a value 1048576");
    }
    if (!FitsItsOp(*this))
    {
        throw std::invalid_argument("command: a GET has no value, and a REGISTER nothing at all");
    }
    std::string out;
    out.reserve(HEADER_BYTES + key.size() + value.size());
    WriteNumber(out, client);
    WriteNumber(out, session);
    WriteNumber(out, request);
    WriteNumber(out, acknowledged);
    WriteNumber(out, static_cast<uint8_t>(op));
    WriteNumber(out, static_cast<uint16_t>(key.size()));
    WriteNumber(out, static_cast<uint32_t>(value.size()));
    out += key;
    out += value;
    return out;
}

std::optional<Command>
Command::Decode(std::string_view bytes)
{
    ByteReader in(bytes);
    Command command;
    command.client = in.Number<uint32_t>();
    command.session = in.Number<uint64_t>();
    command.request = in.Number<uint64_t>();
    command.acknowledged = in.Number<uint64_t>();
    const auto op = in.Number<uint8_t>();
    const std::size_t keyBytes = in.Number<uint16_t>();
    const std::size_t valueBytes = in.Number<uint32_t>();
    command.key = in.Bytes(keyBytes);
    command.value = in.Bytes(valueBytes);
    if (!in.AtEnd() || op > static_cast<uint8_t>(CommandOp::REGISTER) ||
        valueBytes > MAX_VALUE_BYTES)
    {
        return std::nullopt;
    }
    command.op = static_cast<CommandOp>(op);
    if (!FitsItsOp(command))
    {
        return std::nullopt;
    }
    return command;
}

bool
Command::operator==(const Command& o) const
{
    return client == o.client && session == o.session && request == o.request &&
           acknowledged == o.acknowledged && op == o.op && key == o.key && value == o.value;
}

} // namespace ns3::raft
