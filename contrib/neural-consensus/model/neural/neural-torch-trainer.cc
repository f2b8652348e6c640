#include "neural-torch-trainer.h"

#include "neural-dataset.h"
#include "neural-evaluation.h"
#include "neural-torch-network.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <torch/torch.h>

namespace ns3::neural
{

namespace
{

/** Each use of randomness has a stream of its own. */
constexpr uint64_t SAMPLER_STREAM = 0x5a;
constexpr uint64_t VALIDATION_STREAM = 0xa5;

constexpr double THRESHOLD_PERCENTILE = 0.99;
constexpr std::size_t VALIDATION_BATCH = 256;

bool
IsReconstructed(const LabelledWindow& window)
{
    return window.label == FailureClass::HEALTHY && window.steady;
}

/** A sum with its weight: batches differ in size and in how many windows are reconstructed. */
struct WeightedMean
{
    double sum{0};
    double weight{0};

    void Add(const WeightedMean& other)
    {
        sum += other.sum;
        weight += other.weight;
    }

    double Mean() const
    {
        return weight > 0 ? sum / weight : 0.0;
    }
};

struct LossParts
{
    WeightedMean reconstruction;
    WeightedMean classification;

    void Add(const LossParts& other)
    {
        reconstruction.Add(other.reconstruction);
        classification.Add(other.classification);
    }

    double Total(const TrainingConfig& config) const
    {
        return config.reconstructionWeight * reconstruction.Mean() +
               config.classificationWeight * classification.Mean();
    }
};

class Trainer
{
  public:
    Trainer(const ModelConfig& model, const TrainingConfig& config, const TrainingData& data);

    /** Runs the batches of one epoch. */
    LossParts RunEpoch(std::size_t epoch, double learningRate, TrainingObserver& observer);

    /** Scores the validation windows; fills in that part of the report. */
    void Validate(EpochReport& report);

    /** @return the percentile of the anomaly on steady healthy validation windows. */
    double AnomalyThreshold();

    torch::nn::Module& Modules()
    {
        return m_network->Modules();
    }

    const Normaliser& GetNormaliser() const
    {
        return m_normaliser;
    }

    std::size_t ValidationCount() const
    {
        return m_validation.size();
    }

  private:
    /** Windows of one batch, on the device. */
    struct Batch
    {
        torch::Tensor windows;
        torch::Tensor labels;
        std::vector<int64_t> healthy; //!< positions of the windows to reconstruct
        std::size_t first;            //!< position in the list the batch was cut from
        std::size_t count;
    };

    struct Output
    {
        torch::Tensor loss;
        torch::Tensor logits;
        torch::Tensor errors; //!< of the healthy windows; undefined where there is none
        LossParts parts;
    };

    Batch Gather(const std::vector<uint32_t>& indices, std::size_t first, std::size_t size) const;
    Output Forward(const Batch& batch);

