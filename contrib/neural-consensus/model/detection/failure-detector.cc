#include "failure-detector.h"

#include "bertier-detector.h"
#include "cassandra-detector.h"
#include "chen-detector.h"
#include "detector-parameter-reader.h"
#include "dynatune-detector.h"
#include "fixed-timeout-detector.h"
#include "phi-accrual-detector.h"
#include "suspect-set.h"
#include "two-window-detector.h"

#include <stdexcept>

namespace ns3::detection
{

namespace
{

constexpr std::size_t LONGEST_WINDOW = 1000000;

uint32_t
ReadQuorum(DetectorParameterReader& reader)
{
    return static_cast<uint32_t>(reader.Count("gossip", 0, 1, SuspectSet::MAX_SERVER));
}

std::unique_ptr<FailureDetector>
MakeFixedTimeout(DetectorParameterReader& reader, Nanos /* period */)
{
    const Nanos timeout = reader.Duration("timeout", std::chrono::milliseconds(500), true);
    reader.Finish();
    return std::make_unique<FixedTimeoutDetector>(timeout);
}

std::unique_ptr<FailureDetector>
MakeChenNfdS(DetectorParameterReader& reader, Nanos period)
{
    ChenSettings settings;
    settings.alpha = reader.Duration("alpha", settings.alpha, false);
    settings.period = reader.Duration("period", period, true);
    reader.Finish();
    return std::make_unique<ChenNfdSDetector>(settings);
}

std::unique_ptr<FailureDetector>
MakeChenNfdE(DetectorParameterReader& reader, Nanos period)
{
    ChenSettings settings;
    settings.alpha = reader.Duration("alpha", settings.alpha, false);
    settings.window = reader.Count("window", settings.window, 1, LONGEST_WINDOW);
    settings.period = reader.Duration("period", period, true);
    reader.Finish();
    return std::make_unique<ChenNfdEDetector>(settings);
}

std::unique_ptr<FailureDetector>
MakeBertier(DetectorParameterReader& reader, Nanos period)
{
    BertierSettings settings;
    settings.gamma = reader.PositiveNumber("gamma", settings.gamma);
    settings.beta = reader.PositiveNumber("beta", settings.beta);
    settings.phi = reader.PositiveNumber("phi", settings.phi);
    settings.window = reader.Count("window", settings.window, 1, LONGEST_WINDOW);
    settings.period = reader.Duration("period", period, true);
    reader.Finish();
    return std::make_unique<BertierDetector>(settings);
}

std::unique_ptr<FailureDetector>
MakePhi(DetectorParameterReader& reader, Nanos period, PhiTail tail)
{
    PhiAccrualSettings settings;
    settings.tail = tail;
    settings.threshold = reader.PositiveNumber("threshold", settings.threshold);
    settings.window = reader.Count("window", settings.window, 2, LONGEST_WINDOW);
    settings.minStd = reader.Duration("min-std", settings.minStd, true);
    settings.pause = reader.Duration("pause", settings.pause, false);
    settings.first = reader.Duration("first", period, true);
    reader.Finish();
    return std::make_unique<PhiAccrualDetector>(settings);
}

std::unique_ptr<FailureDetector>
MakePhiGaussian(DetectorParameterReader& reader, Nanos period)
{
    return MakePhi(reader, period, PhiTail::GAUSSIAN);
}

std::unique_ptr<FailureDetector>
MakePhiLogistic(DetectorParameterReader& reader, Nanos period)
{
    return MakePhi(reader, period, PhiTail::LOGISTIC);
}

std::unique_ptr<FailureDetector>
MakeCassandra(DetectorParameterReader& reader, Nanos period)
{
    CassandraSettings settings;
    settings.threshold = reader.PositiveNumber("threshold", settings.threshold);
    settings.window = reader.Count("window", settings.window, 1, LONGEST_WINDOW);
    settings.period = reader.Duration("period", period, true);
    reader.Finish();
    return std::make_unique<CassandraDetector>(settings);
}

std::unique_ptr<FailureDetector>
MakeTwoWindow(DetectorParameterReader& reader, Nanos period)
{
    TwoWindowSettings settings;
    settings.margin = reader.Duration("margin", settings.margin, false);
    settings.shortWindow = reader.Count("short", settings.shortWindow, 1, LONGEST_WINDOW);
    settings.longWindow = reader.Count("long", settings.longWindow, 1, LONGEST_WINDOW);
    settings.period = reader.Duration("period", period, true);
    reader.Finish();
    return std::make_unique<TwoWindowDetector>(settings);
}

std::unique_ptr<FailureDetector>
MakeDynatune(DetectorParameterReader& reader, Nanos period)
{
    DynatuneSettings settings;
    settings.safety = reader.PositiveNumber("safety", settings.safety);
    settings.reliability = reader.PositiveNumber("reliability", settings.reliability);
    settings.window = reader.Count("window", settings.window, 2, LONGEST_WINDOW);
    settings.period = reader.Duration("period", period, true);
    reader.Finish();
    return std::make_unique<DynatuneDetector>(settings);
}

/** A detector by its name. */
struct Maker
{
    const char* name;
    std::unique_ptr<FailureDetector> (*make)(DetectorParameterReader& reader, Nanos period);
};

constexpr Maker MAKERS[] = {{"fixed-timeout", &MakeFixedTimeout},
                            {"chen-nfd-s", &MakeChenNfdS},
                            {"chen-nfd-e", &MakeChenNfdE},
                            {"bertier", &MakeBertier},
                            {"phi-gaussian", &MakePhiGaussian},
                            {"phi-logistic", &MakePhiLogistic},
                            {"cassandra", &MakeCassandra},
                            {"two-window", &MakeTwoWindow},
                            {"dynatune", &MakeDynatune}};

} // namespace

std::unique_ptr<FailureDetector>
MakeFailureDetector(const std::string& name, const DetectorParameters& parameters, Nanos period)
{
    for (const Maker& maker : MAKERS)
    {
        if (name == maker.name)
        {
            DetectorParameterReader reader(name, parameters);
            ReadQuorum(reader);
            return maker.make(reader, period);
        }
    }
    std::string known;
    for (const std::string& other : FailureDetectorNames())
    {
        known += (known.empty() ? "" : ", ") + other;
    }
    throw std::invalid_argument("unknown detector \"" + name + "\", expected one of " + known);
}

uint32_t
GossipQuorum(const DetectorSpec& spec)
{
    DetectorParameterReader reader(spec.name, spec.parameters);
    return ReadQuorum(reader);
}

const std::vector<std::string>&
FailureDetectorNames()
{
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (const Maker& maker : MAKERS)
        {
            all.emplace_back(maker.name);
        }
        return all;
    }();
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
