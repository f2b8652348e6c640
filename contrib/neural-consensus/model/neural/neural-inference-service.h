#ifndef NEURAL_INFERENCE_SERVICE_H
#define NEURAL_INFERENCE_SERVICE_H

#include "neural-types.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace ns3
{

namespace neural
{
class Model;
}

/** Whoever asks a NeuralInferenceService. */
class NeuralInferenceClient
{
  public:
    virtual ~NeuralInferenceClient() = default;

    /** What a window was submitted with. */
    struct Request
    {
        uint32_t target{0};      //!< the peer that the window shows
        bool provisional{false}; //!< the last row is not a tick's
        Time time;               //!< when it was submitted
        uint64_t arrivals{0};    //!< the client's own mark
        uint64_t life{0};        //!< the client's own mark
    };

    /** The window is scored. */
    virtual void OnScores(const Request& request, const neural::Scores& scores) = 0;
};

/**
 * Scores windows for all nodes of a run with one model.
 *
 * Each result is delivered InferenceDelay after its window was submitted: the simulated time that a
 * node's own inference would take. The work itself is shared: when the first result is due, all
 * windows that wait, of all nodes, go through the network in one forward pass. Results are
 * delivered in the order of submission.
 *
 * Attributes: InferenceDelay (default 2 ms). Traces: Batch.
 */
class NeuralInferenceService : public Object
{
  public:
    static TypeId GetTypeId();

    NeuralInferenceService();
    ~NeuralInferenceService() override;

    /** @param model the model, not null */
    void SetModel(std::unique_ptr<neural::Model> model);

    /** @return rows of a window */
    std::size_t GetWindowLength() const;

    /**
     * @param client told of the result; must call Forget() before it dies
     * @param request comes back with the result; its time is filled in
     * @return room for the window, to be filled at once and valid until the next call
     */
    float* Submit(NeuralInferenceClient& client, NeuralInferenceClient::Request request);

    /** Drops what a client is still waiting for. */
    void Forget(NeuralInferenceClient& client);

    /**
     * Windows were scored in one pass.
     * @param windows how many
     */
    typedef void (*BatchCallback)(uint32_t windows);

  protected:
    void DoDispose() override;

  private:
    /** A window on its way. */
    struct Pending
    {
        NeuralInferenceClient* client; //!< null if forgotten
        NeuralInferenceClient::Request request;
    };

    void Deliver();
    void ScoreWaiting();

    Time m_delay;                           //!< attribute InferenceDelay
    std::unique_ptr<neural::Model> m_model; //!< the network
    std::size_t m_windowSize{0};            //!< values in a window
    std::vector<Pending> m_pending;         //!< in order of submission
    std::vector<float> m_windows;           //!< those not scored yet
    std::vector<neural::Scores> m_scores;   //!< of the first ones of m_pending
    std::size_t m_delivered{0};             //!< of m_pending, from the front
    EventId m_deliver;                      //!< when the next result is due
    TracedCallback<uint32_t> m_batchTrace;  //!< Batch
};

} // namespace ns3

#endif /* NEURAL_INFERENCE_SERVICE_H */
