#include "netem-parameters.h"

#include <cmath>
#include <sstream>
#include <stdexcept>
#include <string>

namespace ns3
{

namespace
{

[[noreturn]] void
Reject(const std::string& name, double value, const std::string& expected)
{
    std::ostringstream message;
    message << "impairment: " << name << " is " << value << ", expected " << expected;
    throw std::invalid_argument(message.str());
}

void
CheckShare(const std::string& name, double share)
{
    // Written so that it rejects NaN too.
    if (!(share >= 0.0 && share <= 1.0))
    {
        Reject(name, share, "a share from 0 to 1");
    }
}

void
CheckTime(const std::string& name, Time time)
{
    if (time.IsStrictlyNegative())
    {
        Reject(name, time.GetSeconds(), "a time of at least 0 s");
    }
}

} // namespace

bool
NetemParameters::IsNeutral() const
{
    return delay.IsZero() && jitter.IsZero() && loss == 0.0 && burstLoss.meanLoss == 0.0 &&
           duplicate == 0.0 && reorder == 0.0;
}

void
NetemParameters::Validate() const
{
    CheckTime("delay", delay);
    CheckTime("jitter", jitter);
    CheckShare("loss", loss);
    CheckShare("duplicate", duplicate);
    CheckShare("reorder", reorder);
    if (!reorderHold.IsStrictlyPositive())
    {
        Reject("reorder hold", reorderHold.GetSeconds(), "a time of more than 0 s");
    }
    CheckShare("burst loss", burstLoss.meanLoss);
    const double length = burstLoss.meanBurstLength;
    if (!(length >= 1.0) || !std::isfinite(length))
    {
        Reject("burst length", length, "a number of packets of at least 1");
    }
    if (burstLoss.meanLoss > length / (length + 1.0))
    {
        std::ostringstream expected;
        expected << "at most " << length / (length + 1.0) << " with bursts of " << length
                 << " packets";
        Reject("burst loss", burstLoss.meanLoss, expected.str());
    }
}

} // namespace ns3
