#ifndef SIMULATION_TEST_H
#define SIMULATION_TEST_H

#include "ns3/nstime.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"

#include <functional>
#include <gtest/gtest.h>

namespace ns3
{

/** A test that runs a simulation of its own. */
class SimulationTest : public ::testing::Test
{
  protected:
    void SetUp() override
    {
        RngSeedManager::SetSeed(1);
        RngSeedManager::SetRun(1);
    }

    void TearDown() override
    {
        Simulator::Destroy();
    }

    /** Has something done at a simulated time. */
    static void At(Time time, std::function<void()> action)
    {
        Simulator::Schedule(time - Simulator::Now(), [action]() { action(); });
    }

    /** Runs the simulation until `time`. */
    static void RunUntil(Time time)
    {
        Simulator::Stop(time - Simulator::Now());
        Simulator::Run();
    }
};

} // namespace ns3

#endif /* SIMULATION_TEST_H */
