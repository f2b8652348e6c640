#ifndef EVIDENCE_KEYS_H
#define EVIDENCE_KEYS_H

#include "ns3/raft-types.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

/**
 * @file
 * Simulated signatures. Declared assumption: nobody can sign in another's name. It holds by
 * construction, for only the owner of a Signer can sign; the numbers themselves resist no attacker.
 */
namespace ns3::evidence
{

using raft::Index;
using raft::ServerId;
using raft::Term;

/** A simulated signature. */
using Signature = uint64_t;

/** Signing servers have ids from 1 up to this one, so that sets of them have a fixed size. */
constexpr ServerId MAX_SIGNER = 256;

/** Mixes numbers and bytes into one number. Order matters; the same on every machine. */
class Hash
{
  public:
    /** @param seed tells hashes of different purposes apart */
    explicit Hash(uint64_t seed);

    Hash& Add(uint64_t number);
    Hash& Add(std::string_view bytes);
    uint64_t Get() const;

  private:
    uint64_t m_state;
};

/** A set of signing servers, of fixed size. */
class SignerSet
{
  public:
    /** @param server 1..MAX_SIGNER */
    void Add(ServerId server);
    bool Has(ServerId server) const;
    std::size_t Count() const;

    /** @return the servers in both */
    SignerSet And(const SignerSet& other) const;

    bool operator==(const SignerSet& o) const;

    /** As on the wire: bit (id - 1) % 64 of word (id - 1) / 64. */
    std::array<uint64_t, MAX_SIGNER / 64> words{};
};

/** Signs in the name of one server. Who has it is that server. */
class Signer
{
  public:
    ServerId GetId() const;

    /** @param digest of what is signed */
    Signature Sign(uint64_t digest) const;

  private:
    friend struct Keys;
    Signer(ServerId id, uint64_t key);

    ServerId m_id;
    uint64_t m_key;
};

/** Verifies everybody's signatures, and cannot sign. */
class KeyRing
{
  public:
    /** @return number of servers that can sign, with ids from 1 */
    ServerId GetCount() const;

    /** @return whether the server signed the digest */
    bool Verify(ServerId server, uint64_t digest, Signature signature) const;

    /**
     * Verifies an aggregate of signatures of the same digest, which is their exclusive or; it
     * stands for a multi-signature like that of Boneh, Drijvers and Neven (2018).
     * @param servers who signed
     * @param digest what each of them signed
     * @param aggregate of their signatures
     */
    bool VerifyAll(const SignerSet& servers, uint64_t digest, Signature aggregate) const;

  private:
    friend struct Keys;
    KeyRing() = default;

    std::vector<Signer> m_signers; //!< by id - 1
};

/** The keys of a cluster. */
struct Keys
{
    std::shared_ptr<const KeyRing> ring; //!< for everybody
    std::vector<Signer> signers;         //!< by id - 1; each for its server alone

    /**
     * @param servers number of servers, at most MAX_SIGNER
     * @param secret clusters with different secrets don't accept each other's signatures
     * @throws std::invalid_argument for more servers than that
     */
    static Keys Make(ServerId servers, uint64_t secret = 0);
};

} // namespace ns3::evidence

#endif /* EVIDENCE_KEYS_H */
