// Runs the randomised safety test over many seeds. See doc/raft-verification.md.

#include "raft-torment.h"

#include <chrono>
#include <cstdint>
#include <exception>
#include <iomanip>
#include <iostream>
#include <limits>
#include <stdexcept>
#include <string>
#include <unistd.h>

namespace
{

using namespace ns3::raft::test;

constexpr const char* HELP =
    R"(Torments clusters of the Raft core in virtual time, one for each seed: messages are lost, repeated,
delayed and reordered, links are cut one way, servers crash between any two steps and within writes,
disks stall, clocks run apart and jump, servers join and leave, leaders hand over. Meanwhile clients
read and write. Raft's invariants are checked after each step; at the end the clients' history is
checked for linearizability, and the cluster has to work again. Same seed, same run.

Usage: raft-torment [options]
  --first=N     first seed (default 0)
  --seeds=N     how many seeds, from the first on (default 10000)
  --fail-fast   stop at the first seed that fails
  --verbose     print what each seed drew, and the transcript of its servers
  --quiet       no progress
  --help        this text

Prints each seed that fails with the reason and the command that runs it alone, and at the end what
happened in all of them. Exits with 0 if no seed failed, 1 if one did, 2 for a wrong option.
)";

struct Options
{
    uint64_t first{0};
    uint64_t seeds{10000};
    bool failFast{false};
    bool verbose{false};
    bool quiet{false};
    bool help{false};
};

uint64_t
ParseNumber(const std::string& name, const std::string& text)
{
    std::size_t end = 0;
    uint64_t number = 0;
    const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
    try
    {
        number = digits ? std::stoull(text, &end) : 0;
    }
    catch (const std::out_of_range&)
    {
        end = 0;
    }
    if (end != text.size() || text.empty())
    {
        throw std::invalid_argument(name + ": '" + text + "' is no whole number of 64 bits");
    }
    return number;
}

Options
ParseOptions(int argc, char* argv[])
{
    Options options;
    for (int i = 1; i < argc; ++i)
    {
        const std::string argument = argv[i];
        const std::size_t equals = argument.find('=');
        const std::string name = argument.substr(0, equals);
        const std::string value = equals == std::string::npos ? "" : argument.substr(equals + 1);
        if (name == "--first" || name == "--seeds")
        {
            (name == "--first" ? options.first : options.seeds) = ParseNumber(name, value);
        }
        else if (argument == "--fail-fast")
        {
            options.failFast = true;
        }
        else if (argument == "--verbose")
        {
            options.verbose = true;
        }
        else if (argument == "--quiet")
        {
            options.quiet = true;
        }
        else if (argument == "--help")
        {
            options.help = true;
        }
        else
        {
            throw std::invalid_argument(argument + ": no such option; --help lists them");
        }
    }
    if (options.seeds == 0 ||
        options.seeds - 1 > std::numeric_limits<uint64_t>::max() - options.first)
    {
        throw std::invalid_argument("--seeds: there are no so many seeds from --first on, or none");
    }
    return options;
}

/** A line on stderr that says how far it is, now and then. */
class Progress
{
  public:
    Progress(uint64_t total, bool show)
        : m_total(total),
          m_show(show),
          m_rewrite(isatty(STDERR_FILENO) != 0),
          m_begin(Clock::now()),
          m_shown(m_begin)
    {
    }

    void Update(uint64_t done, uint64_t failed)
    {
        const Clock::time_point now = Clock::now();
        const auto pause = std::chrono::seconds(m_rewrite ? 1 : 10);
        if (!m_show || (now - m_shown < pause && (done < m_total || m_shown == m_begin)))
        {
            return;
        }
        m_shown = now;
        const double spent = std::chrono::duration<double>(now - m_begin).count();
        const double left = spent / static_cast<double>(done) * static_cast<double>(m_total - done);
        std::cerr << (m_rewrite ? "\r" : "") << done << " of " << m_total << " seeds, " << failed
                  << " failed, " << std::fixed << std::setprecision(0) << spent << " s, " << left
                  << " s left   " << (m_rewrite && done < m_total ? "" : "\n") << std::flush;
    }

  private:
    using Clock = std::chrono::steady_clock;

    uint64_t m_total;
    bool m_show;
    bool m_rewrite;
    Clock::time_point m_begin;
    Clock::time_point m_shown;
};

int
RunSeeds(const Options& options)
{
    TormentTally tally;
    uint64_t run = 0;
    uint64_t failed = 0;
    Progress progress(options.seeds, !options.quiet && !options.verbose);
    while (run < options.seeds && !(options.failFast && failed > 0))
    {
        const uint64_t seed = options.first + run++;
        const TormentResult result = RunTorment(seed, options.verbose);
        tally += result.tally;
        if (options.verbose)
        {
            std::cout << "seed " << seed << ": " << result.plan << "\n";
            for (const std::string& line : result.transcript)
            {
                std::cout << line << "\n";
            }
        }
        if (!result.failure.empty())
        {
            ++failed;
            std::cout << "seed " << seed << " FAILED: " << result.failure << "\n  " << result.plan
                      << "\n  replay: raft-torment --first=" << seed << " --seeds=1 --verbose"
                      << std::endl;
        }
        progress.Update(run, failed);
    }
    for (const auto& [what, number] : tally.List())
    {
        std::cout << std::setw(14) << number << "  " << what << "\n";
    }
    std::cout << run - failed << " passed, " << failed << " failed" << std::endl;
    return failed > 0 ? 1 : 0;
}

} // namespace

int
main(int argc, char* argv[])
{
    try
    {
        const Options options = ParseOptions(argc, argv);
        if (options.help)
        {
            std::cout << HELP;
            return 0;
        }
        return RunSeeds(options);
    }
    catch (const std::exception& e)
    {
        std::cerr << "raft-torment: " << e.what() << "\n";
        return 2;
    }
}
