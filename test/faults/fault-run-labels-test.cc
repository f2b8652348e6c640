#include "fault-cluster.h"

#include "ns3/fault-generator.h"
#include "ns3/fault-labels.h"

#include <map>
#include <random>
#include <sstream>

using namespace nctest;
using namespace ns3;
using namespace std::chrono_literals;
using Kind = Seen::Kind;

namespace
{

constexpr double SECONDS = 90;

/** Five servers under a plan drawn at random. */
ClusterRun
RandomRun(uint32_t seed, bool tcp)
{
    std::mt19937_64 engine(seed);
    faults::RandomPlanOptions plan;
    plan.duration = std::chrono::seconds(static_cast<int>(SECONDS));
    plan.meanGap = 5s;
    plan.weights[static_cast<std::size_t>(faults::FaultKind::DEGRADE)] *= 2; // in few runs
    ClusterOptions options;
    options.plan = faults::GenerateRandomPlan(plan, [&engine] {
        return static_cast<double>(engine() >> 11) * 0x1p-53;
    });
    options.seconds = SECONDS;
    options.requestRate = 20;
    options.seed = seed;
    options.tcp = tcp;
    return RunCluster(options);
}

faults::LabelOptions
Options()
{
    faults::LabelOptions options;
    options.servers = 5;
    // 2 ms of path and what a run's faults may add to it.
    options.pathLatency = 5ms;
    return options;
}

bool
IsSlowed(const faults::FaultLog& log, faults::Nanos t)
{
    return std::any_of(log.symptoms.begin(), log.symptoms.end(), [&](const auto& symptom) {
        return t >= symptom.span.start && (!symptom.span.end || t < *symptom.span.end + 3s);
    });
}

std::string
Files(const faults::FaultLog& log)
{
    std::ostringstream out;
    faults::WriteFaults(out, log);
    std::vector<faults::LabelKey> rows;
    for (faults::Nanos t = 1s; t < 90s; t += 500ms)
    {
        rows.push_back({t, 1, 2});
        rows.push_back({t, 4, 3});
    }
    faults::WriteLabels(out, faults::FaultLabeller(log, Options()), rows);
    return out.str();
}

} // namespace

// What an observer hears and what its labels say can't contradict each other: nothing arrives from
// a crashed host or through a cut, and a healthy peer is heard.
TEST(RunLabels, AreNeverContradictedByThePackets)
{
    std::map<std::string, int> labelsSeen;
    for (uint32_t seed = 1; seed <= 4; ++seed)
    {
        const ClusterRun run = RandomRun(seed, seed % 2 == 0);
        const faults::FaultLabeller labels(run.log, Options());
        std::map<std::pair<uint32_t, uint32_t>, double> lastHeard;
        auto packet = run.packets.begin();
        for (int tick = 10; tick < SECONDS * 10; ++tick)
        {
            const double now = tick / 10.0;
            const faults::Nanos t = tick * 100ms;
            for (; packet != run.packets.end() && packet->at < now; ++packet)
            {
                if (packet->from < 1 || packet->from > 5)
                {
                    continue;
                }
                if (packet->kind == Kind::HEARTBEAT)
                {
                    lastHeard[{packet->to, packet->from}] = packet->at;
                }
                const faults::Nanos at(std::llround(packet->at * 1e9));
                const auto label = labels.At(at, packet->to, packet->from);
                const std::string name = label.label;
                const bool mute = (name == "crashed" && label.subtype == "host") ||
                                  (name == "partitioned" && label.subtype != "out");
                EXPECT_FALSE(mute && !label.grace && !IsSlowed(run.log, at))
                    << packet->from << ">" << packet->to << " at " << packet->at << " while "
                    << name << "/" << label.subtype << ", seed " << seed;
            }
            for (uint32_t observer = 1; observer <= 5; ++observer)
            {
                for (uint32_t target = 1; target <= 5; ++target)
                {
                    if (observer == target)
                    {
                        continue;
                    }
                    const auto label = labels.At(t, observer, target);
                    ++labelsSeen[label.label];
                    const double since = now - lastHeard[{observer, target}];
                    if (std::string(label.label) == "healthy" && !label.grace && tick > 15 &&
                        !IsSlowed(run.log, t))
                    {
                        EXPECT_LT(since, 0.25)
                            << observer << " of " << target << " at " << now << ", seed " << seed;
                    }
                }
            }
        }
    }
    for (const char* label :
         {"healthy", "pre-failure", "crashed", "byzantine", "partitioned", "slow", ""})
    {
        EXPECT_GT(labelsSeen[label], 20) << "the random plans hold too little of '" << label << "'";
    }
}

TEST(RunLabels, AreTheSameForTheSameSeed)
{
    const std::string first = Files(RandomRun(5, false).log);
    EXPECT_GT(first.size(), 10000u);
    EXPECT_EQ(first, Files(RandomRun(5, false).log));
    EXPECT_NE(first, Files(RandomRun(6, false).log));
}

TEST(RunLabels, ShowEachFaultOfARandomPlanInTheLog)
{
    const ClusterRun run = RandomRun(1, false);
    EXPECT_GT(run.log.faults.size(), 5u);
    for (const faults::FaultRecord& fault : run.log.faults)
    {
        if (fault.span.end)
        {
            EXPECT_GT(*fault.span.end, fault.span.start);
        }
    }
}
