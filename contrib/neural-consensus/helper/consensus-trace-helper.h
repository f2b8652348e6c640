#ifndef CONSENSUS_TRACE_HELPER_H
#define CONSENSUS_TRACE_HELPER_H

#include "consensus-topology.h"

#include "ns3/flow-monitor-helper.h"
#include "ns3/flow-monitor.h"
#include "ns3/ptr.h"

#include <memory>
#include <string>

namespace ns3
{

/**
 * Captures of a topology's hosts as files with fixed names below an output folder. Call what is
 * wanted after the topology is built and before the run starts.
 */
class ConsensusTraceHelper
{
  public:
    /**
     * @param folder the output folder, made on first use
     */
    explicit ConsensusTraceHelper(std::string folder);
    ~ConsensusTraceHelper();

    /**
     * Captures every device of every host: pcap/server-1-0.pcap for server 1 and its first device.
     * @throws std::runtime_error if the folder can't be made
     */
    void EnablePcap(const ConsensusTopology& topology);

    /**
     * Prints the packets of every device of every host, one a line: ascii/server-1-0.tr. In lan a
     * line is t (left the sender) or r (arrived at the receiver), the time in seconds, the packet.
     * @throws std::runtime_error if the folder can't be made
     */
    void EnableAscii(const ConsensusTopology& topology);

    /** Watches the flows between the hosts with ns-3's FlowMonitor. */
    void EnableFlowMonitor(const ConsensusTopology& topology);

    /**
     * Writes flowmon.xml, after the run and before Simulator::Destroy(). Does nothing unless
     * EnableFlowMonitor() was called.
     * @throws std::runtime_error if the folder can't be made
     */
    void WriteFlowMonitor();

    /** @return the flow monitor, null unless EnableFlowMonitor() was called. */
    Ptr<FlowMonitor> GetFlowMonitor() const;

  private:
    std::string SubFolder(const std::string& name) const;

    std::string m_folder;
    std::unique_ptr<FlowMonitorHelper> m_flowMonitorHelper; //!< it owns what the monitor needs
    Ptr<FlowMonitor> m_flowMonitor;
};

} // namespace ns3

#endif /* CONSENSUS_TRACE_HELPER_H */
