#ifndef RAFT_COMMAND_H
#define RAFT_COMMAND_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ns3::raft
{

/** What a client asks of the key-value store. */
enum class CommandOp : uint8_t
{
    PUT = 0,     //!< write `value` under `key`
    GET = 1,     //!< read `key`
    REGISTER = 2 //!< open a session; without session, key and value (dissertation 6.3)
};

/**
 * A client's request as it stands in the log.
 *
 * Bytes, in network byte order: client (4), session (8), request (8), acknowledged (8), op (1), key
 * length (2), value length (4), key, value. Nothing follows.
 */
struct Command
{
    uint32_t client{0}; //!< host id of the client
    /** Session in which a repeated request is applied once; 0 for none: each time anew. */
    uint64_t session{0};
    uint64_t request{0};          //!< the client's own number for the request
    uint64_t acknowledged{0};     //!< the client waits for no request of the session below this
    CommandOp op{CommandOp::GET}; //!< what to do
    std::string key;              //!< at most 65535 bytes
    std::string value;            //!< at most MAX_VALUE_BYTES, empty unless for PUT

    static constexpr std::size_t HEADER_BYTES = 35;         //!< bytes before the key
    static constexpr std::size_t MAX_KEY_BYTES = 65535;     //!< longest key
    static constexpr std::size_t MAX_VALUE_BYTES = 1 << 20; //!< longest value

    /**
     * @return the bytes
     * @throws std::invalid_argument if the key or the value is too long, or does not fit the op
     */
    std::string Encode() const;

    /**
     * @param bytes what should be exactly one command
     * @return the command, or nothing if the bytes are none
     */
    static std::optional<Command> Decode(std::string_view bytes);

    bool operator==(const Command& o) const;
};

} // namespace ns3::raft

#endif /* RAFT_COMMAND_H */
