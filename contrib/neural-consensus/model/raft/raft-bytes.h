#ifndef RAFT_BYTES_H
#define RAFT_BYTES_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ns3::raft
{

/**
 * Appends a number in network byte order.
 * @param out where it goes
 * @param value what to write; all bytes of its type
 */
template <typename T>
void
WriteNumber(std::string& out, T value)
{
    for (std::size_t i = sizeof(T); i-- > 0;)
    {
        out.push_back(static_cast<char>(static_cast<uint8_t>(value >> (8 * i))));
    }
}

/**
 * Reads what WriteNumber() wrote, and bytes between. After the first read beyond the end every read
 * gives zero or nothing, so that a caller asks Ok() once, at the end.
 */
class ByteReader
{
  public:
    /** @param bytes what to read; must outlive the reader */
    explicit ByteReader(std::string_view bytes)
        : m_left(bytes)
    {
    }

    /** @return a number, 0 if there is none */
    template <typename T>
    T Number()
    {
        const std::string_view bytes = Bytes(sizeof(T));
        uint64_t value = 0;
        for (const char byte : bytes)
        {
            value = value << 8 | static_cast<uint8_t>(byte);
        }
        return static_cast<T>(value);
    }

    /**
     * @param size how many
     * @return the next bytes, none if there are fewer
     */
    std::string_view Bytes(std::size_t size)
    {
        m_ok = m_ok && size <= m_left.size();
        const std::string_view bytes = m_left.substr(0, m_ok ? size : 0);
        m_left.remove_prefix(bytes.size());
        return bytes;
    }

    /** @return whether everything that was read was there */
    bool Ok() const
    {
        return m_ok;
    }

    /** @return bytes that are left */
    std::size_t Remaining() const
    {
        return m_left.size();
    }

    /** @return whether everything that was read was there, and nothing follows */
    bool AtEnd() const
    {
        return m_ok && m_left.empty();
    }

  private:
    std::string_view m_left;
    bool m_ok{true};
};

} // namespace ns3::raft

#endif /* RAFT_BYTES_H */
