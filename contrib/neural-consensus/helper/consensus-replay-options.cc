#include "consensus-replay-options.h"

#include "consensus-detector-options.h"
#include "consensus-heartbeat-reader.h"
#include "consensus-option-values.h"
#include "consensus-program.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <filesystem>
#include <limits>
#include <set>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace ns3
{

namespace po = boost::program_options;

namespace
{

/** More detectors at once are a slip of the pen: a sweep of sweeps. */
constexpr std::size_t MOST_DETECTORS = 10000;

/** The options as text, before they are read. */
struct RawOptions
{
    std::string config, crashPhase, warmUp, at;
    std::vector<std::string> detectors;
};

po::value_semantic*
Text(std::string& into, const char* placeholder, const char* byDefault = nullptr)
{
    auto* value = po::value<std::string>(&into)->value_name(placeholder);
    return byDefault ? value->default_value(byDefault) : value;
}

po::options_description
Describe(RawOptions& raw, ReplayOptions& options)
{
    po::options_description all("Options", 100);
    auto add = all.add_options();
    add("help,h", po::bool_switch(&options.help), "print this and exit");
    add("config",
        Text(raw.config, "FILE"),
        "INI file with these options, one NAME=VALUE a line; the command line wins");
    add("trace", Text(options.trace, "FILE"), "recording of heartbeats to replay");
    add("detector",
        po::value<std::vector<std::string>>(&raw.detectors)->value_name("NAMES"),
        "NAME[:key=value,...][,NAME...], any number of times, all on the same arrivals; "
        "key=a/b/c tries several values, with several such keys all combinations");
    add("crash-phase",
        Text(raw.crashPhase, "WHEN", "uniform"),
        "when after a heartbeat its sender crashes, for the detection time: uniform (until the "
        "next one) or after-send");
    add("warmup",
        Text(raw.warmUp, "N", "0"),
        "heartbeats at the beginning of each pair that detectors hear and that do not count");
    add("qos",
        Text(options.qos, "FILE"),
        "CSV file to write: quality of service of each pair and detector");
    add("at",
        Text(raw.at, "FILE"),
        "times by the observer's clock, one in seconds a line; with --levels");
    add("levels",
        Text(options.levels, "FILE"),
        "CSV file to write: each detector's level at the times of --at");
    add("quiet", po::bool_switch(&options.quiet), "neither progress nor the closing table");
    return all;
}

std::string
HelpText(const po::options_description& described)
{
    std::ostringstream help;
    help
        << "Usage: replay-detectors --trace=FILE --detector=NAME[:key=value,...] [OPTION...]\n"
           "Lets failure detectors judge a recording of heartbeats, as they would have done while\n"
           "it was made, and prints for each detector and its parameters how fast it finds "
           "crashes\n"
           "and how often it is wrong, over all pairs of observer and target.\n\n"
           "FILE is a heartbeats.csv, as consensus-scenario --heartbeat-trace writes it, with the\n"
           "columns observer,target,seq,sent_s,arrived_s in the order of sending; the first two\n"
           "may be left out where there is one pair. arrived_s is empty where a heartbeat was\n"
           "lost. The two clocks may differ.\n\n"
           "Detectors and keys:\n";
    const char* const keys[] = {
        "  fixed-timeout          timeout",
        "  chen-nfd-s             alpha, period",
        "  chen-nfd-e             alpha, window, period",
        "  bertier                gamma, beta, phi, window, period",
        "  phi-gaussian           threshold, window, min-std, pause, first",
        "  phi-logistic           the same",
        "  cassandra              threshold, window, period",
        "  two-window             margin, short, long, period",
        "  dynatune               safety, reliability, window, period",
        "  all of them            gossip",
    };
    for (const char* line : keys)
    {
        help << line << '\n';
    }
    help
        << "gossip=K suspects a peer when K of those who watch it do, as far as is heard; the "
           "rows\n"
           "then have to be in the order of sending, with all times on one clock.\n"
           "period, and first of phi, are by default the pair's median time between two sendings.\n"
           "Times have a unit (500ms, 2s) or are seconds. doc/detectors.md has formulas, sources\n"
           "and defaults, doc/formats.md the files.\n\n"
        << described << "\nExit status: 0, or 2 where something has to be put right\n";
    return help.str();
}

/** Puts every value of a swept key in turn, for each combination of those before. */
void
Expand(const detection::DetectorSpec& swept, std::vector<detection::DetectorSpec>& all)
{
    std::vector<detection::DetectorSpec> combinations{{swept.name, {}}};
    for (const auto& [key, values] : swept.parameters)
    {
        std::vector<detection::DetectorSpec> next;
        for (const auto& before : combinations)
        {
            for (std::size_t begin = 0; begin <= values.size();)
            {
                const std::size_t end = std::min(values.find('/', begin), values.size());
                next.push_back(before);
                next.back().parameters[key] = values.substr(begin, end - begin);
                begin = end + 1;
            }
        }
        combinations = std::move(next);
        if (combinations.size() > MOST_DETECTORS)
        {
            break;
        }
    }
    all.insert(all.end(), combinations.begin(), combinations.end());
    if (all.size() > MOST_DETECTORS)
    {
        throw std::invalid_argument("option --detector: more than " +
                                    std::to_string(MOST_DETECTORS) +
                                    " combinations of values: expected fewer");
    }
}

std::vector<detection::Nanos>
ReadTimes(const std::string& path)
{
    LineReader lines(path, "a file with one time in seconds a line");
    std::vector<detection::Nanos> times;
    std::string_view line;
    while (lines.Next(line))
    {
        const auto time = ParseFileTime(line);
        if (!time)
        {
            lines.Refuse("\"" + std::string(line.substr(0, 40)) + "\" is no time",
                         "seconds, as 1.250000000");
        }
        times.push_back(*time);
    }
    std::sort(times.begin(), times.end());
    return times;
}

/** @return whether both name one file, which need not be there */
bool
IsSameFile(const std::string& a, const std::string& b)
{
    std::error_code ignored;
    return !a.empty() && !b.empty() &&
           std::filesystem::weakly_canonical(a, ignored) ==
               std::filesystem::weakly_canonical(b, ignored);
}

void
ReadSetup(const RawOptions& raw, ReplayOptions& options)
{
    if (options.trace.empty())
    {
        throw std::invalid_argument("option --trace: expected a recording of heartbeats");
    }
    options.setup.detectors = ReadSweeps(raw.detectors);
    if (options.setup.detectors.empty())
    {
        throw std::invalid_argument("option --detector: expected one detector at least, as "
                                    "fixed-timeout:timeout=500ms");
    }
    if (raw.crashPhase != "uniform" && raw.crashPhase != "after-send")
    {
        RefuseValue("crash-phase", raw.crashPhase, "uniform or after-send");
    }
    options.setup.crashPhase = raw.crashPhase == "uniform" ? detection::CrashPhase::UNIFORM
                                                           : detection::CrashPhase::AFTER_SEND;
    options.setup.warmUp =
        ReadCountValue("warmup", raw.warmUp, 0, std::numeric_limits<uint32_t>::max());
    if (raw.at.empty() != options.levels.empty())
    {
        throw std::invalid_argument("options --at and --levels: expected both or neither, FILE "
                                    "with times and FILE to write");
    }
    if (!raw.at.empty())
    {
        options.setup.at = ReadTimes(raw.at);
    }
    if (IsSameFile(options.qos, options.levels))
    {
        RefuseValue("levels", options.levels, "another file than that of --qos");
    }
    for (const std::string& source : {options.trace, raw.at})
    {
        if (IsSameFile(options.qos, source))
        {
            RefuseValue("qos", options.qos, "another file than those that are read");
        }
        if (IsSameFile(options.levels, source))
        {
            RefuseValue("levels", options.levels, "another file than those that are read");
        }
    }
}

} // namespace

std::vector<detection::DetectorSpec>
ReadSweeps(const std::vector<std::string>& texts)
{
    std::vector<detection::DetectorSpec> all;
    for (const std::string& text : SplitDetectors(texts))
    {
        Expand(detection::ParseDetectorSpec(text), all);
    }
    std::set<std::pair<std::string, detection::DetectorParameters>> known;
    for (const auto& spec : all)
    {
        detection::MakeFailureDetector(spec.name, spec.parameters); // refuses what cannot be
        if (!known.emplace(spec.name, spec.parameters).second)
        {
            throw std::invalid_argument("option --detector: " + spec.name +
                                        " is given more than once with the same values");
        }
    }
    return all;
}

ReplayOptions
ParseReplayOptions(int argc, char* argv[])
{
    ReplayOptions options;
    RawOptions raw;
    const po::options_description described = Describe(raw, options);
    ParseOptions(argc, argv, described);
    if (options.help)
    {
        options.helpText = HelpText(described);
        return options;
    }
    ReadSetup(raw, options);
    return options;
}

} // namespace ns3
