#include "synthetic-runs.h"

#include "ns3/neural-dataset.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <limits>

using namespace ns3::neural;
using namespace ns3::neural::test;
using std::chrono::milliseconds;

namespace
{

constexpr std::size_t WINDOW = 4;

/** The first feature counts the rows of a pair. */
void
Number(SyntheticRow& row, std::size_t i)
{
    row.features[0] = static_cast<float>(i);
}

WindowDataset
DatasetOf(const TestFolder& folder, const std::vector<SyntheticRow>& rows)
{
    WriteRun(folder.Path("run"), rows);
    return ReadRuns(folder.Path("run"), WINDOW);
}

std::string
ReadError(const TestFolder& folder)
{
    return ErrorOf([&] { ReadRuns(folder.Path("run"), WINDOW); });
}

/** Replaces the first `from` in a file of the run. */
void
Edit(const TestFolder& folder,
     const std::string& file,
     const std::string& from,
     const std::string& to)
{
    const std::string path = folder.Path("run/" + file);
    std::string content = ReadFile(path);
    const std::size_t at = content.find(from);
    ASSERT_NE(at, std::string::npos) << from << " in " << content;
    WriteFile(path, content.replace(at, from.size(), to));
}

} // namespace

TEST(NeuralDataset, WindowsAreTheLastRowsOfTheirPairOldestFirst)
{
    const TestFolder folder;
    auto rows = MakePair(1, 2, 5.0, 6, Number);
    const auto other = MakePair(3, 2, 5.0, 5, [](SyntheticRow& row, std::size_t i) {
        row.features[0] = 100.0F + static_cast<float>(i);
    });
    rows.insert(rows.end(), other.begin(), other.end());
    const WindowDataset dataset = DatasetOf(folder, rows);

    ASSERT_EQ(dataset.Windows().size(), 3U + 2U);
    const LabelledWindow& second = dataset.Windows()[1];
    EXPECT_EQ(second.observer, 1U);
    EXPECT_EQ(second.target, 2U);
    EXPECT_EQ(second.time, milliseconds(5400));
    for (std::size_t row = 0; row < WINDOW; ++row)
    {
        EXPECT_EQ(dataset.Features(second)[row * FEATURE_COUNT], static_cast<float>(1 + row));
    }
    const LabelledWindow& last = dataset.Windows()[4];
    EXPECT_EQ(last.observer, 3U);
    EXPECT_EQ(dataset.Features(last)[(WINDOW - 1) * FEATURE_COUNT], 104.0F);
}

TEST(NeuralDataset, NoWindowReachesAcrossAGapOfMoreThanOneAndAHalfTicks)
{
    const TestFolder folder;
    auto rows = MakePair(1, 2, 1.0, 5, Number);
    const auto later = MakePair(1, 2, 1.56, 6, Number); // 0.16 s after the last row
    rows.insert(rows.end(), later.begin(), later.end());
    EXPECT_EQ(DatasetOf(folder, rows).Windows().size(), 2U + 3U);
}

TEST(NeuralDataset, RowsOneAndAHalfTicksApartAreContiguous)
{
    const TestFolder folder;
    auto rows = MakePair(1, 2, 1.0, 5, Number);
    const auto later = MakePair(1, 2, 1.55, 6, Number);
    rows.insert(rows.end(), later.begin(), later.end());
    EXPECT_EQ(DatasetOf(folder, rows).Windows().size(), 8U);
}

TEST(NeuralDataset, ARowWithoutLabelEndsNoWindowButMayBeInsideOne)
{
    const TestFolder folder;
    const auto rows = MakePair(1, 2, 1.0, 8, [](SyntheticRow& row, std::size_t i) {
        row.label = i == 5 ? "" : "slow";
    });
    const WindowDataset dataset = DatasetOf(folder, rows);
    ASSERT_EQ(dataset.Windows().size(), 4U);
    for (const LabelledWindow& window : dataset.Windows())
    {
        EXPECT_NE(window.time, milliseconds(1500));
        EXPECT_EQ(window.steady, window.time < milliseconds(1500));
    }
}

