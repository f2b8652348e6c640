#ifndef FAILURE_DETECTOR_BANK_HELPER_H
#define FAILURE_DETECTOR_BANK_HELPER_H

#include "ns3/failure-detector-bank.h"
#include "ns3/node-container.h"
#include "ns3/ptr.h"

#include <string>
#include <vector>

namespace ns3
{

/** Attaches classical failure detectors to nodes that have a HeartbeatMonitor. */
class FailureDetectorBankHelper
{
  public:
    /**
     * Adds a detector to the banks to be installed. Its label is its name, or the whole
     * specification where the name is taken already.
     * @param specification NAME[:key=value,...]
     * @return its label
     * @throws std::invalid_argument naming what is wrong with it, or if it is there already
     */
    std::string Add(const std::string& specification);

    /**
     * Aggregates a bank to each node.
     * @param nodes with a HeartbeatMonitor whose watched peers are set, before the start
     * @throws std::invalid_argument if a detector that gossips wants more suspicions of a peer than
     *         it has watchers
     */
    std::vector<Ptr<FailureDetectorBank>> Install(const NodeContainer& nodes) const;

  private:
    /** A detector to install. */
    struct Entry
    {
        std::string label;            //!< name in traces
        detection::DetectorSpec spec; //!< what it is
    };

    void CheckGossip(const NodeContainer& nodes) const;

    std::vector<Entry> m_entries; //!< in the order of Add()
};

} // namespace ns3

#endif /* FAILURE_DETECTOR_BANK_HELPER_H */
