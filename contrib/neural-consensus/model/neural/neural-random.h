#ifndef NEURAL_RANDOM_H
#define NEURAL_RANDOM_H

#include <cstdint>
#include <iterator>
#include <utility>

namespace ns3::neural
{

/**
 * Random numbers for splits, sampling and the bootstrap: SplitMix64 (Steele, Lea & Flood 2014).
 * The standard library's distributions and std::shuffle differ from one implementation to the next;
 * this gives the same numbers everywhere.
 */
class SplitMix64
{
  public:
    explicit SplitMix64(uint64_t seed)
        : m_state(seed)
    {
    }

    /** @return 64 random bits. */
    uint64_t Next()
    {
        m_state += 0x9e3779b97f4a7c15ULL;
        uint64_t z = m_state;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }

    /**
     * @param bound above 0
     * @return a number from 0 to bound - 1, each equally likely
     */
    uint64_t Below(uint64_t bound)
    {
        // Values in the incomplete last round of `bound` would favour small results.
        const uint64_t reject = (UINT64_MAX - bound + 1) % bound;
        uint64_t value = Next();
        while (value > UINT64_MAX - reject)
        {
            value = Next();
        }
        return value % bound;
    }

    /** Puts a range in random order (Fisher and Yates). */
    template <typename Iterator>
    void Shuffle(Iterator first, Iterator last)
    {
        for (auto left = last - first; left > 1; --left)
        {
            using Difference = typename std::iterator_traits<Iterator>::difference_type;
            const auto pick = static_cast<Difference>(Below(static_cast<uint64_t>(left)));
            std::swap(first[left - 1], first[pick]);
        }
    }

  private:
    uint64_t m_state;
};

} // namespace ns3::neural

#endif /* NEURAL_RANDOM_H */
