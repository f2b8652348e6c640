// Reads any bytes as a command, a membership and a store. What is accepted comes out as the same
// bytes again, and a store that is accepted goes on like one that was never away.

#include "fuzz-input.h"

#include "ns3/raft-command.h"
#include "ns3/raft-key-value-store.h"
#include "ns3/raft-membership.h"

#include <string_view>

namespace ns3::fuzz
{

namespace
{

using namespace ns3::raft;

void
ReadStore(std::string_view bytes)
{
    std::optional<KeyValueStore> store = KeyValueStore::Restore(bytes);
    if (!store)
    {
        return;
    }
    Require(store->Serialize() == bytes, "a store comes out as it went in");
    KeyValueStore twin = *store;
    Command command;
    command.op = CommandOp::REGISTER;
    const Index index = UINT64_MAX / 2;
    command.session = store->Apply(index, command.Encode()).session;
    Require(command.session == index, "a session is called after its entry");
    command.session = index;
    command.request = 1;
    command.op = CommandOp::PUT;
    command.key = "k";
    command.value = "v";
    store->Apply(index + 1, command.Encode());
    Require(store->Apply(index + 2, command.Encode()).status == CommandResult::Status::REPEATED,
            "a retry is known");
    Require(store->Get("k") == "v", "a write is read");
    Require(!(*store == twin) && KeyValueStore::Restore(store->Serialize()) == store,
            "a store is equal to itself, and only to that");
}

/** Applies what may be commands, each behind its length, and compares with a copy on the way. */
void
ApplyCommands(std::string_view bytes)
{
    Input in(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
    KeyValueStore store(1 + in.Below(3));
    for (Index index = 1; !in.IsEmpty(); ++index)
    {
        Command command;
        command.session = in.Below(8);
        command.request = in.Below(8);
        command.acknowledged = in.Below(8);
        command.op = static_cast<CommandOp>(in.Below(3));
        if (command.op == CommandOp::REGISTER)
        {
            command.session = 0;
        }
        else
        {
            command.key = in.Text(in.Below(3));
        }
        if (command.op == CommandOp::PUT)
        {
            command.value = in.Text(in.Below(5));
        }
        const std::string encoded = command.Encode();
        Require(Command::Decode(encoded) == command, "a command comes out as it went in");
        std::optional<KeyValueStore> copy = KeyValueStore::Restore(store.Serialize());
        Require(copy.has_value(), "a snapshot of a store is one");
        const CommandResult here = store.Apply(index, encoded);
        const CommandResult there = copy->Apply(index, encoded);
        Require(here.status == there.status && here.value == there.value &&
                    here.session == there.session && store == *copy,
                "a restored store goes on as the one that was saved");
    }
}

} // namespace

} // namespace ns3::fuzz

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    using namespace ns3;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (const auto command = raft::Command::Decode(bytes))
    {
        fuzz::Require(command->Encode() == bytes, "a command comes out as it went in");
    }
    if (const auto members = raft::Membership::Decode(bytes))
    {
        fuzz::Require(members->Encode() == bytes, "a membership comes out as it went in");
    }
    fuzz::ReadStore(bytes);
    fuzz::ApplyCommands(bytes);
    return 0;
}
