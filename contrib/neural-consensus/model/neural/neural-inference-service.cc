#include "neural-inference-service.h"

#include "neural-backend.h"

#include "ns3/abort.h"
#include "ns3/simulator.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(NeuralInferenceService);

TypeId
NeuralInferenceService::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::NeuralInferenceService")
            .SetParent<Object>()
            .SetGroupName("NeuralConsensus")
            .AddConstructor<NeuralInferenceService>()
            .AddAttribute("InferenceDelay",
                          "Simulated time from a window to its scores",
                          TimeValue(MilliSeconds(2)),
                          MakeTimeAccessor(&NeuralInferenceService::m_delay),
                          MakeTimeChecker(Time(0)))
            .AddTraceSource("Batch",
                            "Windows were scored in one forward pass",
                            MakeTraceSourceAccessor(&NeuralInferenceService::m_batchTrace),
                            "ns3::NeuralInferenceService::BatchCallback");
    return tid;
}

NeuralInferenceService::NeuralInferenceService() = default;
NeuralInferenceService::~NeuralInferenceService() = default;

void
NeuralInferenceService::SetModel(std::unique_ptr<neural::Model> model)
{
    NS_ABORT_MSG_IF(!model, "an inference service needs a model");
    NS_ABORT_MSG_IF(!m_pending.empty(), "the model cannot change while windows wait");
    m_model = std::move(model);
    m_windowSize = m_model->WindowLength() * neural::FEATURE_COUNT;
}

std::size_t
NeuralInferenceService::GetWindowLength() const
{
    NS_ABORT_MSG_IF(!m_model, "an inference service needs a model");
    return m_model->WindowLength();
}

float*
NeuralInferenceService::Submit(NeuralInferenceClient& client,
                               NeuralInferenceClient::Request request)
{
    NS_ABORT_MSG_IF(!m_model, "an inference service needs a model");
    request.time = Simulator::Now();
    m_pending.push_back(Pending{&client, request});
    if (m_deliver.IsExpired())
    {
        m_deliver = Simulator::Schedule(m_delay, &NeuralInferenceService::Deliver, this);
    }
    m_windows.resize(m_windows.size() + m_windowSize);
    return m_windows.data() + m_windows.size() - m_windowSize;
}

void
NeuralInferenceService::Forget(NeuralInferenceClient& client)
{
    for (Pending& pending : m_pending)
    {
        if (pending.client == &client)
        {
            pending.client = nullptr;
        }
    }
}

void
NeuralInferenceService::DoDispose()
{
    m_deliver.Cancel();
    m_pending.clear();
    m_model.reset();
    Object::DoDispose();
}

void
NeuralInferenceService::Deliver()
{
    if (m_delivered == m_scores.size())
    {
        ScoreWaiting();
    }
    const Time now = Simulator::Now();
    while (m_delivered < m_scores.size() && m_pending[m_delivered].request.time + m_delay <= now)
    {
        // A copy: the client may submit the next window meanwhile.
        const Pending due = m_pending[m_delivered];
        const neural::Scores scores = m_scores[m_delivered];
        ++m_delivered;
        if (due.client)
        {
            due.client->OnScores(due.request, scores);
        }
    }
    if (m_delivered < m_pending.size())
    {
        m_deliver.Cancel();
        m_deliver = Simulator::Schedule(m_pending[m_delivered].request.time + m_delay - now,
                                        &NeuralInferenceService::Deliver,
                                        this);
    }
}

void
NeuralInferenceService::ScoreWaiting()
{
    m_pending.erase(m_pending.begin(), m_pending.begin() + static_cast<int64_t>(m_delivered));
    m_delivered = 0;
    m_scores.resize(m_pending.size());
    m_model->Forward(m_windows.data(), m_pending.size(), m_scores.data());
    m_windows.clear();
    m_batchTrace(static_cast<uint32_t>(m_pending.size()));
}

} // namespace ns3
