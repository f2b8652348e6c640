/**
 * @file
 * Attaching failure detectors: every server watches every other by heartbeats, two classical
 * detectors judge the arrivals, and one server crashes. With a model file as argument the neural
 * detector judges beside them:
 *
 *     build/bin/attaching-a-detector [results/demo/detector.ncm]
 */

#include "ns3/consensus-topology.h"
#include "ns3/failure-detector-bank-helper.h"
#include "ns3/fault-injector.h"
#include "ns3/fault-plan.h"
#include "ns3/heartbeat-monitor-helper.h"
#include "ns3/neural-failure-detector-helper.h"
#include "ns3/raft-helper.h"
#include "ns3/simulator.h"

#include <exception>
#include <iostream>

using namespace ns3;

namespace
{

void
PrintSuspicion(Time time,
               uint32_t observer,
               uint32_t target,
               const std::string& detector,
               bool suspected,
               double)
{
    std::cout << time.As(Time::MS) << ": " << detector << " at server " << observer
              << (suspected ? " suspects server " : " trusts server ") << target << "\n";
}

void
PrintNeuralSuspicion(Time time, uint32_t observer, uint32_t target, bool suspected, double level)
{
    PrintSuspicion(time, observer, target, "neural", suspected, level);
}

void
PrintVerdict(const NeuralVerdict& verdict)
{
    if (verdict.failureClass != neural::FailureClass::HEALTHY && verdict.observer == 1)
    {
        std::cout << verdict.time.As(Time::MS) << ": server 1 says that server " << verdict.target
                  << " is "
                  << neural::FailureClassNames()[static_cast<std::size_t>(verdict.failureClass)]
                  << " (confidence " << verdict.confidence << ")\n";
    }
}

} // namespace

int
main(int argc, char* argv[])
{
    TopologyOptions network;
    network.name = "star";
    network.servers = 3;
    network.clients = 0;
    ConsensusTopology topology = BuildTopology(network);
    topology.AssignStreams(0);
    const NodeContainer& hosts = topology.Servers();

    RaftHelper raft;
    RaftHelper::AssignStreams(raft.InstallServers(hosts), 1000);

    // Heartbeats and replies: all that a detector gets to see.
    HeartbeatMonitorHelper monitors;
    monitors.Install(hosts);
    HeartbeatMonitorHelper::AssignStreams(hosts, 2000);

    // Any number of classical detectors judge the same arrivals.
    FailureDetectorBankHelper banks;
    banks.Add("fixed-timeout:timeout=500ms");
    banks.Add("phi-gaussian:threshold=8");
    for (const auto& bank : banks.Install(hosts))
    {
        bank->TraceConnectWithoutContext("Suspicion", MakeCallback(&PrintSuspicion));
    }

    // The neural detector, if there is a model: LibTorch is loaded only here.
    NeuralFailureDetectorHelper neural;
    if (argc > 1)
    {
        try
        {
            for (const auto& detector : neural.Install(hosts, argv[1]))
            {
                detector->TraceConnectWithoutContext("Suspicion",
                                                     MakeCallback(&PrintNeuralSuspicion));
                detector->TraceConnectWithoutContext("Verdict", MakeCallback(&PrintVerdict));
            }
        }
        catch (const std::exception& error)
        {
            std::cerr << "attaching-a-detector: " << error.what() << "\n";
            return 2;
        }
    }

    auto injector = CreateObject<FaultInjector>();
    injector->SetServers(hosts);
    injector->SetPlan({faults::ParseFault("host-crash@6s+3s:node=3", 3)});
    injector->AssignStreams(3000);
    injector->Start();

    Simulator::Stop(Seconds(12));
    Simulator::Run();
    Simulator::Destroy();
    return 0;
}