    const TrainingConfig& m_config;
    const WindowDataset& m_dataset;
    torch::Device m_device;
    Normaliser m_normaliser;
    WindowSampler m_sampler;
    std::vector<uint32_t> m_validation;
    std::unique_ptr<Network> m_network;
    torch::Tensor m_classWeights;
    std::unique_ptr<torch::optim::Adam> m_optimiser;
};

std::array<std::size_t, CLASS_COUNT>
CountClasses(const WindowDataset& dataset, const std::vector<uint32_t>& windows, bool balanced)
{
    std::array<std::size_t, CLASS_COUNT> counts{};
    for (const uint32_t index : windows)
    {
        auto& count = counts[static_cast<std::size_t>(dataset.Windows()[index].label)];
        // A balanced draw gives each class the same share already.
        count = balanced ? 1 : count + 1;
    }
    return counts;
}

/** Validation takes as large a share of its windows as training draws of its own. */
std::vector<uint32_t>
DrawValidation(const TrainingConfig& config, const TrainingData& data)
{
    const double drawn = std::min(1.0,
                                  static_cast<double>(config.windowsPerEpoch) /
                                      static_cast<double>(data.training.size()));
    const auto count =
        static_cast<std::size_t>(std::ceil(drawn * static_cast<double>(data.validation.size())));
    WindowSampler sampler(*data.dataset,
                          data.validation,
                          count,
                          false,
                          config.seed ^ VALIDATION_STREAM);
    std::vector<uint32_t> windows = sampler.NextEpoch();
    std::sort(windows.begin(), windows.end());
    return windows;
}

void
RequireHealthy(const WindowDataset& dataset, const std::vector<uint32_t>& windows, const char* side)
{
    if (std::none_of(windows.begin(), windows.end(), [&dataset](uint32_t index) {
            return IsReconstructed(dataset.Windows()[index]);
        }))
    {
        throw std::invalid_argument(std::string("the ") + side +
                                    " runs have no window that is healthy throughout: expected "
                                    "some, to learn what health looks like");
    }
}

Trainer::Trainer(const ModelConfig& model, const TrainingConfig& config, const TrainingData& data)
    : m_config(config),
      m_dataset(*data.dataset),
      m_device(FindDevice(config.device)),
      m_normaliser(Normaliser::Fit(*data.dataset, data.training)),
      m_sampler(*data.dataset,
                data.training,
                config.windowsPerEpoch,
                config.balanced,
                config.seed ^ SAMPLER_STREAM),
      m_validation(DrawValidation(config, data))
{
    RequireHealthy(m_dataset, data.training, "training");
    RequireHealthy(m_dataset, m_validation, "validation");
    at::set_num_threads(config.threads);
    torch::manual_seed(config.seed);
    m_network = std::make_unique<Network>(model, m_device);
    const auto weights = ClassWeights(CountClasses(m_dataset, data.training, config.balanced),
                                      config.maxClassWeight);
    m_classWeights =
        torch::tensor(at::ArrayRef<float>(weights.data(), weights.size())).to(m_device);
    m_optimiser =
        std::make_unique<torch::optim::Adam>(Modules().parameters(),
                                             torch::optim::AdamOptions(config.learningRate));
}

Trainer::Batch
Trainer::Gather(const std::vector<uint32_t>& indices, std::size_t first, std::size_t size) const
{
    Batch batch;
    batch.first = first;
    batch.count = std::min(size, indices.size() - first);
    std::vector<const float*> features;
    std::vector<int64_t> labels;
    for (std::size_t i = 0; i < batch.count; ++i)
    {
        const LabelledWindow& window = m_dataset.Windows()[indices[first + i]];
        features.push_back(m_dataset.Features(window));
        labels.push_back(static_cast<int64_t>(window.label));
        if (IsReconstructed(window))
        {
            batch.healthy.push_back(static_cast<int64_t>(i));
        }
    }
    batch.windows = MakeBatch(features, m_dataset.WindowLength(), m_normaliser, m_device);
    batch.labels = torch::tensor(labels).to(m_device);
    return batch;
}

Trainer::Output
Trainer::Forward(const Batch& batch)
{
    namespace F = torch::nn::functional;
    Output output;
    const torch::Tensor latent = m_network->Encode(batch.windows);
    output.logits = m_network->Classify(latent);
    const auto weight = m_classWeights.index_select(0, batch.labels).sum().item<double>();
    // A validation run may hold a class that the training runs lack, and nothing else.
    const double divisor = std::max(weight, 1e-12);
    const auto sum = F::cross_entropy(
        output.logits,
        batch.labels,
        F::CrossEntropyFuncOptions().weight(m_classWeights).reduction(torch::kSum));
    output.loss = sum * (m_config.classificationWeight / divisor);
    output.parts.classification = {sum.item<double>(), weight};
    if (!batch.healthy.empty())
    {
        const auto chosen = torch::tensor(batch.healthy).to(m_device);
        output.errors = ReconstructionError(batch.windows.index_select(1, chosen),
                                            m_network->Decode(latent.index_select(0, chosen)));
        output.loss = output.loss + output.errors.mean() * m_config.reconstructionWeight;
        output.parts.reconstruction = {output.errors.sum().item<double>(),
                                       static_cast<double>(batch.healthy.size())};
    }
    return output;
}

LossParts
Trainer::RunEpoch(std::size_t epoch, double learningRate, TrainingObserver& observer)
{
    for (auto& group : m_optimiser->param_groups())
    {
        static_cast<torch::optim::AdamOptions&>(group.options()).lr(learningRate);
    }
    Modules().train();
    const std::vector<uint32_t>& indices = m_sampler.NextEpoch();
    const std::size_t batches = (indices.size() + m_config.batchSize - 1) / m_config.batchSize;
    LossParts sum;
    for (std::size_t i = 0; i < batches; ++i)
    {
        const Batch batch = Gather(indices, i * m_config.batchSize, m_config.batchSize);
        m_optimiser->zero_grad();
        Output output = Forward(batch);
        output.loss.backward();
        torch::nn::utils::clip_grad_norm_(Modules().parameters(), m_config.gradientClip);
        m_optimiser->step();
        sum.Add(output.parts);
        const double loss = sum.Total(m_config);
        if (!std::isfinite(loss))
        {
            throw std::runtime_error("training diverged in epoch " + std::to_string(epoch) +
                                     ": expected a finite loss, a lower learning-rate may help");
        }
        observer.OnBatch(epoch, i + 1, batches, loss);
    }
    return sum;
}

void
Trainer::Validate(EpochReport& report)
{
    const torch::NoGradGuard noGrad;
    Modules().eval();
    LossParts sum;
    ConfusionMatrix confusion;
    for (std::size_t first = 0; first < m_validation.size(); first += VALIDATION_BATCH)
    {
        const Batch batch = Gather(m_validation, first, VALIDATION_BATCH);
        const Output output = Forward(batch);
        sum.Add(output.parts);
        const torch::Tensor predicted = output.logits.argmax(1).cpu();
        const auto* classes = predicted.data_ptr<int64_t>();
        for (std::size_t i = 0; i < batch.count; ++i)
        {
            confusion.Add(m_dataset.Windows()[m_validation[first + i]].label,
                          static_cast<FailureClass>(classes[i]));
        }
    }
    report.validationReconstruction = sum.reconstruction.Mean();
    report.validationClassification = sum.classification.Mean();
    report.validationLoss = sum.Total(m_config);
    report.validationAccuracy = confusion.Accuracy();
    report.validationMacroF1 = confusion.MacroF1();
}

double
Trainer::AnomalyThreshold()
{
    const torch::NoGradGuard noGrad;
    Modules().eval();
    std::vector<float> errors;
    for (std::size_t first = 0; first < m_validation.size(); first += VALIDATION_BATCH)
    {
        const Output output = Forward(Gather(m_validation, first, VALIDATION_BATCH));
        if (output.errors.defined())
        {
            const torch::Tensor values = output.errors.cpu().contiguous();
            const float* data = values.data_ptr<float>();
            errors.insert(errors.end(), data, data + values.numel());
        }
    }
    std::sort(errors.begin(), errors.end());
    const auto last = static_cast<double>(errors.size() - 1);
    return errors[static_cast<std::size_t>(std::ceil(THRESHOLD_PERCENTILE * last))];
}

} // namespace

StoredModel
TrainNetwork(const ModelConfig& model,
             const TrainingConfig& config,
             const TrainingData& data,
             TrainingObserver& observer,
             TrainingReport& report)
{
    model.Validate();
    config.Validate();
    if (data.dataset->WindowLength() != model.window)
    {
        throw std::invalid_argument("the dataset has windows of " +
                                    std::to_string(data.dataset->WindowLength()) +
                                    " rows: expected " + std::to_string(model.window));
    }
    Trainer trainer(model, config, data);
    PlateauSchedule schedule(config);
    StoredModel best;
    best.config = model;
    best.normaliser = trainer.GetNormaliser();
    best.seed = config.seed;
    report = {};
    report.trainingWindows = data.training.size();
    report.validationWindows = trainer.ValidationCount();
    for (std::size_t epoch = 1; epoch <= config.epochs && !schedule.ShouldStop(); ++epoch)
    {
        EpochReport row;
        row.epoch = epoch;
        row.learningRate = schedule.LearningRate();
        const LossParts parts = trainer.RunEpoch(epoch, row.learningRate, observer);
        row.trainLoss = parts.Total(config);
        row.trainReconstruction = parts.reconstruction.Mean();
        row.trainClassification = parts.classification.Mean();
        trainer.Validate(row);
        if (schedule.Update(row.validationLoss))
        {
            best.tensors = StoreParameters(trainer.Modules());
            best.bestEpoch = epoch;
        }
        report.history.push_back(row);
        observer.OnEpoch(row);
    }
    if (best.tensors.empty())
    {
        throw std::runtime_error("training gave no finite validation loss: expected one, a lower "
                                 "learning-rate may help");
    }
    report.stoppedEarly = report.history.size() < config.epochs;
    report.bestEpoch = best.bestEpoch;
    RestoreParameters(trainer.Modules(), best.tensors);
    best.anomalyThreshold = trainer.AnomalyThreshold();
    report.anomalyThreshold = best.anomalyThreshold;
    return best;
}

} // namespace ns3::neural
