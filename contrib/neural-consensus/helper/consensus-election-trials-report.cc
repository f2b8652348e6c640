#include "consensus-election-trials-report.h"

#include "consensus-row-writer.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <ostream>

namespace ns3
{

void
WriteElectionTrials(const std::vector<ElectionTrial>& trials, std::ostream& out)
{
    out << "trial,start_s,old_leader,phase_s,candidacies,terms,new_leader,elected_s,known_s,"
           "silence_s\n";
    for (std::size_t i = 0; i < trials.size(); ++i)
    {
        const ElectionTrial& trial = trials[i];
        out << i + 1 << ',' << FormatFileTime(trial.start) << ',' << trial.oldLeader << ','
            << FormatFileTime(trial.phase) << ',' << trial.candidacies << ',' << trial.terms;
        if (trial.newLeader == 0)
        {
            out << ",,,,\n";
            continue;
        }
        out << ',' << trial.newLeader << ',' << FormatFileTime(trial.elected) << ','
            << FormatFileTime(trial.known) << ',' << FormatFileTime(trial.silence) << '\n';
    }
}

void
PrintElectionTrials(const std::vector<ElectionTrial>& trials, std::ostream& out)
{
    std::vector<double> times; // in ms
    uint64_t terms = 0;
    uint64_t lost = 0;
    for (const ElectionTrial& trial : trials)
    {
        const bool won = trial.newLeader != 0;
        if (won)
        {
            times.push_back(trial.known.GetSeconds() * 1e3);
        }
        terms += trial.terms;
        lost += trial.terms - (won ? 1 : 0);
    }
    out << "Trials: " << trials.size() << ", given up: " << trials.size() - times.size() << "\n";
    if (!times.empty())
    {
        std::sort(times.begin(), times.end());
        const auto at = [&](double share) {
            return times[static_cast<std::size_t>(
                std::lround(share * static_cast<double>(times.size() - 1)))];
        };
        const double mean =
            std::accumulate(times.begin(), times.end(), 0.0) / static_cast<double>(times.size());
        char line[160];
        std::snprintf(line,
                      sizeof(line),
                      "Time without a leader in ms: shortest %.1f, mean %.1f, median %.1f, "
                      "99 %% %.1f, longest %.1f\n",
                      times.front(),
                      mean,
                      at(0.5),
                      at(0.99),
                      times.back());
        out << line;
    }
    char line[120];
    std::snprintf(line,
                  sizeof(line),
                  "Election terms: %llu, of which %llu (%.1f %%) brought no leader\n",
                  static_cast<unsigned long long>(terms),
                  static_cast<unsigned long long>(lost),
                  terms > 0 ? 100.0 * static_cast<double>(lost) / static_cast<double>(terms) : 0.0);
    out << line;
}

} // namespace ns3
