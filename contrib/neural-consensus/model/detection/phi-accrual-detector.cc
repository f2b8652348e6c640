#include "phi-accrual-detector.h"

#include "detection-constants.h"
#include "gaussian-tail.h"
#include "logistic-tail.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace ns3::detection
{

namespace
{

double
Phi(PhiTail tail, double y)
{
    return tail == PhiTail::GAUSSIAN ? GaussianPhi(y) : LogisticPhi(y);
}

double
InversePhi(PhiTail tail, double phi)
{
    return tail == PhiTail::GAUSSIAN ? InverseGaussianPhi(phi) : InverseLogisticPhi(phi);
}

} // namespace

PhiAccrualDetector::PhiAccrualDetector(const PhiAccrualSettings& settings)
    : m_settings(settings),
      m_criticalY(InversePhi(settings.tail, settings.threshold)),
      m_intervals(settings.window)
{
    if (settings.window < 2 || settings.minStd <= Nanos(0) || settings.pause < Nanos(0) ||
        settings.first <= Nanos(0))
    {
        throw std::invalid_argument("phi: expected a window of 2 or more, min-std and "
                                    "first above 0 and pause from 0 up");
    }
    m_intervals.Add(settings.first - settings.first / 4);
    m_intervals.Add(settings.first + settings.first / 4);
    Fit();
}

void
PhiAccrualDetector::Start(Nanos now)
{
    m_last = now;
}

void
PhiAccrualDetector::OnArrival(const PeerArrival& arrival)
{
    if (arrival.kind != PeerArrival::Kind::HEARTBEAT)
    {
        return;
    }
    const HeartbeatOrder::Verdict order = m_order.Take(arrival);
    if (order == HeartbeatOrder::Verdict::LATE)
    {
        return;
    }
    // From the start to the first heartbeat, or over a restart, is no interval of the peer's.
    if (m_heard && order == HeartbeatOrder::Verdict::NEXT && !Suspects(arrival.arrived))
    {
        m_intervals.Add(std::max(arrival.arrived - *m_last, Nanos(0)));
        Fit();
    }
    m_heard = true;
    m_last = arrival.arrived;
}

double
PhiAccrualDetector::Level(Nanos now) const
{
    if (!m_last)
    {
        return 0;
    }
    const double silence = static_cast<double>((now - *m_last).count());
    return Phi(m_settings.tail, (silence - m_centre) / m_deviation);
}

bool
PhiAccrualDetector::Suspects(Nanos now) const
{
    return m_last && now >= *m_last + m_tolerated;
}

std::optional<Nanos>
PhiAccrualDetector::Deadline() const
{
    return m_last ? std::optional<Nanos>(*m_last + m_tolerated) : std::nullopt;
}

void
PhiAccrualDetector::Fit()
{
    m_centre = m_intervals.Mean() + static_cast<double>(m_settings.pause.count());
    m_deviation =
        std::max(m_intervals.StandardDeviation(), static_cast<double>(m_settings.minStd.count()));
    const double tolerated = std::ceil(m_centre + m_criticalY * m_deviation);
    m_tolerated = Nanos(static_cast<int64_t>(std::clamp(tolerated, -LONGEST_NS, LONGEST_NS)));
}

} // namespace ns3::detection
