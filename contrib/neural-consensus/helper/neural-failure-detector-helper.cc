#include "neural-failure-detector-helper.h"

#include "heartbeat-monitor-helper.h"

#include "ns3/abort.h"
#include "ns3/heartbeat-monitor.h"
#include "ns3/host-network.h"
#include "ns3/neural-backend.h"
#include "ns3/node-clock.h"
#include "ns3/node-cpu.h"
#include "ns3/uinteger.h"

namespace ns3
{

namespace
{

void
ForwardSent(Ptr<NeuralObserver> observer, uint32_t, uint32_t to, uint64_t sequence)
{
    observer->OnSent(to, sequence);
}

void
ForwardLiveness(Ptr<NeuralObserver> observer, uint32_t, bool up)
{
    observer->SetUp(up);
}

Ptr<NeuralObserver>
AttachObserver(Ptr<Node> node, const ObjectFactory& factory)
{
    if (Ptr<NeuralObserver> present = node->GetObject<NeuralObserver>())
    {
        return present;
    }
    Ptr<HeartbeatMonitor> monitor = HeartbeatMonitorHelper::MonitorOf(node);
    NS_ABORT_MSG_IF(!monitor, "a neural observer needs a HeartbeatMonitor on its node");
    ObjectFactory withInterval = factory;
    withInterval.Set("HeartbeatInterval", TimeValue(monitor->GetInterval()));
    Ptr<NeuralObserver> observer = withInterval.Create<NeuralObserver>();
    observer->Setup(node->GetObject<HostNetwork>()->GetHostId(),
                    NodeClock::Of(node),
                    monitor->GetWatched());
    observer->SetStatusSource([monitor]() { return monitor->GetStatus(); });
    monitor->TraceConnectWithoutContext("Tx", MakeBoundCallback(&ForwardSent, observer));
    monitor->TraceConnectWithoutContext("Arrival",
                                        MakeCallback(&NeuralObserver::OnArrival, observer));
    monitor->TraceConnectWithoutContext("Liveness", MakeBoundCallback(&ForwardLiveness, observer));
    node->AggregateObject(observer);
    observer->SetUp(monitor->IsUp());
    return observer;
}

} // namespace

NeuralFailureDetectorHelper::NeuralFailureDetectorHelper()
{
    m_observerFactory.SetTypeId(NeuralObserver::GetTypeId());
    m_detectorFactory.SetTypeId(NeuralFailureDetector::GetTypeId());
    m_serviceFactory.SetTypeId(NeuralInferenceService::GetTypeId());
}

void
NeuralFailureDetectorHelper::SetObserverAttribute(const std::string& name,
                                                  const AttributeValue& value)
{
    m_observerFactory.Set(name, value);
}

void
NeuralFailureDetectorHelper::SetDetectorAttribute(const std::string& name,
                                                  const AttributeValue& value)
{
    m_detectorFactory.Set(name, value);
}

void
NeuralFailureDetectorHelper::SetServiceAttribute(const std::string& name,
                                                 const AttributeValue& value)
{
    m_serviceFactory.Set(name, value);
}

std::vector<Ptr<NeuralObserver>>
NeuralFailureDetectorHelper::InstallObservers(const NodeContainer& nodes) const
{
    std::vector<Ptr<NeuralObserver>> observers;
    for (auto node = nodes.Begin(); node != nodes.End(); ++node)
    {
        observers.push_back(AttachObserver(*node, m_observerFactory));
    }
    return observers;
}

std::vector<Ptr<NeuralFailureDetector>>
NeuralFailureDetectorHelper::Install(const NodeContainer& nodes,
                                     const std::string& modelPath,
                                     const std::string& device) const
{
    return Install(nodes, neural::LoadBackend().Load(modelPath, device));
}

std::vector<Ptr<NeuralFailureDetector>>
NeuralFailureDetectorHelper::Install(const NodeContainer& nodes,
                                     std::unique_ptr<neural::Model> model) const
{
    Ptr<NeuralInferenceService> service = m_serviceFactory.Create<NeuralInferenceService>();
    service->SetModel(std::move(model));
    ObjectFactory observers = m_observerFactory;
    observers.Set("WindowLength", UintegerValue(static_cast<uint32_t>(service->GetWindowLength())));
    std::vector<Ptr<NeuralFailureDetector>> detectors;
    for (auto node = nodes.Begin(); node != nodes.End(); ++node)
    {
        Ptr<NeuralFailureDetector> detector = m_detectorFactory.Create<NeuralFailureDetector>();
        detector->Setup(AttachObserver(*node, observers), NodeCpu::Of(*node), service);
        (*node)->AggregateObject(detector);
        detectors.push_back(detector);
    }
    return detectors;
}

} // namespace ns3