TEST(NeuralDataset, TheLabelIsThatOfTheLastRow)
{
    const TestFolder folder;
    const auto rows = MakePair(1, 2, 1.0, 8, [](SyntheticRow& row, std::size_t i) {
        row.label = i < 5 ? "healthy" : "crashed";
        row.grace = i == 5;
        row.identifiable = i != 6;
    });
    const WindowDataset dataset = DatasetOf(folder, rows);
    ASSERT_EQ(dataset.Windows().size(), 5U);
    const auto& w = dataset.Windows();
    EXPECT_EQ(w[1].label, FailureClass::HEALTHY);
    EXPECT_TRUE(w[1].steady);
    EXPECT_EQ(w[2].label, FailureClass::CRASHED);
    EXPECT_FALSE(w[2].steady);
    EXPECT_FALSE(w[2].IsScored()) << "grace";
    EXPECT_TRUE(w[3].IsScored());
    EXPECT_FALSE(w[3].IsForTraining()) << "not identifiable";
    EXPECT_TRUE(w[4].IsForTraining());
}

TEST(NeuralDataset, CountsOnlyFiveSecondsOfACrashOrPartition)
{
    const std::vector<std::pair<std::string, bool>> cases{{"crashed", true},
                                                          {"partitioned", true},
                                                          {"slow", false},
                                                          {"byzantine", false}};
    for (const auto& [label, capped] : cases)
    {
        const TestFolder folder;
        const auto rows = MakePair(1, 2, 0.0, 100, [&](SyntheticRow& row, std::size_t i) {
            row.label = i < 10 ? "healthy" : label;
        });
        const WindowDataset dataset = DatasetOf(folder, rows);
        // The stretch begins at 1.0 s.
        for (const LabelledWindow& window : dataset.Windows())
        {
            EXPECT_EQ(window.pastCap, capped && window.time >= milliseconds(6000)) << label;
        }
    }
}

TEST(NeuralDataset, ACrashStaysTheSameStretchWhileTheObserverIsAway)
{
    const TestFolder folder;
    const auto rows = MakePair(1, 2, 0.0, 100, [](SyntheticRow& row, std::size_t i) {
        row.label = i >= 20 && i < 30 ? "" : "crashed";
    });
    const WindowDataset dataset = DatasetOf(folder, rows);
    EXPECT_TRUE(dataset.Windows().back().pastCap);
    const auto scored = std::count_if(dataset.Windows().begin(),
                                      dataset.Windows().end(),
                                      [](const auto& window) { return window.IsScored(); });
    EXPECT_EQ(scored, 50 - 10 - static_cast<std::ptrdiff_t>(WINDOW - 1));
}

TEST(NeuralDataset, ASecondCrashHasACapOfItsOwn)
{
    const TestFolder folder;
    const auto rows = MakePair(1, 2, 0.0, 140, [](SyntheticRow& row, std::size_t i) {
        row.label = i >= 60 && i < 80 ? "healthy" : "crashed";
    });
    const WindowDataset dataset = DatasetOf(folder, rows);
    for (const LabelledWindow& window : dataset.Windows())
    {
        const bool late = (window.time >= milliseconds(5000) && window.time < milliseconds(6000)) ||
                          window.time >= milliseconds(13000);
        EXPECT_EQ(window.pastCap, late) << window.time.count();
    }
}

TEST(NeuralDataset, LabelsWithoutObservationAreIgnored)
{
    const TestFolder folder;
    WriteRun(folder.Path("run"), MakePair(1, 2, 1.0, 6, Number));
    Edit(folder, "labels.csv", "1.100000000,1,2", "1.050000000,7,2,slow,,,0,1,0\n1.100000000,1,2");
    EXPECT_EQ(ReadRuns(folder.Path("run"), WINDOW).Windows().size(), 3U);
}

