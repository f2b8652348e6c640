#include "gilbert-elliott-error-model.h"

#include "ns3/double.h"

#include <algorithm>
#include <limits>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(GilbertElliottErrorModel);

TypeId
GilbertElliottErrorModel::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::GilbertElliottErrorModel")
            .SetParent<ErrorModel>()
            .SetGroupName("NeuralConsensus")
            .AddConstructor<GilbertElliottErrorModel>()
            .AddAttribute("MeanLoss",
                          "The share of packets lost in the long run.",
                          DoubleValue(0.0),
                          MakeDoubleAccessor(&GilbertElliottErrorModel::m_meanLoss),
                          MakeDoubleChecker<double>(0.0, 1.0))
            .AddAttribute("MeanBurstLength",
                          "The mean number of packets lost in a row.",
                          DoubleValue(4.0),
                          MakeDoubleAccessor(&GilbertElliottErrorModel::m_meanBurstLength),
                          MakeDoubleChecker<double>(1.0, std::numeric_limits<double>::max()));
    return tid;
}

GilbertElliottErrorModel::GilbertElliottErrorModel()
    : m_uniform(CreateObject<UniformRandomVariable>())
{
}

GilbertElliottErrorModel::~GilbertElliottErrorModel() = default;

int64_t
GilbertElliottErrorModel::AssignStreams(int64_t stream)
{
    m_uniform->SetStream(stream);
    return 1;
}

bool
GilbertElliottErrorModel::DoCorrupt(Ptr<Packet>)
{
    if (!IsEnabled())
    {
        return false;
    }
    const double draw = m_uniform->GetValue();
    if (m_meanLoss >= 1.0)
    {
        m_bad = true;
    }
    else if (!m_bad)
    {
        m_bad = draw < m_meanLoss;
    }
    else
    {
        const double leaveBad = 1.0 / m_meanBurstLength;
        const double leaveGood = std::min(1.0, leaveBad * m_meanLoss / (1.0 - m_meanLoss));
        m_bad = *m_bad ? draw >= leaveBad : draw < leaveGood;
    }
    return *m_bad;
}

void
GilbertElliottErrorModel::DoReset()
{
    m_bad.reset();
}

} // namespace ns3
