#ifndef SWIM_CORE_FIXTURE_H
#define SWIM_CORE_FIXTURE_H

#include "detection-test-support.h"

#include "ns3/swim-core.h"

#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace ns3::detection
{

/** Member 1 of 5 alone in virtual time; the others are what the test says. */
class SwimCoreFixture : public testing::Test
{
  protected:
    using Type = SwimMessage::Type;

    static SwimConfig DefaultConfig()
    {
        SwimConfig config;
        config.self = 1;
        config.others = {2, 3, 4, 5};
        return config;
    }

    explicit SwimCoreFixture(SwimConfig config = DefaultConfig())
        : m_core(
              std::move(config),
              [this] { return std::uniform_real_distribution<double>(0, 1)(m_random); },
              Ms(0))
    {
    }

    /** Lets time pass up to a moment, each timer on time. @return the updates' messages */
    std::vector<SwimUpdate::Send> PassUntil(Nanos end)
    {
        std::vector<SwimUpdate::Send> sent;
        while (m_core.Deadline() <= end)
        {
            const SwimUpdate& update = m_core.Tick(m_core.Deadline());
            sent.insert(sent.end(), update.messages.begin(), update.messages.end());
        }
        return sent;
    }

    /** @return what is sent when this arrives */
    std::vector<SwimUpdate::Send> Hear(Nanos now,
                                       Type type,
                                       uint32_t from,
                                       uint32_t sequence,
                                       uint32_t subject,
                                       std::vector<SwimStatement> statements = {})
    {
        return m_core.Receive(now, {type, from, sequence, subject, std::move(statements)}).messages;
    }

    /** Tells the member something, in a ping. @return the answer */
    SwimMessage Tell(Nanos now, uint32_t from, const SwimStatement& statement)
    {
        return Hear(now, Type::PING, from, 77, 1, {statement}).back().message;
    }

    std::mt19937_64 m_random{1};
    SwimCore m_core;
};

} // namespace ns3::detection

#endif /* SWIM_CORE_FIXTURE_H */