TEST(NeuralDataset, NamesFileAndLineOfWhatIsWrong)
{
    struct Case
    {
        std::string file;
        std::string from;
        std::string to;
        std::vector<std::string> expected;
    };

    const std::string huge = "1e39";
    const std::vector<Case> cases{
        {"observations.csv", "latency_trend", "trend", {"observations.csv", "latency_trend"}},
        {"observations.csv", "time_s,", "time_s,label,", {"observations.csv", "label"}},
        {"labels.csv", ",grace", "", {"labels.csv", "grace"}},
        {"observations.csv",
         "1.100000000,1,2,1,",
         "1.100000000,1,2,x,",
         {"line 3", "latency_mean", "'x'"}},
        {"observations.csv", "1.100000000,1,2,1,", "1.100000000,1,2,nan,", {"line 3", "'nan'"}},
        {"observations.csv", "1.100000000,1,2,1,", "1.100000000,1,2,inf,", {"line 3", "'inf'"}},
        {"observations.csv",
         "1.100000000,1,2,1,",
         "1.100000000,1,2," + huge + ",",
         {"line 3", huge}},
        {"observations.csv", "1.100000000,1,2,1,", "1.100000000,1,2,,", {"line 3", "''"}},
        {"observations.csv", "1.100000000,1,2,1,", "1.100000000,1,2,", {"line 3", "19 cells"}},
        {"observations.csv", "1.100000000,1,2,1,", "1.100000000,0,2,1,", {"line 3", "observer"}},
        {"observations.csv", "1.100000000,1,2,1,", "-1.1,1,2,1,", {"line 3", "time_s"}},
        {"observations.csv", "1.100000000,1", "1.000000000,1", {"line 3", "ordered"}},
        {"observations.csv", "1.100000000,1", "1.150000000,1", {"line 3", "label"}},
        {"labels.csv",
         "1.100000000,1,2,healthy",
         "1.100000000,1,2,weary",
         {"labels.csv line 3", "weary", "pre-failure"}},
        {"labels.csv", "0,1,0", "0,2,0", {"labels.csv line 2", "identifiable"}},
        {"labels.csv", "1.500000000", "1.400000000", {"labels.csv line 7", "ordered"}},
    };
    for (const Case& c : cases)
    {
        const TestFolder folder;
        WriteRun(folder.Path("run"), MakePair(1, 2, 1.0, 6, Number));
        Edit(folder, c.file, c.from, c.to);
        const std::string error = ReadError(folder);
        EXPECT_FALSE(error.empty()) << c.from << " -> " << c.to;
        EXPECT_EQ(error.find('\n'), std::string::npos) << error;
        for (const std::string& part : c.expected)
        {
            EXPECT_NE(error.find(part), std::string::npos) << error << " lacks " << part;
        }
    }
}

TEST(NeuralDataset, RefusesMoreRowsThanItsLimit)
{
    const TestFolder folder;
    WriteRun(folder.Path("run"), MakePair(1, 2, 1.0, 6, Number));
    DatasetOptions options;
    options.maxRows = 5;
    WindowDataset dataset(options);
    const std::string error = ErrorOf([&] { dataset.AddRun(folder.Path("run")); });
    EXPECT_NE(error.find("at most 5 rows"), std::string::npos) << error;
}

TEST(NeuralDataset, FindsRunsInAFolderByName)
{
    const TestFolder folder;
    for (const std::string name : {"b", "a", "c"})
    {
        WriteRun(folder.Path("runs/" + name), MakePair(1, 2, 1.0, 6, Number));
    }
    WriteFile(folder.Path("runs/notes.txt"), "not a run");
    const auto runs = FindRuns({folder.Path("runs"), folder.Path("runs/b")});
    ASSERT_EQ(runs.size(), 4U);
    EXPECT_EQ(runs[0], folder.Path("runs/a"));
    EXPECT_EQ(runs[2], folder.Path("runs/c"));
    EXPECT_EQ(runs[3], folder.Path("runs/b"));
}

TEST(NeuralDataset, SaysWhereNoRunIs)
{
    const TestFolder folder;
    for (const std::string name : {"", "missing"})
    {
        const std::string error = ErrorOf([&] { FindRuns({folder.Path(name)}); });
        EXPECT_NE(error.find("observations.csv"), std::string::npos) << error;
    }
    WriteRun(folder.Path("run"), MakePair(1, 2, 1.0, 6, Number));
    std::remove(folder.Path("run/labels.csv").c_str());
    EXPECT_NE(ReadError(folder).find("labels.csv"), std::string::npos);
}
