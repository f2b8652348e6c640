// What a verdict costs: the forward pass for windows of the default sizes, by batch.

#include "ns3/neural-backend.h"
#include "ns3/neural-dataset.h"
#include "ns3/neural-model-config.h"
#include "ns3/neural-random.h"
#include "ns3/neural-training.h"

#include <benchmark/benchmark.h>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <unistd.h>

namespace
{

using namespace ns3::neural;

/** Runs with random features, one in twenty to validate on, and a model trained on them. */
class Workshop
{
  public:
    Workshop()
    {
        std::string name = (std::filesystem::temp_directory_path() / "nc-bench-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr)
        {
            throw std::runtime_error("cannot make a folder " + name);
        }
        m_folder = name;
        m_dataset = std::make_unique<WindowDataset>(DatasetOptions{});
        for (uint64_t run = 1; run <= 20; ++run)
        {
            WriteRun(run);
            m_dataset->AddRun(m_folder.string());
        }
        std::ofstream out(m_folder / "model", std::ios::binary);
        Train(1, 64, 64, out);
        out.close();
        m_model = LoadBackend().Load((m_folder / "model").string(), "cpu");
    }

    ~Workshop()
    {
        std::error_code ignored;
        std::filesystem::remove_all(m_folder, ignored);
    }

    void Train(std::size_t epochs, std::size_t batch, std::size_t windows, std::ostream& out)
    {
        TrainingConfig training;
        training.epochs = epochs;
        training.batchSize = batch;
        training.windowsPerEpoch = windows;
        training.validationShare = 0.05;
        const TrainingData data = SplitByRun(*m_dataset, training.validationShare, training.seed);
        TrainingObserver nobody;
        LoadBackend().Train(ModelConfig{}, training, data, out, nobody);
    }

    Model& GetModel()
    {
        return *m_model;
    }

  private:
    /** Half of the rows are healthy, as in a corpus; the rest is slow. */
    void WriteRun(uint64_t seed)
    {
        constexpr int ROWS = 400;
        SplitMix64 random(seed);
        std::ofstream observations(m_folder / "observations.csv");
        std::ofstream labels(m_folder / "labels.csv");
        observations << "time_s,observer,target";
        for (const std::string& name : FeatureNames())
        {
            observations << ',' << name;
        }
        observations << '\n';
        labels << "time_s,observer,target,label,subtype,seconds_to_crash,predictable,"
                  "identifiable,grace\n";
        for (int i = 0; i < ROWS; ++i)
        {
            const std::string key = std::to_string(0.1 * i) + ",1,2,";
            observations << key << random.Below(100);
            for (std::size_t f = 1; f < FEATURE_COUNT; ++f)
            {
                observations << ',' << random.Below(100);
            }
            observations << '\n';
            labels << key << (i < ROWS / 2 ? "healthy" : "slow") << ",,,0,1,0\n";
        }
    }

    std::filesystem::path m_folder;
    std::unique_ptr<WindowDataset> m_dataset;
    std::unique_ptr<Model> m_model;
};

Workshop&
TheWorkshop()
{
    static Workshop workshop;
    return workshop;
}

template <void (Model::*SCORE)(const float*, std::size_t, Scores*)>
void
Infer(benchmark::State& state)
{
    Model& model = TheWorkshop().GetModel();
    const auto count = static_cast<std::size_t>(state.range(0));
    SplitMix64 random(1);
    std::vector<float> windows(count * model.WindowLength() * FEATURE_COUNT);
    for (float& value : windows)
    {
        value = static_cast<float>(random.Below(100));
    }
    std::vector<Scores> scores(count);
    for (auto _ : state)
    {
        (model.*SCORE)(windows.data(), count, scores.data());
        benchmark::DoNotOptimize(scores.data());
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

/** An epoch of 4096 windows, half of them healthy; validation adds about a tenth as many. */
void
TrainEpoch(benchmark::State& state)
{
    Workshop& workshop = TheWorkshop();
    constexpr std::size_t WINDOWS = 4096;
    for (auto _ : state)
    {
        std::ostringstream out;
        workshop.Train(1, static_cast<std::size_t>(state.range(0)), WINDOWS, out);
    }
    state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(WINDOWS));
}

} // namespace

BENCHMARK(Infer<&Model::Forward>)->Name("forward")->Arg(1)->Arg(20)->Arg(64)->Arg(400);
BENCHMARK(Infer<&Model::Classify>)->Name("classify only")->Arg(1)->Arg(20)->Arg(64)->Arg(400);
BENCHMARK(TrainEpoch)
    ->Name("train epoch")
    ->Arg(64)
    ->Arg(128)
    ->Arg(256)
    ->Unit(benchmark::kMillisecond);
