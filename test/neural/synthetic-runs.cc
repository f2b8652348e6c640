#include "synthetic-runs.h"

#include "ns3/neural-backend.h"
#include "ns3/neural-random.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <tuple>
#include <unistd.h>

namespace ns3::neural::test
{

namespace fs = std::filesystem;

namespace
{

constexpr double TICK = 0.1;

std::string
Seconds(double time)
{
    char text[64];
    std::snprintf(text, sizeof(text), "%.9f", time);
    return text;
}

/** Roughly normal: the sum of twelve uniform numbers (variance 1). */
float
Noise(SplitMix64& random)
{
    double sum = -6;
    for (int i = 0; i < 12; ++i)
    {
        sum += static_cast<double>(random.Next() >> 11) * 0x1p-53;
    }
    return static_cast<float>(sum);
}

} // namespace

TestFolder::TestFolder()
{
    std::string name = (fs::temp_directory_path() / "nc-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
    {
        throw std::runtime_error("cannot make a folder " + name);
    }
    m_path = name;
}

TestFolder::~TestFolder()
{
    std::error_code ignored;
    fs::remove_all(m_path, ignored);
}

std::string
TestFolder::Path(const std::string& name) const
{
    return (fs::path(m_path) / name).string();
}

std::vector<SyntheticRow>
MakePair(uint32_t observer,
         uint32_t target,
         double start,
         std::size_t rows,
         const std::function<void(SyntheticRow&, std::size_t)>& fill)
{
    std::vector<SyntheticRow> made;
    for (std::size_t i = 0; i < rows; ++i)
    {
        SyntheticRow row;
        row.time = start + static_cast<double>(i) * TICK;
        row.observer = observer;
        row.target = target;
        fill(row, i);
        made.push_back(row);
    }
    return made;
}

void
WriteRun(const std::string& folder, std::vector<SyntheticRow> rows)
{
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        return std::make_tuple(Seconds(a.time).size(), Seconds(a.time), a.observer, a.target) <
               std::make_tuple(Seconds(b.time).size(), Seconds(b.time), b.observer, b.target);
    });
    fs::create_directories(folder);
    std::ofstream observations(fs::path(folder) / "observations.csv");
    observations << "time_s,observer,target";
    for (const auto& name : FeatureNames())
    {
        observations << ',' << name;
    }
    observations << '\n';
    std::ofstream labels(fs::path(folder) / "labels.csv");
    labels << "time_s,observer,target,label,subtype,seconds_to_crash,predictable,identifiable,"
              "grace\n";
    for (const SyntheticRow& row : rows)
    {
        const std::string key = Seconds(row.time) + ',' + std::to_string(row.observer) + ',' +
                                std::to_string(row.target);
        observations << key;
        for (const float value : row.features)
        {
            observations << ',' << value;
        }
        observations << '\n';
        labels << key << ',' << row.label << ",,,0," << row.identifiable << ',' << row.grace
               << '\n';
    }
}

void
WriteSeparableRuns(const std::string& folder, std::size_t runs, std::size_t ticksEach)
{
    for (std::size_t run = 0; run < runs; ++run)
    {
        SplitMix64 random(run + 1);
        // Each class raises features of its own; the order of the classes differs by run.
        const auto fill = [&](SyntheticRow& row, std::size_t i) {
            const std::size_t label = (i / ticksEach + run) % CLASS_COUNT;
            row.label = FailureClassNames()[label];
            for (std::size_t f = 0; f < FEATURE_COUNT; ++f)
            {
                const float signal = label > 0 && f % CLASS_COUNT == label ? 4.0F : 0.0F;
                row.features[f] = signal + 0.3F * Noise(random);
            }
        };
        WriteRun((fs::path(folder) / ("run-" + std::to_string(run))).string(),
                 MakePair(1, 2, 1.0, ticksEach * CLASS_COUNT, fill));
    }
}

WindowDataset
ReadRuns(const std::string& folder, std::size_t window)
{
    DatasetOptions options;
    options.window = window;
    WindowDataset dataset(options);
    for (const std::string& run : FindRuns({folder}))
    {
        dataset.AddRun(run);
    }
    return dataset;
}

ModelConfig
SmallModel()
{
    ModelConfig model;
    model.window = 8;
    model.hidden = 16;
    model.latent = 8;
    model.classifier = {16};
    model.dropout = 0.1;
    return model;
}

TrainingConfig
ShortTraining()
{
    TrainingConfig training;
    training.epochs = 20;
    training.batchSize = 32;
    training.learningRate = 1e-2;
    training.windowsPerEpoch = 320;
    return training;
}

TrainingReport
TrainOn(const std::string& folder,
        const ModelConfig& model,
        const TrainingConfig& training,
        std::string& bytes)
{
    const WindowDataset dataset = ReadRuns(folder, model.window);
    const TrainingData data = SplitByRun(dataset, training.validationShare, training.seed);
    TrainingObserver nobody;
    std::ostringstream out;
    const TrainingReport report = LoadBackend().Train(model, training, data, out, nobody);
    bytes = out.str();
    return report;
}

void
WriteFile(const std::string& path, const std::string& content)
{
    std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

std::string
ReadFile(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string
ErrorOf(const std::function<void()>& work)
{
    try
    {
        work();
    }
    catch (const std::exception& e)
    {
        return e.what();
    }
    return {};
}

} // namespace ns3::neural::test
