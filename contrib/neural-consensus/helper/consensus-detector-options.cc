#include "consensus-detector-options.h"

#include "consensus-option-values.h"

#include "ns3/failure-detector.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace ns3
{

namespace
{

/** Splits NAME[:key=value,...][,NAME...]; a part with '=' and no ':' belongs to the name before. */
void
Split(const std::string& text, std::vector<std::string>& specifications)
{
    std::istringstream parts(text);
    std::string part;
    while (std::getline(parts, part, ','))
    {
        const auto equals = part.find('=');
        const bool continues = equals != std::string::npos && part.find(':') > equals;
        if (!continues)
        {
            specifications.push_back(part);
        }
        else if (!specifications.empty())
        {
            specifications.back() += "," + part;
        }
        else
        {
            RefuseValue("detector", text, "NAME[:key=value,...][,NAME...]");
        }
    }
}

void
CheckDetector(const std::string& specification)
{
    // Detectors that are no FailureDetector of one pair have attributes instead of keys.
    for (const auto& [name, type] : {std::pair("neural", "ns3::NeuralFailureDetector"),
                                     std::pair("swim", "ns3::SwimApplication")})
    {
        if (specification == name)
        {
            return;
        }
        if (specification.rfind(std::string(name) + ":", 0) == 0)
        {
            throw std::invalid_argument(std::string("option --detector: ") + name +
                                        " takes no keys, set attributes of " + type + " instead");
        }
    }
    const auto spec = detection::ParseDetectorSpec(specification);
    const auto& known = detection::FailureDetectorNames();
    if (std::find(known.begin(), known.end(), spec.name) == known.end())
    {
        std::string names;
        for (const auto& name : known)
        {
            names += name + ", ";
        }
        throw std::invalid_argument("option --detector: unknown detector '" + spec.name +
                                    "', expected one of " + names + "swim, neural");
    }
    detection::MakeFailureDetector(spec.name, spec.parameters); // refuses bad keys and values
}

} // namespace

std::vector<std::string>
SplitDetectors(const std::vector<std::string>& texts)
{
    std::vector<std::string> detectors;
    for (const auto& text : texts)
    {
        Split(text, detectors);
    }
    return detectors;
}

std::vector<std::string>
ReadDetectors(const std::vector<std::string>& texts)
{
    const std::vector<std::string> detectors = SplitDetectors(texts);
    for (const auto& specification : detectors)
    {
        CheckDetector(specification);
        if (std::count(detectors.begin(), detectors.end(), specification) > 1)
        {
            throw std::invalid_argument("option --detector: '" + specification +
                                        "' is given more than once");
        }
    }
    return detectors;
}

} // namespace ns3
