// Feeds one SWIM member any sequence of messages and times, and checks what must hold all the same:
// nothing throws, it speaks to members alone and never ill of itself, and what is due gets done.

#include "fuzz-input.h"

#include "ns3/swim-core.h"

namespace ns3::fuzz
{

namespace
{

using namespace ns3::detection;
using std::chrono::milliseconds;

constexpr uint32_t MEMBERS = 6; //!< 1 is the one under test

/** A member and what it is told. */
class Member
{
  public:
    explicit Member(Input& in)
        : m_in(in),
          m_core(
              TakeConfig(),
              [this] { return static_cast<double>(m_in.Byte()) / 256; },
              Nanos(0))
    {
    }

    void Run()
    {
        while (!m_in.IsEmpty())
        {
            m_now += milliseconds(m_in.Below(256) * (m_in.Byte() == 255 ? 100 : 2));
            const uint32_t own = m_core.GetIncarnation();
            Check(m_in.Below(8) == 0 ? m_core.Tick(m_now) : m_core.Receive(m_now, TakeMessage()));
            Require(m_core.GetIncarnation() >= own, "the own incarnation never goes back");
            Check(m_core.Tick(m_now));
            Require(m_core.Deadline() > m_now, "what is due is done");
        }
    }

  private:
    SwimConfig TakeConfig()
    {
        SwimConfig config;
        config.self = 1;
        for (uint32_t id = 2; id <= MEMBERS; ++id)
        {
            config.others.push_back(id);
        }
        config.indirectProbes = static_cast<uint32_t>(m_in.Below(5));
        config.suspicionMultiplier = static_cast<uint32_t>(1 + m_in.Below(6));
        config.suspicionMaxMultiplier = static_cast<uint32_t>(1 + m_in.Below(6));
        config.maxLocalHealth = static_cast<uint32_t>(m_in.Below(9));
        config.maxStatements = 1 + m_in.Below(4);
        return config;
    }

    SwimMessage TakeMessage()
    {
        SwimMessage message;
        message.type = static_cast<SwimMessage::Type>(1 + m_in.Below(4));
        message.sender = static_cast<uint32_t>(m_in.Below(MEMBERS + 2));
        message.sequence = static_cast<uint32_t>(m_in.Near(m_sequence));
        message.subject = static_cast<uint32_t>(m_in.Below(MEMBERS + 2));
        for (uint64_t i = m_in.Below(4); i > 0; --i)
        {
            message.statements.push_back({static_cast<SwimStatus>(m_in.Below(3)),
                                          static_cast<uint32_t>(m_in.Below(MEMBERS + 2)),
                                          static_cast<uint32_t>(m_in.Near(3)),
                                          static_cast<uint32_t>(m_in.Below(MEMBERS + 2))});
        }
        return message;
    }

    void Check(const SwimUpdate& update)
    {
        for (const SwimUpdate::Send& send : update.messages)
        {
            Require(send.to >= 2 && send.to <= MEMBERS, "messages go to members");
            Require(send.message.sender == 1, "in its own name");
            for (const SwimStatement& statement : send.message.statements)
            {
                Require(statement.member != 1 || statement.status == SwimStatus::ALIVE,
                        "nobody speaks ill of itself");
            }
            m_sequence = send.message.sequence;
        }
        for (const SwimUpdate::Change& change : update.changes)
        {
            Require(change.member >= 2 && change.member <= MEMBERS, "others change");
        }
    }

    Input& m_in;
    uint32_t m_sequence{0}; //!< latest that it used, worth repeating
    Nanos m_now{0};
    SwimCore m_core;
};

} // namespace

} // namespace ns3::fuzz

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    ns3::fuzz::Input in(data, size);
    ns3::fuzz::Member(in).Run();
    return 0;
}
