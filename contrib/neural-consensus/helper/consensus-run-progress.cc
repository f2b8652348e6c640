#include "consensus-run-progress.h"

#include "ns3/simulator.h"

#include <algorithm>
#include <cstdio>

namespace ns3
{

ConsensusRunProgress::ConsensusRunProgress(Time duration)
    : m_duration(duration)
{
    Show();
}

ConsensusRunProgress::~ConsensusRunProgress()
{
    m_next.Cancel();
    std::fputs("\r\033[K", stderr);
}

void
ConsensusRunProgress::Show()
{
    const int percent =
        static_cast<int>(100 * Simulator::Now().GetSeconds() / m_duration.GetSeconds());
    std::fprintf(stderr, "\rsimulated %3d %%", percent);
    std::fflush(stderr);
    m_next = Simulator::Schedule(std::max(m_duration / 100, MicroSeconds(1)),
                                 &ConsensusRunProgress::Show,
                                 this);
}

} // namespace ns3
