#include "netem-flow.h"

#include "netem-queue-disc.h"

#include "ns3/double.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace ns3
{

namespace
{

/// A log-normal variable whose mean equals its deviation has this variance of its logarithm.
const double JITTER_SIGMA = std::sqrt(std::log(2.0));

/// Offsets into the streams of a stage.
enum StreamOffset : int64_t
{
    LOSS_STREAM,
    BURST_LOSS_STREAM,
    JITTER_STREAM,
    DUPLICATE_STREAM,
    REORDER_STREAM,
};

} // namespace

template <typename T>
Ptr<T>
NetemStage::Make(int64_t offset) const
{
    Ptr<T> made = CreateObject<T>();
    if (m_stream >= 0)
    {
        if constexpr (std::is_base_of_v<RandomVariableStream, T>)
        {
            made->SetStream(m_stream + offset);
        }
        else
        {
            made->AssignStreams(m_stream + offset);
        }
    }
    return made;
}

void
NetemStage::Set(const NetemParameters& parameters)
{
    m_parameters = parameters;
    m_neutral = parameters.IsNeutral();
    if (parameters.loss > 0.0)
    {
        if (!m_loss)
        {
            m_loss = Make<RateErrorModel>(LOSS_STREAM);
            m_loss->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
        }
        m_loss->SetRate(parameters.loss);
    }
    if (parameters.burstLoss.meanLoss > 0.0)
    {
        if (!m_burstLoss)
        {
            m_burstLoss = Make<GilbertElliottErrorModel>(BURST_LOSS_STREAM);
        }
        m_burstLoss->SetAttribute("MeanLoss", DoubleValue(parameters.burstLoss.meanLoss));
        m_burstLoss->SetAttribute("MeanBurstLength",
                                  DoubleValue(parameters.burstLoss.meanBurstLength));
    }
    if (parameters.jitter.IsStrictlyPositive())
    {
        m_jitterMu = std::log(parameters.jitter.GetSeconds()) - JITTER_SIGMA * JITTER_SIGMA / 2.0;
        if (!m_jitter)
        {
            m_jitter = Make<LogNormalRandomVariable>(JITTER_STREAM);
        }
    }
    if (parameters.duplicate > 0.0 && !m_duplicate)
    {
        m_duplicate = Make<UniformRandomVariable>(DUPLICATE_STREAM);
    }
    if (parameters.reorder > 0.0 && !m_reorder)
    {
        m_reorder = Make<UniformRandomVariable>(REORDER_STREAM);
    }
}

void
NetemStage::SetStreams(int64_t stream)
{
    m_stream = stream;
    // What was made with another stream is made again.
    m_loss = nullptr;
    m_burstLoss = nullptr;
    m_jitter = nullptr;
    m_duplicate = nullptr;
    m_reorder = nullptr;
    Set(NetemParameters(m_parameters));
}

bool
NetemStage::IsNeutral() const
{
    return m_neutral;
}

const char*
NetemStage::DrawLoss(Ptr<Packet> packet)
{
    // Both draw for every packet: each process runs on whatever the other does.
    const bool lost = m_parameters.loss > 0.0 && m_loss->IsCorrupt(packet);
    const bool lostInBurst =
        m_parameters.burstLoss.meanLoss > 0.0 && m_burstLoss->IsCorrupt(packet);
    return lostInBurst ? NetemQueueDisc::BURST_LOSS : lost ? NetemQueueDisc::RANDOM_LOSS : nullptr;
}

Time
NetemStage::DrawDelay()
{
    Time delay = m_parameters.delay;
    if (m_parameters.jitter.IsStrictlyPositive())
    {
        delay += Seconds(m_jitter->GetValue(m_jitterMu, JITTER_SIGMA));
    }
    return delay;
}

Time
NetemStage::DrawHold()
{
    const bool held = m_parameters.reorder > 0.0 && m_reorder->GetValue() < m_parameters.reorder;
    return held ? m_parameters.reorderHold : Time(0);
}

bool
NetemStage::DrawDuplicate()
{
    return m_parameters.duplicate > 0.0 && m_duplicate->GetValue() < m_parameters.duplicate;
}

void
NetemFlow::SetStreams(int64_t stream)
{
    for (auto& stage : stages)
    {
        stage.SetStreams(stream);
        stream += stream < 0 ? 0 : NetemStage::STREAMS;
    }
}

bool
NetemFlow::IsNeutral() const
{
    return !cut && processes.empty() &&
           std::all_of(stages.begin(), stages.end(), [](const NetemStage& stage) {
               return stage.IsNeutral();
           });
}

const char*
NetemFlow::DrawLoss(Ptr<Packet> packet, Time now)
{
    const char* reason = nullptr;
    processDelay = Time(0);
    for (const auto& process : processes)
    {
        const NetemProcess::Effect effect = process->Meet(now);
        reason = effect.lost ? NetemQueueDisc::OUTAGE : reason;
        processDelay += effect.delay;
    }
    for (auto& stage : stages)
    {
        const char* lost = stage.DrawLoss(packet);
        reason = reason ? reason : lost;
    }
    return reason;
}

Time
NetemFlow::DrawDue(Time now)
{
    Time due = now + processDelay;
    Time hold;
    for (auto& stage : stages)
    {
        due += stage.DrawDelay();
        hold += stage.DrawHold();
    }
    due = std::max(due, lastDue);
    if (hold.IsStrictlyPositive())
    {
        // Later packets need not wait for one that is held back.
        return due + hold;
    }
    lastDue = due;
    return due;
}

bool
NetemFlow::DrawDuplicate()
{
    bool duplicate = false;
    for (auto& stage : stages)
    {
        duplicate = stage.DrawDuplicate() || duplicate;
    }
    return duplicate;
}

} // namespace ns3
