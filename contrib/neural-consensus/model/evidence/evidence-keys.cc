#include "evidence-keys.h"

#include <algorithm>
#include <bitset>
#include <stdexcept>
#include <string>
#include <utility>

namespace ns3::evidence
{

namespace
{

/** Spreads every bit over all others (finaliser of MurmurHash3). */
uint64_t
Finish(uint64_t x)
{
    x ^= x >> 33;
    x *= 0xff51afd7ed558ccdULL;
    x ^= x >> 33;
    x *= 0xc4ceb9fe1a85ec53ULL;
    return x ^ x >> 33;
}

} // namespace

Hash::Hash(uint64_t seed)
    : m_state(seed)
{
}

Hash&
Hash::Add(uint64_t number)
{
    m_state = (m_state ^ number) * 0x9e3779b97f4a7c15ULL;
    m_state ^= m_state >> 32;
    return *this;
}

Hash&
Hash::Add(std::string_view bytes)
{
    Add(bytes.size());
    for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(8, bytes.size())))
    {
        uint64_t word = 0;
        for (const char byte : bytes.substr(0, 8))
        {
            word = word << 8 | static_cast<uint8_t>(byte);
        }
        Add(word);
    }
    return *this;
}

uint64_t
Hash::Get() const
{
    return Finish(m_state);
}

void
SignerSet::Add(ServerId server)
{
    words[(server - 1) / 64] |= uint64_t{1} << ((server - 1) % 64);
}

bool
SignerSet::Has(ServerId server) const
{
    return server >= 1 && server <= MAX_SIGNER &&
           (words[(server - 1) / 64] >> ((server - 1) % 64) & 1) != 0;
}

std::size_t
SignerSet::Count() const
{
    std::size_t count = 0;
    for (const uint64_t word : words)
    {
        count += std::bitset<64>(word).count();
    }
    return count;
}

SignerSet
SignerSet::And(const SignerSet& other) const
{
    SignerSet both;
    for (std::size_t i = 0; i < words.size(); ++i)
    {
        both.words[i] = words[i] & other.words[i];
    }
    return both;
}

bool
SignerSet::operator==(const SignerSet& o) const
{
    return words == o.words;
}

Signer::Signer(ServerId id, uint64_t key)
    : m_id(id),
      m_key(key)
{
}

ServerId
Signer::GetId() const
{
    return m_id;
}

Signature
Signer::Sign(uint64_t digest) const
{
    return Hash(m_key).Add(digest).Get();
}

ServerId
KeyRing::GetCount() const
{
    return static_cast<ServerId>(m_signers.size());
}

bool
KeyRing::Verify(ServerId server, uint64_t digest, Signature signature) const
{
    return server >= 1 && server <= m_signers.size() &&
           m_signers[server - 1].Sign(digest) == signature;
}

bool
KeyRing::VerifyAll(const SignerSet& servers, uint64_t digest, Signature aggregate) const
{
    std::size_t known = 0;
    for (const Signer& signer : m_signers)
    {
        if (servers.Has(signer.GetId()))
        {
            ++known;
            aggregate ^= signer.Sign(digest);
        }
    }
    return aggregate == 0 && known == servers.Count();
}

Keys
Keys::Make(ServerId servers, uint64_t secret)
{
    if (servers > MAX_SIGNER)
    {
        throw std::invalid_argument("keys for " + std::to_string(servers) +
                                    " servers: expected at most " + std::to_string(MAX_SIGNER));
    }
    Keys keys;
    std::shared_ptr<KeyRing> ring(new KeyRing);
    for (ServerId id = 1; id <= servers; ++id)
    {
        keys.signers.push_back(Signer(id, Hash(secret).Add(id).Get()));
    }
    ring->m_signers = keys.signers;
    keys.ring = std::move(ring);
    return keys;
}

} // namespace ns3::evidence
