#include "failure-detector.h"

#include "detector-parameter-reader.h"
#include "fixed-timeout-detector.h"
#include "phi-gaussian-detector.h"

#include <stdexcept>

namespace ns3::detection
{

namespace
{

std::unique_ptr<FailureDetector>
MakeFixedTimeout(DetectorParameterReader& reader)
{
    const Nanos timeout = reader.Duration("timeout", std::chrono::milliseconds(500), true);
    reader.Finish();
    return std::make_unique<FixedTimeoutDetector>(timeout);
}

std::unique_ptr<FailureDetector>
MakePhiGaussian(DetectorParameterReader& reader)
{
    PhiGaussianSettings settings;
    settings.threshold = reader.PositiveNumber("threshold", settings.threshold);
    settings.window = reader.Count("window", settings.window, 2, 1000000);
    settings.minStd = reader.Duration("min-std", settings.minStd, true);
    settings.pause = reader.Duration("pause", settings.pause, false);
    settings.first = reader.Duration("first", settings.first, true);
    reader.Finish();
    return std::make_unique<PhiGaussianDetector>(settings);
}

} // namespace

std::unique_ptr<FailureDetector>
MakeFailureDetector(const std::string& name, const DetectorParameters& parameters)
{
    DetectorParameterReader reader(name, parameters);
    if (name == "fixed-timeout")
    {
        return MakeFixedTimeout(reader);
    }
    if (name == "phi-gaussian")
    {
        return MakePhiGaussian(reader);
    }
    std::string known;
    for (const std::string& other : FailureDetectorNames())
    {
        known += (known.empty() ? "" : ", ") + other;
    }
    throw std::invalid_argument("unknown detector \"" + name + "\", expected one of " + known);
}

const std::vector<std::string>&
FailureDetectorNames()
{
    static const std::vector<std::string> names{"fixed-timeout", "phi-gaussian"};
    return names;
}

DetectorSpec
ParseDetectorSpec(const std::string& text)
{
    DetectorSpec spec;
    const std::size_t colon = text.find(':');
    spec.name = text.substr(0, colon);
    std::size_t begin = colon;
    while (begin != std::string::npos)
    {
        const std::size_t end = text.find(',', begin + 1);
        const std::string part = text.substr(begin + 1, end - begin - 1);
        const std::size_t equals = part.find('=');
        if (equals == std::string::npos || equals == 0)
        {
            throw std::invalid_argument("detector " + spec.name + ": \"" + part +
                                        "\", expected key=value");
        }
        if (!spec.parameters.emplace(part.substr(0, equals), part.substr(equals + 1)).second)
        {
            throw std::invalid_argument("detector " + spec.name + ": parameter \"" +
                                        part.substr(0, equals) + "\" is given twice");
        }
        begin = end;
    }
    return spec;
}

} // namespace ns3::detection
