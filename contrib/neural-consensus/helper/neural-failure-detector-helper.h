#ifndef NEURAL_FAILURE_DETECTOR_HELPER_H
#define NEURAL_FAILURE_DETECTOR_HELPER_H

#include "ns3/neural-failure-detector.h"
#include "ns3/neural-inference-service.h"
#include "ns3/neural-observer.h"
#include "ns3/node-container.h"
#include "ns3/object-factory.h"
#include "ns3/ptr.h"

#include <memory>
#include <string>
#include <vector>

namespace ns3
{

class AttributeValue;

/**
 * Attaches the neural detector to nodes that have a HeartbeatMonitor. Observer and detector are
 * aggregated to the node; the inference service is shared by all nodes of one Install().
 */
class NeuralFailureDetectorHelper
{
  public:
    NeuralFailureDetectorHelper();

    /** Sets an attribute of the observers to be installed. */
    void SetObserverAttribute(const std::string& name, const AttributeValue& value);
    /** Sets an attribute of the detectors to be installed. */
    void SetDetectorAttribute(const std::string& name, const AttributeValue& value);
    /** Sets an attribute of the inference service to be installed. */
    void SetServiceAttribute(const std::string& name, const AttributeValue& value);

    /**
     * Attaches observers alone: observations without a model. A node that has one keeps it.
     * @param nodes with a HeartbeatMonitor whose watched peers are set, before the start
     */
    std::vector<Ptr<NeuralObserver>> InstallObservers(const NodeContainer& nodes) const;

    /**
     * Attaches observers and detectors.
     * @param nodes as above
     * @param modelPath a model file
     * @param device "cpu" or "cuda"
     * @throws std::runtime_error in one line where the model cannot be loaded
     */
    std::vector<Ptr<NeuralFailureDetector>> Install(const NodeContainer& nodes,
                                                    const std::string& modelPath,
                                                    const std::string& device = "cpu") const;

    /** As above, with a model that is there already. */
    std::vector<Ptr<NeuralFailureDetector>> Install(const NodeContainer& nodes,
                                                    std::unique_ptr<neural::Model> model) const;

  private:
    ObjectFactory m_observerFactory; //!< makes observers
    ObjectFactory m_detectorFactory; //!< makes detectors
    ObjectFactory m_serviceFactory;  //!< makes the service
};

} // namespace ns3

#endif /* NEURAL_FAILURE_DETECTOR_HELPER_H */
