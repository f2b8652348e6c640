#include "detector-replay.h"

#include <utility>

namespace ns3::detection
{

DetectorReplay::DetectorReplay(std::unique_ptr<FailureDetector> detector, Listener listener)
    : m_detector(std::move(detector)),
      m_listener(std::move(listener))
{
}

void
DetectorReplay::OnArrival(const PeerArrival& arrival)
{
    AdvanceTo(arrival.arrived);
    m_detector->OnArrival(arrival);
    Think(arrival.arrived, m_detector->Suspects(arrival.arrived));
    if (!m_suspected)
    {
        m_standing = m_detector->Deadline();
    }
}

void
DetectorReplay::AdvanceTo(Nanos now)
{
    if (!m_suspected && m_standing && *m_standing <= now)
    {
        Think(*m_standing, m_detector->Suspects(*m_standing));
    }
}

bool
DetectorReplay::Suspected() const
{
    return m_suspected;
}

double
DetectorReplay::Level(Nanos now) const
{
    return m_detector->Level(now);
}

std::optional<Nanos>
DetectorReplay::Standing() const
{
    return m_standing;
}

void
DetectorReplay::Think(Nanos now, bool suspected)
{
    if (suspected == m_suspected)
    {
        return;
    }
    m_suspected = suspected;
    if (suspected)
    {
        m_standing = now;
    }
    if (m_listener)
    {
        m_listener(now, suspected, m_detector->Level(now));
    }
}

} // namespace ns3::detection
