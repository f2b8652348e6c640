#ifndef EVIDENCE_WIRE_H
#define EVIDENCE_WIRE_H

#include "wire-reader.h"

#include "ns3/buffer.h"
#include "ns3/evidence-digest.h"
#include "ns3/evidence-seal.h"

#include <cstdint>

namespace ns3
{

// Seals behind Raft messages and digests behind heartbeats, as doc/wire-formats.md has them.

constexpr uint32_t LEADER_SEAL_SIZE = 8 + 8 + 32 + 8 + 8; //!< bytes with an AppendEntries or
                                                          //!< InstallSnapshot, without entries
constexpr uint32_t ENTRY_SEAL_SIZE = 8;                   //!< bytes with each entry

/** @return bytes of the seal that belongs to a message */
uint32_t SealSize(const raft::Message& message);

/** @param at where to; @param message that the seal belongs to; @param seal what to write */
void WriteSeal(Buffer::Iterator& at, const raft::Message& message, const evidence::Seal& seal);

/** @return the seal of a message; good only if in.Ok() afterwards */
evidence::Seal ReadSeal(WireReader& in, const raft::Message& message);

/** @param at where to; @param digest what to write, GetSize() bytes */
void WriteDigest(Buffer::Iterator& at, const evidence::Digest& digest);

/**
 * Reads statements up to the end.
 * @param in where from; not Ok() afterwards where something else than a digest stands there, or one
 *           that isn't written in the shortest way
 */
evidence::Digest ReadDigest(WireReader& in);

} // namespace ns3

#endif /* EVIDENCE_WIRE_H */
