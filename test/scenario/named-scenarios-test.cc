// The scenarios of configs/scenarios/ keep what their comments promise.

#include "helper/temporary-folder.h"
#include "named-scenario.h"

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>
#include <ostream>
#include <sstream>

using namespace nctest;

namespace
{

std::vector<NamedScenario>
AllScenarios()
{
    auto all = OriginalScenarios();
    const auto incidents = IncidentScenarios();
    all.insert(all.end(), incidents.begin(), incidents.end());
    return all;
}

/** The comment at the top of a file, up to its first option. */
std::string
HeaderOf(const std::string& name)
{
    std::istringstream text(ReadAll(NC_SCENARIOS "/" + name + ".ini"));
    std::string header;
    for (std::string line; std::getline(text, line) && !line.empty() && line[0] == '#';)
    {
        header += line + "\n";
    }
    return header;
}

class NamedScenarioOf : public testing::TestWithParam<NamedScenario>
{
};

INSTANTIATE_TEST_SUITE_P(NamedScenarios,
                         NamedScenarioOf,
                         testing::ValuesIn(AllScenarios()),
                         [](const auto& info) {
                             std::string name = info.param.name;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

} // namespace

namespace nctest
{

void
PrintTo(const NamedScenario& scenario, std::ostream* out)
{
    *out << scenario.name;
}

} // namespace nctest

TEST_P(NamedScenarioOf, GoesAsItsCommentsSay)
{
    const NamedScenario& scenario = GetParam();
    const NamedRun run(scenario.name, scenario.options);
    ASSERT_FALSE(run.summary.is_null());
    scenario.expect(run);
    if (scenario.linearizable)
    {
        EXPECT_NE(run.verdict.find(": linearizable"), std::string::npos) << run.verdict;
    }
}

TEST_P(NamedScenarioOf, ExplainsItself)
{
    const std::string header = HeaderOf(GetParam().name);
    for (const char* part : {"# Source: ", "# Here: ", "# Look for: ", "# Detectors: ", "# Raft: "})
    {
        EXPECT_NE(header.find(part), std::string::npos) << "no line begins with " << part;
    }
}

TEST(NamedScenarios, EveryFileOfTheFolderHasAnExpectationAndIsInTheDocumentation)
{
    std::set<std::string> expected;
    for (const NamedScenario& scenario : AllScenarios())
    {
        expected.insert(scenario.name);
    }
    std::set<std::string> found;
    const std::string page = ReadAll(NC_SCENARIOS "/../../doc/scenarios.md");
    for (const auto& file : std::filesystem::directory_iterator(NC_SCENARIOS))
    {
        const std::string name = file.path().stem();
        EXPECT_EQ(file.path().extension(), ".ini");
        EXPECT_NE(page.find("`" + name + "`"), std::string::npos) << name;
        found.insert(name);
    }
    EXPECT_EQ(found, expected);
}

TEST(NamedScenarios, PreVotesKeepCloudflaresLeaderWhateverTheSeed)
{
    for (const char* seed : {"--RngRun=2", "--RngRun=3", "--RngRun=4"})
    {
        const NamedRun without("cloudflare-2020-11-02", seed);
        EXPECT_FALSE(without.Elected(8, 32).empty()) << seed;
        const NamedRun with("cloudflare-2020-11-02-prevote", seed);
        EXPECT_TRUE(with.Elected(8, 32).empty()) << seed;
    }
}
