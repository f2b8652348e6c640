// Trains the neural detector on the observations of simulated runs and writes a model file.
//
//   train-detector --data=results/runs --out=results/model.ncm --history=results/history.csv

#include "ns3/atomic-file.h"
#include "ns3/consensus-program.h"
#include "ns3/neural-backend.h"
#include "ns3/neural-corpus.h"
#include "ns3/neural-dataset.h"
#include "ns3/neural-model-config.h"
#include "ns3/neural-training.h"

#include <boost/program_options.hpp>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

namespace
{

using namespace ns3;
using namespace ns3::neural;
namespace po = boost::program_options;

struct Options
{
    std::vector<std::string> data;
    std::string split{"train"};
    std::string out;
    std::string history;
    bool quiet{false};
    ModelConfig model;
    TrainingConfig training;
};

/** An option that is a whole number, with the field's present value as its default. */
template <typename T>
po::typed_value<WholeNumber>*
Count(T& field)
{
    return po::value<WholeNumber>()
        ->value_name("N")
        ->default_value({static_cast<uint64_t>(field)})
        ->notifier([&field](const WholeNumber& number) {
            // Larger than any range, so that the check of ranges sees it.
            constexpr uint64_t MOST = 1ULL << 30;
            field = static_cast<T>(std::is_same_v<T, uint64_t> ? number.value
                                                               : std::min(number.value, MOST));
        });
}

po::typed_value<double>*
Real(double& field)
{
    std::ostringstream shown;
    shown << field;
    return po::value<double>(&field)->value_name("X")->default_value(field, shown.str());
}

std::vector<std::size_t>
ParseLayers(const std::string& text)
{
    std::vector<std::size_t> layers;
    std::istringstream parts(text);
    std::string part;
    while (std::getline(parts, part, ','))
    {
        WholeNumber units;
        std::istringstream in(part);
        if (!(in >> units))
        {
            throw std::invalid_argument("classifier is '" + text +
                                        "': expected sizes of layers such as 64,32");
        }
        layers.push_back(units.value);
    }
    return layers;
}

po::options_description
Describe(Options& options)
{
    ModelConfig& model = options.model;
    TrainingConfig& training = options.training;
    po::options_description all("Usage: train-detector --data=DIR... --out=FILE [option]...\n"
                                "Trains the neural detector on the observations of runs",
                                100);
    po::options_description files("Files", 100);
    files.add_options()("help", "show this and leave")(
        "config",
        po::value<std::string>()->value_name("FILE"),
        "INI file with any of these options; the command line wins")(
        "data",
        po::value(&options.data)->value_name("DIR"),
        "a run (observations.csv, labels.csv), a folder of runs, a shard of a corpus (.h5) or a "
        "folder with shards; any number")(
        "split",
        po::value(&options.split)->value_name("NAME")->default_value(options.split),
        "which runs of a corpus: train, validation, test or all")(
        "out",
        po::value(&options.out)->value_name("FILE"),
        "the model file to write")("history",
                                   po::value(&options.history)->value_name("FILE"),
                                   "CSV to write, one row an epoch")(
        "quiet",
        po::bool_switch(&options.quiet),
        "no progress; only the summary at the end");
    po::options_description network("Network", 100);
    network.add_options()("window", Count(model.window), "ticks of a window, 1 to 1000")(
        "hidden",
        Count(model.hidden),
        "units of an LSTM layer, 1 to 1024")("layers",
                                             Count(model.layers),
                                             "LSTM layers of encoder and of decoder, 1 to 8")(
        "latent",
        Count(model.latent),
        "size of the latent vector, 1 to 1024")(
        "classifier",
        po::value<std::string>()->value_name("N,N,...")->default_value("64,32")->notifier(
            [&model](const std::string& text) { model.classifier = ParseLayers(text); }),
        "units of the classifier's hidden layers, at most 8 of 1 to 4096")(
        "dropout",
        Real(model.dropout),
        "share of units dropped in training, 0 to 0.9");
    po::options_description course("Training", 100);
    course.add_options()("epochs", Count(training.epochs), "at most so many epochs, 1 to 100000")(
        "batch-size",
        Count(training.batchSize),
        "windows of a step, 1 to 65536")("learning-rate",
                                         Real(training.learningRate),
                                         "of Adam, above 0 and up to 1")(
        "reconstruction-weight",
        Real(training.reconstructionWeight),
        "of the reconstruction error of healthy windows in the loss, 0 to 1000")(
        "classification-weight",
        Real(training.classificationWeight),
        "of the weighted cross-entropy in the loss, 0 to 1000")(
        "max-class-weight",
        Real(training.maxClassWeight),
        "cap of a class's weight, which is its inverse frequency; 1 to 1000")(
        "gradient-clip",
        Real(training.gradientClip),
        "largest norm of the gradient, above 0 and up to 1000000")(
        "patience",
        Count(training.patience),
        "epochs without a better validation loss before it stops, 1 to 100000")(
        "schedule-factor",
        Real(training.scheduleFactor),
        "multiplies the learning rate on a plateau, 0.01 to 1")(
        "schedule-patience",
        Count(training.schedulePatience),
        "epochs without a better validation loss before that, 0 to 100000")(
        "validation-share",
        Real(training.validationShare),
        "share of the runs to validate on, 0.01 to 0.99")(
        "windows-per-epoch",
        Count(training.windowsPerEpoch),
        "windows drawn for an epoch at most, 1 to 100000000")(
        "balanced",
        po::value(&training.balanced)->value_name("0|1")->default_value(training.balanced),
        "draw every class equally often")("seed",
                                          Count(training.seed),
                                          "of initial weights, dropout, split and drawing")(
        "threads",
        Count(training.threads),
        "of LibTorch, 1 to 64; only 1 gives the same bytes again")(
        "device",
        po::value(&training.device)->value_name("NAME")->default_value(training.device),
        "cpu or cuda");
    all.add(files).add(network).add(course);
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

std::filesystem::path
Absolute(const std::string& path)
{
    return std::filesystem::absolute(path).lexically_normal();
}

/** Shows how far it is: a bar on a terminal, a line an epoch elsewhere. Time is for display only.
 */
class Progress : public TrainingObserver
{
  public:
    explicit Progress(std::size_t epochs)
        : m_epochs(epochs),
          m_isTerminal(::isatty(STDERR_FILENO) == 1)
    {
    }

    void OnBatch(std::size_t epoch, std::size_t batch, std::size_t batches, double loss) override
    {
        const auto now = Clock::now();
        if (!m_isTerminal || (now - m_shown < std::chrono::milliseconds(100) && batch < batches))
        {
            return;
        }
        m_shown = now;
        constexpr std::size_t WIDTH = 30;
        const std::size_t filled = WIDTH * batch / batches;
        const double done = static_cast<double>(epoch - 1) +
                            static_cast<double>(batch) / static_cast<double>(batches);
        const double left = Elapsed() * (static_cast<double>(m_epochs) - done) / done;
        std::cerr << "\r\x1b[Kepoch " << epoch << '/' << m_epochs << " ["
                  << std::string(filled, '#') << std::string(WIDTH - filled, '.') << "] loss "
                  << std::fixed << std::setprecision(4) << loss << "  at most " << Span(left)
                  << " left" << std::flush;
    }

    void OnEpoch(const EpochReport& report) override
    {
        std::cerr << (m_isTerminal ? "\r\x1b[K" : "") << "epoch " << report.epoch << '/' << m_epochs
                  << std::fixed << std::setprecision(4) << "  loss " << report.trainLoss
                  << "  validation loss " << report.validationLoss << "  accuracy "
                  << report.validationAccuracy << "  macro-F1 " << report.validationMacroF1
                  << "  learning rate " << std::defaultfloat << report.learningRate << "  after "
                  << Span(Elapsed()) << std::endl;
    }

  private:
    using Clock = std::chrono::steady_clock;

    double Elapsed() const
    {
        return std::chrono::duration<double>(Clock::now() - m_start).count();
    }

    static std::string Span(double seconds)
    {
        const auto whole = static_cast<long>(std::lround(seconds));
        std::ostringstream text;
        text << whole / 60 << ':' << std::setw(2) << std::setfill('0') << whole % 60;
        return text.str();
    }

    std::size_t m_epochs;
    bool m_isTerminal;
    Clock::time_point m_start{Clock::now()};
    Clock::time_point m_shown{};
};

void
WriteHistory(const TrainingReport& report, std::ostream& out)
{
    out << "epoch,learning_rate,train_loss,train_reconstruction,train_classification,"
           "validation_loss,validation_reconstruction,validation_classification,"
           "validation_accuracy,validation_macro_f1,best\n"
        << std::setprecision(9);
    for (const EpochReport& row : report.history)
    {
        out << row.epoch << ',' << row.learningRate << ',' << row.trainLoss << ','
            << row.trainReconstruction << ',' << row.trainClassification << ','
            << row.validationLoss << ',' << row.validationReconstruction << ','
            << row.validationClassification << ',' << row.validationAccuracy << ','
            << row.validationMacroF1 << ',' << (row.epoch == report.bestEpoch) << '\n';
    }
}

int
Train(int argc, char* argv[])
{
    Options options;
    const po::options_description described = Describe(options);
    const po::variables_map given = ParseOptions(argc, argv, described);
    if (given.count("help"))
    {
        std::cout << described;
        return 0;
    }
    Require(!options.data.empty(), "data");
    Require(!options.out.empty(), "out");
    options.model.Validate();
    options.training.Validate();
    if (!options.history.empty() && Absolute(options.history) == Absolute(options.out))
    {
        throw std::invalid_argument("option --history is the file of --out, " + options.out +
                                    ": expected another one");
    }

    // Opened first: an output that cannot be written is told before the training, not after it.
    AtomicFile out(options.out);
    std::optional<AtomicFile> history;
    if (!options.history.empty())
    {
        history.emplace(options.history);
    }
    Backend& backend = LoadBackend();

    DatasetOptions datasetOptions;
    datasetOptions.window = options.model.window;
    WindowDataset dataset(datasetOptions);
#ifdef NC_HAVE_HDF5
    AddRuns(dataset, options.data, options.split);
#else
    for (const std::string& run : FindRuns(options.data))
    {
        dataset.AddRun(run);
    }
#endif
    const TrainingData data =
        SplitByRun(dataset, options.training.validationShare, options.training.seed);

    const auto observer = options.quiet ? std::make_unique<TrainingObserver>()
                                        : std::make_unique<Progress>(options.training.epochs);
    const TrainingReport report =
        backend.Train(options.model, options.training, data, out.Stream(), *observer);
    if (history)
    {
        WriteHistory(report, history->Stream());
        history->Commit();
    }
    out.Commit();

    const EpochReport& best = report.history[report.bestEpoch - 1];
    std::cout << "trained on " << report.trainingWindows << " windows of " << dataset.RunCount()
              << " runs, best epoch " << report.bestEpoch << " of " << report.history.size()
              << ": validation accuracy " << std::fixed << std::setprecision(3)
              << best.validationAccuracy << ", macro-F1 " << best.validationMacroF1 << "; wrote "
              << options.out << std::endl;
    return 0;
}

} // namespace

int
main(int argc, char* argv[])
{
    return ns3::RunProgram("train-detector", [&] { return Train(argc, argv); });
}
