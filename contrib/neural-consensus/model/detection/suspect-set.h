#ifndef SUSPECT_SET_H
#define SUSPECT_SET_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ns3::detection
{

/** Servers whom an observer suspects: a bit for each. */
class SuspectSet
{
  public:
    static constexpr uint32_t MAX_SERVER = 256; //!< highest id that it can hold

    /** @return whether a server is in it; false for ids that it cannot hold */
    bool Has(uint32_t server) const
    {
        return IsId(server) && (m_words[(server - 1) / 64] >> (server - 1) % 64 & 1) != 0;
    }

    /** @param server 1..MAX_SERVER, ignored otherwise; @param in whether it is in from now on */
    void Set(uint32_t server, bool in)
    {
        if (IsId(server))
        {
            const uint64_t bit = uint64_t{1} << (server - 1) % 64;
            uint64_t& word = m_words[(server - 1) / 64];
            word = in ? word | bit : word & ~bit;
        }
    }

    bool IsEmpty() const
    {
        return *this == SuspectSet();
    }

    /** @return those that are in both */
    SuspectSet operator&(const SuspectSet& other) const
    {
        SuspectSet both;
        for (std::size_t i = 0; i < m_words.size(); ++i)
        {
            both.m_words[i] = m_words[i] & other.m_words[i];
        }
        return both;
    }

    bool operator==(const SuspectSet& other) const
    {
        return m_words == other.m_words;
    }

    /** @return bytes on the wire: up to the one with the highest id, 0 without any */
    uint32_t CountBytes() const
    {
        uint32_t count = MAX_BYTES;
        while (count > 0 && GetByte(count - 1) == 0)
        {
            --count;
        }
        return count;
    }

    /** @return server i is bit (i - 1) mod 8 of byte (i - 1) div 8; @param index below MAX_BYTES */
    uint8_t GetByte(uint32_t index) const
    {
        return static_cast<uint8_t>(m_words[index / 8] >> index % 8 * 8);
    }

    /** Adds the servers of a byte. @param index below MAX_BYTES; @param byte as of GetByte() */
    void AddByte(uint32_t index, uint8_t byte)
    {
        m_words[index / 8] |= static_cast<uint64_t>(byte) << index % 8 * 8;
    }

    static constexpr uint32_t MAX_BYTES = MAX_SERVER / 8; //!< of CountBytes()

    /** Calls `visit(server, in this)` for each server that is in one of two sets only, by id. */
    template <typename Visitor>
    void VisitDifferences(const SuspectSet& other, Visitor visit) const
    {
        for (std::size_t i = 0; i < m_words.size(); ++i)
        {
            uint64_t left = m_words[i] ^ other.m_words[i];
            for (uint32_t bit = 0; left != 0; ++bit, left >>= 1)
            {
                if ((left & 1) != 0)
                {
                    visit(static_cast<uint32_t>(i * 64) + bit + 1, (m_words[i] >> bit & 1) != 0);
                }
            }
        }
    }

  private:
    static bool IsId(uint32_t server)
    {
        return server >= 1 && server <= MAX_SERVER;
    }

    std::array<uint64_t, MAX_SERVER / 64> m_words{};
};

/** Whom an observer suspects, by each of its detectors that gossip, in their order. */
using Suspicions = std::vector<SuspectSet>;

} // namespace ns3::detection

#endif /* SUSPECT_SET_H */
