// Scores a trained detector on runs that it never saw, by window and by episode.
//
//   evaluate-detector --model=results/model.ncm --data=results/test-runs --out=results/evaluation

#include "ns3/atomic-file.h"
#include "ns3/consensus-program.h"
#include "ns3/neural-backend.h"
#include "ns3/neural-corpus.h"
#include "ns3/neural-dataset.h"
#include "ns3/neural-evaluation-report.h"
#include "ns3/neural-evaluation.h"

#include <boost/program_options.hpp>
#include <filesystem>
#include <functional>
#include <iostream>
#include <list>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{

using namespace ns3;
using namespace ns3::neural;
namespace po = boost::program_options;

struct Options
{
    std::string model;
    std::vector<std::string> data;
    std::string split{"test"};
    std::string out;
    std::string device{"cpu"};
    WholeNumber replicates{1000};
    WholeNumber seed{1};
};

po::options_description
Describe(Options& options)
{
    po::options_description all(
        "Usage: evaluate-detector --model=FILE --data=DIR... --out=DIR [option]...\n"
        "Writes evaluation.json, confusion_matrix.csv and metrics.csv, and prints a table",
        100);
    all.add_options()("help", "show this and leave")(
        "config",
        po::value<std::string>()->value_name("FILE"),
        "INI file with any of these options; the command line wins")(
        "model",
        po::value(&options.model)->value_name("FILE"),
        "a model file written by train-detector")(
        "data",
        po::value(&options.data)->value_name("DIR"),
        "a run (observations.csv, labels.csv), a folder of runs, a shard of a corpus (.h5) or a "
        "folder with shards; any number")(
        "split",
        po::value(&options.split)->value_name("NAME")->default_value(options.split),
        "which runs of a corpus: train, validation, test or all")(
        "out",
        po::value(&options.out)->value_name("DIR"),
        "folder to write to; made where it does not exist")(
        "replicates",
        po::value(&options.replicates)->value_name("N")->default_value(options.replicates),
        "draws of the bootstrap over runs, 0 (no intervals) to 1000000")(
        "seed",
        po::value(&options.seed)->value_name("N")->default_value(options.seed),
        "of the bootstrap")(
        "device",
        po::value(&options.device)->value_name("NAME")->default_value(options.device),
        "cpu or cuda");
    return all;
}

void
Require(bool given, const char* option)
{
    if (!given)
    {
        throw std::invalid_argument(std::string("option --") + option +
                                    " is missing: expected it once at least, see --help");
    }
}

/** Classifies the windows that count; the others keep an entry that nobody reads. */
std::vector<FailureClass>
Predict(Model& model, const WindowDataset& dataset)
{
    constexpr std::size_t BATCH = 512;
    const std::size_t size = dataset.WindowLength() * FEATURE_COUNT;
    const std::vector<LabelledWindow>& windows = dataset.Windows();
    std::vector<FailureClass> predicted(windows.size(), FailureClass::HEALTHY);
    std::vector<std::size_t> chosen;
    std::vector<float> features;
    std::vector<Scores> scores(BATCH);
    const auto flush = [&] {
        model.Classify(features.data(), chosen.size(), scores.data());
        for (std::size_t i = 0; i < chosen.size(); ++i)
        {
            predicted[chosen[i]] = MostProbable(scores[i]);
        }
        chosen.clear();
        features.clear();
    };
    for (std::size_t i = 0; i < windows.size(); ++i)
    {
        if (windows[i].IsScored())
        {
            const float* first = dataset.Features(windows[i]);
            features.insert(features.end(), first, first + size);
            chosen.push_back(i);
        }
        if (chosen.size() == BATCH)
        {
            flush();
        }
    }
    flush();
    return predicted;
}

/** Writes all files before the first of them gets its name. */
void
WriteFiles(const Evaluation& evaluation, const std::string& folder)
{
    using Writer = void (*)(const Evaluation&, std::ostream&);
    const std::vector<std::pair<std::string, Writer>> files{
        {"evaluation.json", WriteEvaluationJson},
        {"confusion_matrix.csv", WriteConfusionMatrix},
        {"metrics.csv", WriteMetrics}};
    std::list<AtomicFile> written;
    for (const auto& [name, write] : files)
    {
        written.emplace_back((std::filesystem::path(folder) / name).string());
        write(evaluation, written.back().Stream());
    }
    for (AtomicFile& file : written)
    {
        file.Commit();
    }
}

int
EvaluateDetector(int argc, char* argv[])
{
    Options options;
    const po::options_description described = Describe(options);
    const po::variables_map given = ParseOptions(argc, argv, described);
    if (given.count("help"))
    {
        std::cout << described;
        return 0;
    }
    Require(!options.model.empty(), "model");
    Require(!options.data.empty(), "data");
    Require(!options.out.empty(), "out");
    if (options.replicates.value > 1000000)
    {
        throw std::invalid_argument("replicates is " + std::to_string(options.replicates.value) +
                                    ": expected 0 to 1000000");
    }
    const auto model = LoadBackend().Load(options.model, options.device);
    DatasetOptions datasetOptions;
    datasetOptions.window = model->WindowLength();
    WindowDataset dataset(datasetOptions);
#ifdef NC_HAVE_HDF5
    AddRuns(dataset, options.data, options.split);
#else
    for (const std::string& run : FindRuns(options.data))
    {
        dataset.AddRun(run);
    }
#endif
    MakeOutputFolder(options.out);

    EvaluationOptions evaluationOptions;
    evaluationOptions.replicates = options.replicates.value;
    evaluationOptions.seed = options.seed.value;
    Evaluation evaluation =
        Evaluate(dataset.Windows(), Predict(*model, dataset), evaluationOptions);
    if (dataset.HasOracle())
    {
        evaluation.oracle = std::make_shared<const Evaluation>(
            EvaluateOracle(dataset.Windows(), evaluationOptions));
    }
    WriteFiles(evaluation, options.out);
    WriteEvaluationTable(evaluation, std::cout);
    return 0;
}

} // namespace

int
main(int argc, char* argv[])
{
    return ns3::RunProgram("evaluate-detector", [&] { return EvaluateDetector(argc, argv); });
}
