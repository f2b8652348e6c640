#include "consensus-replay-report.h"

#include "atomic-file.h"
#include "consensus-qos-file.h"
#include "consensus-row-writer.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <unistd.h>

namespace ns3
{

using detection::QosStatistics;

namespace
{

/** Tells a person who waits how far a pass over the file is, and how long it still takes. */
class PassProgress
{
  public:
    explicit PassProgress(const char* what)
        : m_what(what)
    {
    }

    ~PassProgress()
    {
        std::fputs("\r\033[K", stderr);
    }

    PassProgress(const PassProgress&) = delete;
    PassProgress& operator=(const PassProgress&) = delete;

    void Show(uint64_t read, uint64_t all)
    {
        const auto now = Clock::now();
        if (all == 0 || now - m_shown < std::chrono::milliseconds(200))
        {
            return;
        }
        m_shown = now;
        m_start = read < m_lastRead ? now : m_start; // another pass
        m_lastRead = read;
        const double share = static_cast<double>(read) / static_cast<double>(all);
        const std::chrono::duration<double> taken = now - m_start;
        std::fprintf(stderr,
                     "\r\033[K%s %3.0f %%, %.0f s left",
                     m_what,
                     100 * share,
                     share > 0 ? taken.count() * (1 - share) / share : 0);
        std::fflush(stderr);
    }

  private:
    using Clock = std::chrono::steady_clock;

    const char* m_what;
    Clock::time_point m_start{Clock::now()};
    Clock::time_point m_shown{m_start};
    uint64_t m_lastRead{0};
};

/** @return what shows the progress of a pass, null where nobody looks */
ReadingProgress
Watched(const ReplayOptions& options, const char* what)
{
    if (options.quiet || isatty(STDERR_FILENO) != 1)
    {
        return nullptr;
    }
    return [progress = std::make_shared<PassProgress>(what)](uint64_t read, uint64_t all) {
        progress->Show(read, all);
    };
}

/** levels.csv, as it grows. */
class LevelsFile
{
  public:
    LevelsFile(const std::string& path, const std::vector<detection::DetectorSpec>& detectors)
        : m_file(path)
    {
        m_file.Stream() << "time_s,observer,target,detector,parameters,level,suspected\n";
        for (const auto& spec : detectors)
        {
            m_names.push_back(',' + spec.name + ',' + TextField(ToText(spec.parameters)) + ',');
        }
    }

    void Look(detection::Nanos time, const ConsensusReplay& replay)
    {
        const std::string stamp = FormatFileTime(NanoSeconds(time.count()));
        for (const auto& pair : replay.Pairs())
        {
            for (std::size_t i = 0; i < m_names.size(); ++i)
            {
                const ConsensusReplay::Opinion opinion = replay.Look(pair, i, time);
                m_file.Stream() << stamp << ',' << ServerField(pair.observer) << ','
                                << ServerField(pair.target) << m_names[i]
                                << FormatFileNumber(opinion.level) << ','
                                << (opinion.suspected ? 1 : 0) << '\n';
            }
        }
    }

    void Commit()
    {
        m_file.Commit();
    }

