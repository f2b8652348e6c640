#include "raft-torment-plan.h"

#include <sstream>

namespace ns3::raft::test
{

namespace
{

using std::chrono::milliseconds;

/** Settings that all servers of a cluster share. */
Config
DrawConfig(Dice& dice, bool lease)
{
    Config config;
    config.electionTimeoutMin = milliseconds(150);
    config.electionTimeoutMax = milliseconds(300);
    config.heartbeatInterval = milliseconds(50);
    config.preVote = dice.OnceIn(2);
    config.checkQuorum = lease || dice.OnceIn(2);
    config.leaderStickiness = lease || dice.OnceIn(2);
    config.readMode = lease ? ReadMode::LEASE : ReadMode::INDEX;
    config.maxBatchEntries = dice.Pick<uint32_t>({1, 2, 5, 64});
    config.maxBatchBytes = dice.Pick<uint32_t>({24, 100, 1000, 32768});
    config.maxInFlightMessages = dice.Pick<uint32_t>({1, 2, 4, 64});
    config.maxInFlightBytes = dice.Pick<uint64_t>({1, 200, 1 << 20, 1 << 20});
    config.leaderWritesFirst = dice.OnceIn(3);
    config.maxWriteSilence = dice.OnceIn(3) ? dice.Milliseconds(60, 200) : Duration::zero();
    return config;
}

World
DrawWorld(Dice& dice)
{
    World world;
    world.delayMin = milliseconds(1);
    world.delayMax = dice.Milliseconds(2, 40);
    world.drop = 0.05 * static_cast<double>(dice.Below(5));
    world.duplicate = 0.05 * static_cast<double>(dice.Below(5));
    world.straggle = dice.Pick({0.0, 0.01, 0.05});
    world.writeMax = dice.Milliseconds(0, 20);
    world.stall = dice.Pick({0.0, 0.0, 0.003});
    world.stallTime = dice.Milliseconds(50, 400);
    world.tornWrites = !dice.OnceIn(4);
    world.snapshotEvery = dice.Pick<uint32_t>({0, 3, 10, 40});
    world.maxSessions = dice.OnceIn(4) ? 2 + dice.Below(3) : KeyValueStore::DEFAULT_MAX_SESSIONS;
    world.crashAfterWrite = dice.Pick({0.0, 0.003});
    world.crashWhileSending = dice.Pick({0.0, 0.001});
    return world;
}

ClientPlan
DrawClients(Dice& dice)
{
    ClientPlan clients;
    clients.clients = static_cast<uint32_t>(1 + dice.Below(5));
    clients.lanes = static_cast<uint32_t>(1 + dice.Below(3));
    clients.keys = static_cast<uint32_t>(1 + dice.Below(3));
    clients.reads = 0.2 * static_cast<double>(dice.Below(4));
    clients.logReads = 0.1 * static_cast<double>(dice.Below(3));
    clients.timeout = dice.Milliseconds(60, 250);
    clients.maxAttempts = static_cast<uint32_t>(1 + dice.Below(10));
    clients.maxThinkTime = dice.Milliseconds(5, 120);
    clients.followRedirects = !dice.OnceIn(4);
    return clients;
}

} // namespace

Dice::Dice(uint64_t seed)
    : m_random(seed)
{
}

uint64_t
Dice::Below(uint64_t bound)
{
    return m_random() % bound;
}

double
Dice::Share()
{
    return static_cast<double>(m_random() >> 11) * 0x1p-53;
}

bool
Dice::OnceIn(uint64_t times)
{
    return Below(times) == 0;
}

Duration
Dice::Milliseconds(uint64_t low, uint64_t high)
{
    return milliseconds(low + Below(high - low + 1));
}

TormentPlan
DrawPlan(Dice& dice)
{
    TormentPlan plan;
    const bool lease = dice.OnceIn(3);
    Config config = DrawConfig(dice, lease);
    plan.world = DrawWorld(dice);
    plan.clients = DrawClients(dice);
    if (lease && dice.OnceIn(2))
    {
        // What breaks a lease has to happen within a part of an election timeout.
        plan.world.delayMax = plan.world.writeMax = milliseconds(2);
    }
    plan.clusterSeed = dice.Below(UINT64_MAX);
    plan.clientSeed = dice.Below(UINT64_MAX);
    plan.clockDrift = dice.Pick({0.0, 0.01, 0.1, 0.3});
    plan.clocksJump = !lease && dice.OnceIn(2);
    config.maxClockDrift = lease ? plan.clockDrift : 0;
    const auto servers = dice.Pick<ServerId>({1, 2, 3, 3, 3, 4, 5, 5, 7});
    plan.membership = dice.OnceIn(2);
    plan.removedStayUp = config.leaderStickiness && dice.OnceIn(2);
    const auto joining = static_cast<ServerId>(plan.membership ? 1 + dice.Below(2) : 0);
    for (ServerId id = 1; id <= servers + joining; ++id)
    {
        plan.configs.push_back(config);
        plan.configs.back().id = id;
        for (ServerId other = 1; id <= servers && other <= servers; ++other)
        {
            plan.configs.back().servers.push_back(other);
        }
    }
    return plan;
}

std::string
TormentPlan::Describe() const
{
    const Config& config = configs.front();
    std::ostringstream line;
    const auto ms = [](Duration span) { return static_cast<double>(span.count()) / 1e6; };
    line << config.servers.size() << "+" << configs.size() - config.servers.size() << " servers"
         << (config.preVote ? ", pre-vote" : "") << (config.checkQuorum ? ", check-quorum" : "")
         << (config.leaderStickiness ? ", sticky" : "")
         << (config.readMode == ReadMode::LEASE ? ", leases" : "")
         << (config.leaderWritesFirst ? ", leader writes first" : "");
    if (config.maxWriteSilence > Duration::zero())
    {
        line << ", write silence " << ms(config.maxWriteSilence) << " ms";
    }
    line << ", batches " << config.maxBatchEntries << "/" << config.maxBatchBytes << " B, window "
         << config.maxInFlightMessages << "/" << config.maxInFlightBytes << " B, snapshot every "
         << world.snapshotEvery << ", delay " << ms(world.delayMax) << " ms, drop " << world.drop
         << ", duplicate " << world.duplicate << ", straggle " << world.straggle << ", write "
         << ms(world.writeMax) << " ms, drift " << clockDrift << (clocksJump ? " and jumps" : "")
         << (membership ? ", membership changes" : "") << ", clients " << clients.clients << "x"
         << clients.lanes << ", keys " << clients.keys;
    return line.str();
}

} // namespace ns3::raft::test
