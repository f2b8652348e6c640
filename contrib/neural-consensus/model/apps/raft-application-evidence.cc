// How a server signs what it sends, checks what it receives, and finds out who cheats.

#include "raft-application.h"
#include "raft-header.h"

#include <utility>

namespace ns3
{

using namespace raft;

void
RaftApplication::SetIdentity(evidence::Signer signer, std::shared_ptr<const evidence::KeyRing> keys)
{
    m_signer = signer;
    m_keys = std::move(keys);
}

void
RaftApplication::TellPeer(uint32_t peer, evidence::Digest& digest)
{
    digest.Clear();
    if (m_witness)
    {
        m_witness->Tell(peer, digest);
    }
}

void
RaftApplication::ListenToPeer(uint32_t peer, const evidence::Digest& digest)
{
    if (m_witness)
    {
        ++m_receiving;
        Report(m_witness->Listen(peer, digest));
        --m_receiving;
    }
}

void
RaftApplication::OpenEvidence()
{
    if (m_signer)
    {
        m_sealer = std::make_unique<evidence::Sealer>(*m_signer);
        m_secondSealer = std::make_unique<evidence::Sealer>(*m_signer);
        m_witness = std::make_unique<evidence::Witness>(m_serverId, m_keys);
    }
}

void
RaftApplication::CloseEvidence()
{
    m_sealer.reset();
    m_secondSealer.reset();
    m_witness.reset();
}

const char*
RaftApplication::Examine(const Message& message, const std::optional<evidence::Seal>& seal)
{
    if (!m_witness)
    {
        return nullptr;
    }
    if (!seal)
    {
        return "message without signatures";
    }
    const char* forgery = evidence::FindForgery(*m_keys, message, *seal);
    if (!forgery)
    {
        Report(m_witness->Receive(message, *seal));
    }
    return forgery;
}

void
RaftApplication::Report(const std::vector<evidence::Proof>& proofs)
{
    for (const auto& proof : proofs)
    {
        m_proofTrace(m_serverId, proof);
    }
}

void
RaftApplication::CountVote(const Work& work)
{
    // By the rule of the core, which takes votes for its own candidacy and no others.
    if (m_sealer && work.vote && m_core->GetRole() == Role::CANDIDATE &&
        work.vote->term == m_core->GetTerm())
    {
        m_sealer->AddVote(*work.vote);
    }
}

void
RaftApplication::NoteForSecondVoice(const Work& work)
{
    // Two servers behind one identity have one key, and each the votes that were for either.
    m_secondReceipt = work.receipt;
    if (m_secondSealer && work.vote)
    {
        m_secondSealer->AddVote(*work.vote);
    }
}

} // namespace ns3
