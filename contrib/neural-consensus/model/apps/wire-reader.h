#ifndef WIRE_READER_H
#define WIRE_READER_H

#include "ns3/buffer.h"

#include <string>

namespace ns3
{

/**
 * Reads fields in network byte order and remembers whether one of them lay beyond the end. After
 * the first failure every read returns 0, so that a caller checks Ok() once, at the end.
 */
class WireReader
{
  public:
    /** @param start where to read */
    explicit WireReader(Buffer::Iterator start)
        : m_at(start)
    {
    }

    uint8_t U8()
    {
        return Has(1) ? m_at.ReadU8() : 0;
    }

    uint16_t U16()
    {
        return Has(2) ? m_at.ReadNtohU16() : 0;
    }

    uint32_t U32()
    {
        return Has(4) ? m_at.ReadNtohU32() : 0;
    }

    uint64_t U64()
    {
        return Has(8) ? m_at.ReadNtohU64() : 0;
    }

    /** Reads a 4-byte length and that many bytes. */
    std::string Bytes()
    {
        const uint32_t size = U32();
        if (!Has(size))
        {
            return {};
        }
        std::string bytes(size, '\0');
        m_at.Read(reinterpret_cast<uint8_t*>(bytes.data()), size);
        return bytes;
    }

    /** Marks what was read as malformed. */
    void Fail()
    {
        m_ok = false;
    }

    /** @return whether every field so far was there and nobody called Fail(). */
    bool Ok() const
    {
        return m_ok;
    }

    /** @return bytes that are left */
    uint32_t Remaining() const
    {
        return m_at.GetRemainingSize();
    }

    /** @return bytes from `start` to the present position */
    uint32_t Distance(Buffer::Iterator start) const
    {
        return m_at.GetDistanceFrom(start);
    }

  private:
    bool Has(uint32_t bytes)
    {
        m_ok = m_ok && m_at.GetRemainingSize() >= bytes;
        return m_ok;
    }

    Buffer::Iterator m_at;
    bool m_ok{true};
};

} // namespace ns3

#endif /* WIRE_READER_H */
