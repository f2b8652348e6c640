#include "ns3/neural-corpus.h"
#include "ns3/neural-dataset.h"

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <hdf5.h>
#include <stdexcept>
#include <unistd.h>

namespace ns3::neural
{

namespace
{

namespace fs = std::filesystem;

/** What goes into a shard; a test changes one thing of it. */
struct Shard
{
    std::string format{"neural-consensus-corpus"};
    int64_t version{1};
    std::string split{"train"};
    int64_t servers{3};
    std::vector<int64_t> time;
    std::vector<int64_t> observer;
    std::vector<int64_t> target;
    std::vector<int64_t> grace;
    std::vector<float> features;
    std::vector<float> weight;
    std::vector<int16_t> label;
    std::vector<std::pair<std::string, int16_t>> labelNames{{"none", -1},
                                                            {"healthy", 0},
                                                            {"crashed", 2}};
    std::vector<std::string> featureNames{FeatureNames().begin(), FeatureNames().end()};
    bool hasRows{true};
    std::vector<int16_t> oracle; //!< as label; empty for no oracle
    std::size_t missingRows{0};  //!< by how many `grace` is too short

    /** 30 ticks of 1 watching 2, of which the last five are crashed. */
    Shard()
    {
        for (int64_t tick = 1; tick <= 30; ++tick)
        {
            time.push_back(tick * 100'000'000);
            observer.push_back(1);
            target.push_back(2);
            grace.push_back(tick == 26 ? 1 : 0);
            label.push_back(tick > 25 ? 2 : 0);
            weight.push_back(tick >= 20 ? 1.0F : 0.0F);
            for (std::size_t i = 0; i < FEATURE_COUNT; ++i)
            {
                features.push_back(static_cast<float>(tick) + static_cast<float>(i) / 16);
            }
        }
    }
};

void
WriteText(hid_t at, const char* name, const std::string& text)
{
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t attribute = H5Acreate2(at, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    const char* letters = text.c_str();
    H5Awrite(attribute, type, &letters);
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
}

void
WriteNumber(hid_t at, const char* name, int64_t number)
{
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t attribute = H5Acreate2(at, name, H5T_NATIVE_INT64, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, H5T_NATIVE_INT64, &number);
    H5Aclose(attribute);
    H5Sclose(space);
}

/** @return the dataset, open */
hid_t
WriteColumn(hid_t file,
            const char* name,
            hid_t type,
            const void* values,
            hsize_t rows,
            hsize_t columns = 1)
{
    const hsize_t extent[2] = {rows, columns};
    const hid_t space = H5Screate_simple(columns == 1 ? 1 : 2, extent, nullptr);
    const hid_t dataset =
        H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    H5Sclose(space);
    return dataset;
}

void
WriteEnumeration(hid_t file,
                 const char* name,
                 const std::vector<std::pair<std::string, int16_t>>& names,
                 const std::vector<int16_t>& codes)
{
    const hid_t type = H5Tenum_create(H5T_NATIVE_INT16);
    for (const auto& [text, code] : names)
    {
        H5Tenum_insert(type, text.c_str(), &code);
    }
    H5Dclose(WriteColumn(file, name, type, codes.data(), codes.size()));
    H5Tclose(type);
}

void
WriteFeatures(hid_t file, const Shard& shard)
{
    const hsize_t columns = shard.featureNames.size();
    const hid_t dataset = WriteColumn(file,
                                      "rows/features",
                                      H5T_NATIVE_FLOAT,
                                      shard.features.data(),
                                      shard.features.size() / columns,
                                      columns);
    constexpr std::size_t SIZE = 32;
    std::vector<char> letters(SIZE * columns);
    for (std::size_t i = 0; i < columns; ++i)
    {
        std::strncpy(letters.data() + i * SIZE, shard.featureNames[i].c_str(), SIZE - 1);
    }
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, SIZE);
    const hid_t space = H5Screate_simple(1, &columns, nullptr);
    const hid_t attribute = H5Acreate2(dataset, "names", type, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, type, letters.data());
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
    H5Dclose(dataset);
}

void
Write(const std::string& path, const Shard& shard)
{
    const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    WriteText(file, "format", shard.format);
    WriteText(file, "part", shard.hasRows ? "faults" : "fault-free");
    WriteText(file, "family", "lan");
    WriteText(file, "split", shard.split);
    WriteNumber(file, "version", shard.version);
    WriteNumber(file, "seed", 7);
    WriteNumber(file, "servers", shard.servers);
    if (shard.hasRows)
    {
        H5Gclose(H5Gcreate2(file, "rows", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
        const auto integers = [file](const char* name, const std::vector<int64_t>& values) {
            H5Dclose(WriteColumn(file, name, H5T_NATIVE_INT64, values.data(), values.size()));
        };
        const auto reals = [file](const char* name, const std::vector<float>& values) {
            H5Dclose(WriteColumn(file, name, H5T_NATIVE_FLOAT, values.data(), values.size()));
        };
        const std::size_t rows = shard.time.size();
        integers("rows/time_ns", shard.time);
        integers("rows/observer", shard.observer);
        integers("rows/target", shard.target);
        integers("rows/predictable", std::vector<int64_t>(rows, 0));
        integers("rows/identifiable", std::vector<int64_t>(rows, 1));
        integers("rows/grace",
                 {shard.grace.begin(),
                  shard.grace.end() - static_cast<std::ptrdiff_t>(shard.missingRows)});
        reals("rows/seconds_to_crash", std::vector<float>(rows, 2.5F));
        reals("rows/weight", shard.weight);
        WriteFeatures(file, shard);
        WriteEnumeration(file, "rows/label", shard.labelNames, shard.label);
        if (!shard.oracle.empty())
        {
            WriteEnumeration(file, "rows/oracle_class", shard.labelNames, shard.oracle);
        }
        WriteEnumeration(file,
                         "rows/subtype",
                         {{"none", 0}, {"host", 5}},
                         std::vector<int16_t>(rows, 5));
    }
    H5Fclose(file);
}

/** A folder of its own for each test. */
class NeuralCorpus : public ::testing::Test
{
  protected:
    void SetUp() override
    {
        m_folder = fs::temp_directory_path() /
                   ("nc-corpus-" + std::to_string(::getpid()) + "-" +
                    ::testing::UnitTest::GetInstance()->current_test_info()->name());
        fs::create_directories(m_folder);
    }

    void TearDown() override
    {
        fs::remove_all(m_folder);
    }

    std::string Path(const std::string& name) const
    {
        return (m_folder / name).string();
    }

    /** @return the one line with which a shard is refused, or nothing */
    std::string Refusal(const Shard& shard, std::size_t maxRows = 1000) const
    {
        Write(Path("bad.h5"), shard);
        return Refusal("bad.h5", maxRows);
    }

    std::string Refusal(const std::string& name, std::size_t maxRows = 1000) const
    {
        try
        {
            ReadCorpusShard(Path(name), maxRows);
            return "";
        }
        catch (const std::runtime_error& e)
        {
            return e.what();
        }
    }

    fs::path m_folder;
};

} // namespace

TEST_F(NeuralCorpus, AShardReadsBackAsItWasWritten)
{
    const Shard shard;
    Write(Path("run.h5"), shard);
    const CorpusRun run = ReadCorpusShard(Path("run.h5"));
    EXPECT_EQ(run.part, "faults");
    EXPECT_EQ(run.family, "lan");
    EXPECT_EQ(run.split, "train");
    EXPECT_EQ(run.seed, 7U);
    EXPECT_EQ(run.servers, 3U);
    ASSERT_EQ(run.rows.size(), 30U);
    const CorpusRow& row = run.rows[25];
    EXPECT_EQ(row.time, std::chrono::milliseconds(2600));
    EXPECT_EQ(row.observer, 1U);
    EXPECT_EQ(row.target, 2U);
    EXPECT_EQ(row.label, FailureClass::CRASHED);
    EXPECT_EQ(run.subtypes.at(row.subtype), "host");
    EXPECT_TRUE(row.grace);
    EXPECT_TRUE(row.identifiable);
    EXPECT_FALSE(row.predictable);
    EXPECT_EQ(row.weight, 1);
    EXPECT_EQ(row.secondsToCrash, 2.5F);
    EXPECT_EQ(row.features[3], 26 + 3.0F / 16);
}

TEST_F(NeuralCorpus, ARunWithoutRowsIsReadWithoutThem)
{
    Shard shard;
    shard.hasRows = false;
    Write(Path("run.h5"), shard);
    EXPECT_TRUE(ReadCorpusShard(Path("run.h5")).rows.empty());
}

TEST_F(NeuralCorpus, ADataSetMakesTheSameWindowsOfIt)
{
    Write(Path("run.h5"), Shard());
    WindowDataset dataset{DatasetOptions()};
    AddRuns(dataset, {m_folder.string()}, "train");
    ASSERT_EQ(dataset.RunCount(), 1U);
    ASSERT_EQ(dataset.Windows().size(), 11U);
    const LabelledWindow& last = dataset.Windows().back();
    EXPECT_EQ(last.label, FailureClass::CRASHED);
    EXPECT_EQ(dataset.Features(last)[0], 11) << "the first feature of the first of 20 rows";
}

TEST_F(NeuralCorpus, OnlyRunsOfTheSplitAreTaken)
{
    Shard shard;
    Write(Path("a.h5"), shard);
    shard.split = "test";
    Write(Path("b.h5"), shard);
    shard.hasRows = false;
    Write(Path("c.h5"), shard);
    for (const auto& [split, runs] : {std::pair{"train", 1U}, {"test", 1U}, {"all", 2U}})
    {
        WindowDataset dataset{DatasetOptions()};
        AddRuns(dataset, {m_folder.string()}, split);
        EXPECT_EQ(dataset.RunCount(), runs) << split;
    }
    WindowDataset dataset{DatasetOptions()};
    EXPECT_THROW(AddRuns(dataset, {m_folder.string()}, "validation"), std::runtime_error);
}

TEST_F(NeuralCorpus, WhatIsWrongIsNamedWithTheFile)
{
    struct Case
    {
        std::function<void(Shard&)> spoil;
        std::string expected;
    };

    const std::vector<Case> cases{
        {[](Shard& s) { s.format = "other"; }, "the format neural-consensus-corpus, version 1"},
        {[](Shard& s) { s.version = 2; }, "the format neural-consensus-corpus, version 1"},
        {[](Shard& s) { s.servers = -1; }, "a number from 0 to 65535 in the attribute servers"},
        {[](Shard& s) { s.missingRows = 1; }, "rows/grace of 30 x 1 numbers"},
        {[](Shard& s) { s.observer[4] = 9; }, "rows/observer from 1 to 3, not 9"},
        {[](Shard& s) { s.grace[4] = 2; }, "rows/grace from 0 to 1, not 2"},
        {[](Shard& s) { s.time[4] = s.time[3]; }, "rows ordered by observer, target and time"},
        {[](Shard& s) { s.features[40] = NAN; }, "finite numbers in row 2 of rows/features"},
        {[](Shard& s) { s.weight[3] = -1; }, "a weight of 0 or more in row 3"},
        {[](Shard& s) { s.label[25] = -1; }, "0 without a label"},
        {[](Shard& s) { s.label[4] = 77; }, "a name for the code 77 in rows/label"},
        {[](Shard& s) { s.labelNames[1].first = "well"; }, "labels that are known"},
        {[](Shard& s) { s.featureNames[2] = "age"; }, "this program's 16 features"},
    };
    for (const Case& each : cases)
    {
        Shard shard;
        each.spoil(shard);
        const std::string refusal = Refusal(shard);
        EXPECT_EQ(refusal.find(Path("bad.h5") + ": expected "), 0U) << refusal;
        EXPECT_NE(refusal.find(each.expected), std::string::npos) << refusal;
        EXPECT_EQ(refusal.find('\n'), std::string::npos) << refusal;
    }
    EXPECT_NE(Refusal(Shard(), 29).find("at most 29 rows"), std::string::npos);
}

TEST_F(NeuralCorpus, AFileThatIsNoShardIsRefused)
{
    EXPECT_NE(Refusal("absent.h5").find("expected a file of HDF5"), std::string::npos);
    std::ofstream(Path("text.h5")) << "time_s,observer\n";
    EXPECT_NE(Refusal("text.h5").find("expected a file of HDF5"), std::string::npos);
}

TEST_F(NeuralCorpus, ATruncatedFileIsRefusedWhereverItEnds)
{
    Write(Path("whole.h5"), Shard());
    std::ifstream in(Path("whole.h5"), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    for (std::size_t size = 0; size < bytes.size(); size += 97)
    {
        std::ofstream(Path("cut.h5"), std::ios::binary | std::ios::trunc) << bytes.substr(0, size);
        EXPECT_NE(Refusal("cut.h5"), "") << size << " of " << bytes.size();
    }
}

TEST_F(NeuralCorpus, CarriesWhatTheOracleSaysAndHowMuchAWindowCounts)
{
    Shard shard;
    shard.oracle.assign(shard.label.size(), 0); // it never expects a crash
    shard.weight.assign(shard.weight.size(), 4.0F);
    Write(Path("a.h5"), shard);
    WindowDataset dataset{DatasetOptions()};
    dataset.AddRun(ReadCorpusShard(Path("a.h5")));
    EXPECT_TRUE(dataset.HasOracle());
    ASSERT_FALSE(dataset.Windows().empty());
    for (const LabelledWindow& window : dataset.Windows())
    {
        EXPECT_EQ(window.oracle, FailureClass::HEALTHY);
        EXPECT_EQ(window.weight, 4);
    }

    shard.oracle.back() = -1;
    EXPECT_NE(Refusal(shard).find("rows/oracle_class"), std::string::npos);
    Write(Path("b.h5"), Shard());
    dataset.AddRun(ReadCorpusShard(Path("b.h5")));
    EXPECT_FALSE(dataset.HasOracle()); // not of every run
}

} // namespace ns3::neural
