#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace ns3::fuzz
{

/** Ends the program, as a fuzzer wants it, unless something holds. */
inline void
Require(bool holds, const char* what)
{
    if (!holds)
    {
        std::fprintf(stderr, "does not hold: %s\n", what);
        std::abort();
    }
}

/** The bytes of one run, taken off from the front; behind the end all is 0. */
class Input
{
  public:
    Input(const uint8_t* data, std::size_t size)
        : m_data(data),
          m_size(size)
    {
    }

    bool IsEmpty() const
    {
        return m_size == 0;
    }

    uint8_t Byte()
    {
        if (m_size == 0)
        {
            return 0;
        }
        --m_size;
        return *m_data++;
    }

    /** @return a number below a bound of at most 256 */
    uint64_t Below(uint64_t bound)
    {
        return Byte() % bound;
    }

    bool Flag()
    {
        return (Byte() & 1) != 0;
    }

    uint64_t Number()
    {
        uint64_t number = 0;
        for (int i = 0; i < 8; ++i)
        {
            number = number << 8 | Byte();
        }
        return number;
    }

    /** @return mostly a number close to another one, but anything may come */
    uint64_t Near(uint64_t center)
    {
        const uint8_t how = Byte();
        return how == 255 ? Number() : center + how % 16 - (center < 6 ? center : 6);
    }

    std::string Text(std::size_t size)
    {
        std::string text;
        for (std::size_t i = 0; i < size; ++i)
        {
            text.push_back(static_cast<char>(Byte()));
        }
        return text;
    }

  private:
    const uint8_t* m_data;
    std::size_t m_size;
};

} // namespace ns3::fuzz

#endif /* FUZZ_INPUT_H */