  private:
    AtomicFile m_file;
    std::vector<std::string> m_names; //!< detector and parameters, between commas
};

void
AddRows(ConsensusQosFile& file,
        const ConsensusReplay& replay,
        const std::vector<detection::DetectorSpec>& detectors)
{
    for (const auto& pair : replay.Pairs())
    {
        for (std::size_t i = 0; i < detectors.size(); ++i)
        {
            file.Add({pair.observer, pair.target, detectors[i], pair.replay->Heartbeats()},
                     replay.Qos(pair, i));
        }
    }
}

/** A number of four digits, or a dash. */
std::string
Short(std::optional<double> number)
{
    char text[32];
    std::snprintf(text, sizeof(text), "%.4g", number.value_or(0));
    return number ? text : "-";
}

std::string
Fixed(std::optional<double> number, int decimals)
{
    char text[64];
    std::snprintf(text, sizeof(text), "%.*f", decimals, number.value_or(0));
    return number ? text : "-";
}

std::vector<std::string>
TableRow(const detection::DetectorSpec& spec, const QosStatistics& qos)
{
    const auto bound = qos.MistakesPerHourBound();
    return {spec.name,
            ToText(spec.parameters),
            Short(qos.Hours()),
            std::to_string(qos.mistakes.Count()),
            bound ? "<" + Short(bound) : Short(qos.MistakesPerHour()),
            Short(qos.recurrences.MeanSeconds()),
            Short(qos.mistakes.MeanSeconds()),
            Fixed(qos.QueryAccuracy(), 7),
            Fixed(qos.detections.MeanSeconds(), 4),
            Fixed(qos.detections.QuantileSeconds(0.5), 4),
            Fixed(qos.detections.QuantileSeconds(0.99), 4),
            Fixed(qos.detections.MaxSeconds(), 4)};
}

void
PrintTable(const std::vector<std::vector<std::string>>& rows, std::ostream& out)
{
    std::vector<std::size_t> widths(rows.front().size(), 0);
    for (const auto& row : rows)
    {
        for (std::size_t i = 0; i < row.size(); ++i)
        {
            widths[i] = std::max(widths[i], row[i].size());
        }
    }
    for (const auto& row : rows)
    {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i)
        {
            // Names on the left, numbers on the right.
            const std::string blank(widths[i] - row[i].size(), ' ');
            line += (i == 0 ? "" : "  ") + (i < 2 ? row[i] + blank : blank + row[i]);
        }
        out << line << '\n';
    }
}

void
PrintQos(const ConsensusReplay& replay,
         const HeartbeatSurvey& survey,
         const std::vector<detection::DetectorSpec>& detectors,
         std::ostream& out)
{
    out << survey.heartbeats << (survey.heartbeats == 1 ? " heartbeat" : " heartbeats") << " of "
        << replay.Pairs().size() << (replay.Pairs().size() == 1 ? " pair" : " pairs")
        << "; times in s, mistakes per hour of a pair (< is 3/H where none was seen)\n\n";
    std::vector<std::vector<std::string>> rows{{"detector",
                                                "parameters",
                                                "hours",
                                                "mistakes",
                                                "per hour",
                                                "T_MR",
                                                "T_M",
                                                "P_A",
                                                "T_D mean",
                                                "p50",
                                                "p99",
                                                "max"}};
    for (std::size_t i = 0; i < detectors.size(); ++i)
    {
        QosStatistics pooled;
        for (const auto& pair : replay.Pairs())
        {
            pooled.Merge(replay.Qos(pair, i));
        }
        rows.push_back(TableRow(detectors[i], pooled));
    }
    PrintTable(rows, out);
}

} // namespace

void
ReplayDetectors(const ReplayOptions& options, std::ostream& out)
{
    const auto& detectors = options.setup.detectors;
    const HeartbeatSurvey survey = SurveyHeartbeats(options.trace, Watched(options, "read"));
    std::unique_ptr<ConsensusQosFile> qosFile;
    std::unique_ptr<LevelsFile> levelsFile;
    if (!options.qos.empty())
    {
        qosFile = std::make_unique<ConsensusQosFile>(options.qos);
    }
    ConsensusReplay replay(options.trace, survey, options.setup);
    if (!options.levels.empty())
    {
        levelsFile = std::make_unique<LevelsFile>(options.levels, detectors);
        replay.OnLook([&](detection::Nanos time) { levelsFile->Look(time, replay); });
    }
    replay.Run(Watched(options, "replayed"));
    if (qosFile)
    {
        AddRows(*qosFile, replay, detectors);
        qosFile->Commit();
    }
    if (levelsFile)
    {
        levelsFile->Commit();
    }
    if (!options.quiet)
    {
        PrintQos(replay, survey, detectors, out);
    }
}

} // namespace ns3
