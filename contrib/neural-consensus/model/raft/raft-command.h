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
    PUT = 0, //!< write `value` under `key`
    GET = 1  //!< read `key`; goes through the log like a write (dissertation 6.4)
};

/**
 * A client's request as it stands in the log.
 *
 * Bytes, in network byte order: client (4), request (8), op (1), key length (2), value length (4),
 * key, value. Nothing follows.
 */
struct Command
{
    uint32_t client{0};           //!< host id of the client
    uint64_t request{0};          //!< the client's own number for the request
    CommandOp op{CommandOp::GET}; //!< what to do
    std::string key;              //!< at most 65535 bytes
    std::string value;            //!< at most MAX_VALUE_BYTES, empty for GET

    static constexpr std::size_t HEADER_BYTES = 19;         //!< bytes before the key
    static constexpr std::size_t MAX_KEY_BYTES = 65535;     //!< longest key
    static constexpr std::size_t MAX_VALUE_BYTES = 1 << 20; //!< longest value

    /**
     * @return the bytes
     * @throws std::invalid_argument if the key or the value is too long, or a GET has a value
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
