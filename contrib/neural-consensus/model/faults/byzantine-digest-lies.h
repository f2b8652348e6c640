#ifndef BYZANTINE_DIGEST_LIES_H
#define BYZANTINE_DIGEST_LIES_H

#include "ns3/evidence-digest.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace ns3::faults
{

/**
 * A lying witness: of what it was told it changes one statement, invents another in its signer's
 * name, and repeats an old one. It can sign for nobody else, so what it changes has a signature
 * that is wrong. Where servers don't sign there is nothing to lie about, and nothing is drawn.
 */
class DigestLies
{
  public:
    /**
     * @param digest what an honest server would tell
     * @param uniform source of randomness in [0, 1)
     * @return what this one tells
     */
    evidence::Digest Distort(const evidence::Digest& digest,
                             const std::function<double()>& uniform);

  private:
    static constexpr std::size_t REMEMBERED = 64;

    std::vector<evidence::Statement> m_heard; //!< earlier ones, by number modulo REMEMBERED
    uint64_t m_count{0};
};

} // namespace ns3::faults

#endif /* BYZANTINE_DIGEST_LIES_H */
