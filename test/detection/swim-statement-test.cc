// What one member makes of what it is told: suspicion, confirmation, refutation, death and return.
#include "swim-core-fixture.h"

namespace ns3::detection
{

namespace
{

constexpr auto ALIVE = SwimStatus::ALIVE;
constexpr auto SUSPECT = SwimStatus::SUSPECT;
constexpr auto DEAD = SwimStatus::DEAD;

/** All before the first period, so that nothing else happens. */
class SwimStatementTest : public SwimCoreFixture
{
  protected:
    static SwimConfig LateConfig()
    {
        SwimConfig config = DefaultConfig();
        config.others = {2, 3, 4, 5, 6, 7};
        return config;
    }

    SwimStatementTest()
        : SwimCoreFixture(LateConfig())
    {
    }

    static constexpr Nanos T = std::chrono::hours(-1);
};

} // namespace

TEST_F(SwimStatementTest, WhatOverridesWhatIsAMatterOfIncarnationAndRank)
{
    struct Row
    {
        SwimStatement before;
        SwimStatement told;
        SwimStatus after;
        bool isPassedOn;
    };

    const std::vector<Row> table{
        // a rumour about a live member
        {{ALIVE, 3, 5, 3}, {ALIVE, 3, 4, 3}, ALIVE, false},
        {{ALIVE, 3, 5, 3}, {ALIVE, 3, 6, 3}, ALIVE, true},
        {{ALIVE, 3, 5, 3}, {SUSPECT, 3, 4, 2}, ALIVE, false},
        {{ALIVE, 3, 5, 3}, {SUSPECT, 3, 5, 2}, SUSPECT, true},
        {{ALIVE, 3, 5, 3}, {SUSPECT, 3, 6, 2}, SUSPECT, true},
        {{ALIVE, 3, 5, 3}, {DEAD, 3, 4, 2}, ALIVE, false},
        {{ALIVE, 3, 5, 3}, {DEAD, 3, 5, 2}, DEAD, true},
        // about a suspect
        {{SUSPECT, 3, 5, 2}, {ALIVE, 3, 5, 3}, SUSPECT, false},
        {{SUSPECT, 3, 5, 2}, {ALIVE, 3, 6, 3}, ALIVE, true},
        {{SUSPECT, 3, 5, 2}, {SUSPECT, 3, 5, 2}, SUSPECT, false},
        {{SUSPECT, 3, 5, 2}, {SUSPECT, 3, 5, 4}, SUSPECT, true}, // a confirmation
        {{SUSPECT, 3, 5, 2}, {SUSPECT, 3, 6, 2}, SUSPECT, true}, // of a later life
        {{SUSPECT, 3, 5, 2}, {SUSPECT, 3, 4, 4}, SUSPECT, false},
        {{SUSPECT, 3, 5, 2}, {DEAD, 3, 5, 4}, DEAD, true},
        {{SUSPECT, 3, 5, 2}, {DEAD, 3, 4, 4}, SUSPECT, false},
        // about one that was declared dead
        {{DEAD, 3, 5, 2}, {ALIVE, 3, 5, 3}, DEAD, false},
        {{DEAD, 3, 5, 2}, {ALIVE, 3, 6, 3}, ALIVE, true},
        {{DEAD, 3, 5, 2}, {SUSPECT, 3, 6, 4}, DEAD, false},
        {{DEAD, 3, 5, 2}, {DEAD, 3, 6, 4}, DEAD, false},
        // from or about nobody that is known
        {{ALIVE, 3, 5, 3}, {SUSPECT, 3, 5, 99}, ALIVE, false},
        {{ALIVE, 3, 5, 3}, {SUSPECT, 99, 5, 2}, ALIVE, false},
    };
    for (const Row& row : table)
    {
        SwimConfig config = LateConfig();
        config.retransmitMultiplier = 1; // what was told before is passed on in one answer
        SwimCore core(
            config,
            [] { return 0.5; },
            Ms(0));
        const auto tell = [&](const SwimStatement& statement) {
            return core.Receive(T, {Type::PING, 2, 1, 1, {statement}}).messages.front().message;
        };
        tell(row.before);
        tell({ALIVE, 1, 0, 1});
        const SwimMessage answer = tell(row.told);
        EXPECT_EQ(core.GetStatus(3), row.after)
            << static_cast<int>(row.before.status) << " told " << static_cast<int>(row.told.status)
            << " of " << row.told.incarnation;
        EXPECT_EQ(answer.statements,
                  row.isPassedOn ? std::vector<SwimStatement>{row.told}
                                 : std::vector<SwimStatement>{});
    }
}

TEST_F(SwimStatementTest, ASuspectIsDeclaredDeadWhenItsTimeoutIsOverUnlessItRefutes)
{
    Tell(T, 2, {SUSPECT, 3, 0, 2});
    Tell(T, 2, {SUSPECT, 4, 0, 2});
    EXPECT_EQ(m_core.Deadline(), T + Ms(24000)) << "4 periods, times 6 without a confirmation";
    Tell(T + Ms(23000), 4, {ALIVE, 4, 1, 4});
    m_core.Tick(T + Ms(23999));
    EXPECT_EQ(m_core.GetStatus(3), SUSPECT);
    const SwimUpdate& update = m_core.Tick(T + Ms(24000));
    ASSERT_EQ(update.changes.size(), 1U);
    EXPECT_EQ(update.changes.front().member, 3U);
    EXPECT_EQ(update.changes.front().status, DEAD);
    EXPECT_EQ(m_core.GetStatus(4), ALIVE);
    const SwimMessage answer = Tell(T + Ms(24001), 5, {ALIVE, 5, 0, 5});
    EXPECT_EQ(answer.statements.front(), (SwimStatement{DEAD, 3, 0, 1})) << "said in its own name";
}

TEST_F(SwimStatementTest, IndependentConfirmationsBringTheDeadlineForwardByTheFormula)
{
    Tell(T, 2, {SUSPECT, 3, 0, 2});
    Tell(T + Ms(10), 4, {SUSPECT, 3, 0, 2}); // hearsay
    EXPECT_EQ(m_core.Deadline(), T + Ms(24000));
    Tell(T + Ms(20), 4, {SUSPECT, 3, 0, 4});
    EXPECT_NEAR(static_cast<double>((m_core.Deadline() - T).count()) * 1e-6, 11381.4049, 0.001);
    Tell(T + Ms(30), 4, {SUSPECT, 3, 0, 5});
    EXPECT_EQ(m_core.Deadline(), T + Ms(4000)) << "K is 2 for a multiplier of 4";
    const SwimMessage answer = Tell(T + Ms(40), 4, {SUSPECT, 3, 0, 6});
    EXPECT_EQ(answer.statements.front(), (SwimStatement{SUSPECT, 3, 0, 5}))
        << "only the first K are passed on";
}

TEST_F(SwimStatementTest, AConfirmationAfterALongWhileMayDeclareAtOnce)
{
    Tell(T, 2, {SUSPECT, 3, 0, 2});
    Tell(T + Ms(15000), 4, {SUSPECT, 3, 0, 4});
    EXPECT_LT(m_core.Deadline(), T + Ms(15000));
    m_core.Tick(T + Ms(15000));
    EXPECT_EQ(m_core.GetStatus(3), DEAD);
}

TEST_F(SwimStatementTest, WhereTooFewCouldConfirmTheShortestTimeoutHolds)
{
    SwimConfig config = DefaultConfig();
    config.others = {2, 3};
    SwimCore core(
        config,
        [] { return 0.5; },
        Ms(0));
    core.Receive(T, {Type::PING, 2, 1, 1, {{SUSPECT, 3, 0, 2}}});
    EXPECT_EQ(core.Deadline(), T + Ms(4000));
}

TEST_F(SwimStatementTest, AccusedItRefutesWithAHigherIncarnationAndDoubtsItself)
{
    SwimMessage answer = Tell(T, 2, {SUSPECT, 1, 0, 2});
    EXPECT_EQ(answer.statements, (std::vector<SwimStatement>{{ALIVE, 1, 1, 1}}));
    EXPECT_EQ(m_core.GetIncarnation(), 1U);
    EXPECT_EQ(m_core.GetLocalHealth(), 1U);
    // Others say the same: it is said again, without another incarnation or doubt.
    answer = Tell(T, 4, {SUSPECT, 1, 0, 4});
    EXPECT_EQ(answer.statements, (std::vector<SwimStatement>{{ALIVE, 1, 1, 1}}));
    EXPECT_EQ(m_core.GetIncarnation(), 1U);
    EXPECT_EQ(m_core.GetLocalHealth(), 1U);
    answer = Tell(T, 2, {DEAD, 1, 7, 2});
    EXPECT_EQ(answer.statements, (std::vector<SwimStatement>{{ALIVE, 1, 8, 1}}));
    EXPECT_EQ(m_core.GetLocalHealth(), 2U);
}

TEST_F(SwimStatementTest, ARestartedMemberLearnsItsIncarnationFromWhatOthersSay)
{
    Tell(T, 2, {ALIVE, 1, 5, 1});
    EXPECT_EQ(m_core.GetIncarnation(), 5U);
    EXPECT_EQ(m_core.GetLocalHealth(), 0U);
    Tell(T, 2, {ALIVE, 1, 3, 1});
    EXPECT_EQ(m_core.GetIncarnation(), 5U);
    EXPECT_EQ(Tell(T, 3, {DEAD, 1, 5, 2}).statements,
              (std::vector<SwimStatement>{{ALIVE, 1, 6, 1}}));
}

TEST_F(SwimStatementTest, WhatNobodyCouldAnswerIsIgnored)
{
    EXPECT_TRUE(Tell(T, 2, {SUSPECT, 1, 0xffffffff, 2}).statements.empty());
    EXPECT_EQ(m_core.GetIncarnation(), 0U);
}

TEST_F(SwimStatementTest, ASuspectHearsOfItFromWhoeverSpeaksToIt)
{
    Tell(T, 2, {SUSPECT, 3, 4, 2});
    const SwimMessage answer = Hear(T, Type::PING, 3, 9, 1).front().message;
    EXPECT_EQ(answer.statements.front(), (SwimStatement{SUSPECT, 3, 4, 1}));
    EXPECT_EQ(answer.statements.size(), 1U) << "and hears it once";
    for (int i = 0; i < 20; ++i)
    {
        Hear(T, Type::PING, 3, 9, 1);
    }
    EXPECT_EQ(Hear(T, Type::PING, 3, 9, 1).front().message.statements.size(), 1U)
        << "however often, and beside what is passed on to others";
    EXPECT_EQ(Hear(T, Type::PING, 4, 9, 1).front().message.statements,
              (std::vector<SwimStatement>{{SUSPECT, 3, 4, 2}}));
}

TEST_F(SwimStatementTest, TheDeadGetAPingInEachPeriodThatSaysSo)
{
    Tell(T, 2, {DEAD, 3, 4, 2});
    uint32_t reminders = 0;
    for (const auto& sent : PassUntil(Ms(9999)))
    {
        if (sent.to == 3)
        {
            ++reminders;
            EXPECT_EQ(sent.message.type, Type::PING);
            EXPECT_EQ(sent.message.statements.front(), (SwimStatement{DEAD, 3, 4, 1}));
        }
        EXPECT_TRUE(sent.message.type != Type::PING_REQ || sent.message.subject != 3);
    }
    EXPECT_GE(reminders, 3U);
}

TEST_F(SwimStatementTest, AMessageCarriesNoMoreThanItMay)
{
    SwimConfig config = LateConfig();
    config.maxStatements = 2;
    SwimCore core(
        config,
        [] { return 0.5; },
        Ms(0));
    const SwimUpdate& update = core.Receive(
        T,
        {Type::PING, 3, 1, 1, {{SUSPECT, 3, 0, 2}, {SUSPECT, 4, 0, 2}, {SUSPECT, 5, 0, 2}}});
    ASSERT_EQ(update.changes.size(), 3U);
    EXPECT_EQ(update.messages.front().message.statements,
              (std::vector<SwimStatement>{{SUSPECT, 3, 0, 1}, {SUSPECT, 5, 0, 2}}))
        << "its own accusation first";
}

} // namespace ns3::detection
