#include "neural-evaluation.h"

#include "neural-random.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <tuple>

namespace ns3::neural
{

namespace
{

std::size_t
Index(FailureClass c)
{
    return static_cast<std::size_t>(c);
}

/** One matrix a run: the runs are what the bootstrap draws. */
using RunMatrices = std::vector<ConfusionMatrix>;

/** Percentile bootstrap over runs (Efron & Tibshirani 1993, chapter 13). */
std::optional<Interval>
BootstrapMacroF1(const RunMatrices& runs, const EvaluationOptions& options)
{
    if (runs.size() < 2 || options.replicates == 0)
    {
        return {};
    }
    SplitMix64 random(options.seed);
    std::vector<double> values;
    values.reserve(options.replicates);
    for (std::size_t i = 0; i < options.replicates; ++i)
    {
        ConfusionMatrix sum;
        for (std::size_t draw = 0; draw < runs.size(); ++draw)
        {
            sum.Add(runs[random.Below(runs.size())]);
        }
        values.push_back(sum.MacroF1());
    }
    std::sort(values.begin(), values.end());
    const auto at = [&values](double share) {
        return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) +
                                               0.5)];
    };
    return Interval{at(0.025), at(0.975)};
}

Scoring
Score(const RunMatrices& runs, const EvaluationOptions& options)
{
    Scoring scoring;
    RunMatrices used;
    for (const ConfusionMatrix& run : runs)
    {
        if (run.Total() > 0)
        {
            scoring.confusion.Add(run);
            used.push_back(run);
        }
    }
    scoring.macroF1 = BootstrapMacroF1(used, options);
    return scoring;
}

/** Votes of the windows of one episode. */
struct Votes
{
    std::array<double, CLASS_COUNT> counts{};
    FailureClass truth{FailureClass::HEALTHY};
    uint32_t run{0};
    bool any{false};
};

template <typename Chosen>
EvaluationPart
EvaluatePart(const std::vector<LabelledWindow>& windows,
             const std::vector<FailureClass>& predicted,
             const std::vector<uint32_t>& episodes,
             const EvaluationOptions& options,
             const Chosen& isChosen)
{
    uint32_t runCount = 0;
    uint32_t episodeCount = 0;
    for (std::size_t i = 0; i < windows.size(); ++i)
    {
        runCount = std::max(runCount, windows[i].run + 1);
        episodeCount = std::max(episodeCount, episodes[i] + 1);
    }
    RunMatrices byWindow(runCount);
    std::vector<Votes> votes(episodeCount);
    for (std::size_t i = 0; i < windows.size(); ++i)
    {
        const LabelledWindow& window = windows[i];
        if (isChosen(window))
        {
            byWindow[window.run].Add(window.label, predicted[i], window.weight);
            Votes& episode = votes[episodes[i]];
            episode.counts[Index(predicted[i])] += window.weight;
            episode.truth = window.label;
            episode.run = window.run;
            episode.any = true;
        }
    }
    RunMatrices byEpisode(runCount);
    for (const Votes& episode : votes)
    {
        if (episode.any)
        {
            const auto most = std::max_element(episode.counts.begin(), episode.counts.end());
            byEpisode[episode.run].Add(episode.truth,
                                       static_cast<FailureClass>(most - episode.counts.begin()));
        }
    }
    return {Score(byWindow, options), Score(byEpisode, options)};
}

} // namespace

void
ConfusionMatrix::Add(FailureClass truth, FailureClass predicted, double weight)
{
    m_counts[Index(truth)][Index(predicted)] += weight;
}

void
ConfusionMatrix::Add(const ConfusionMatrix& other)
{
    for (std::size_t i = 0; i < CLASS_COUNT; ++i)
    {
        for (std::size_t j = 0; j < CLASS_COUNT; ++j)
        {
            m_counts[i][j] += other.m_counts[i][j];
        }
    }
}

double
ConfusionMatrix::Count(FailureClass truth, FailureClass predicted) const
{
    return m_counts[Index(truth)][Index(predicted)];
}

double
ConfusionMatrix::Total() const
{
    double total = 0;
    for (const auto& row : m_counts)
    {
        total = std::accumulate(row.begin(), row.end(), total);
    }
    return total;
}

double
ConfusionMatrix::Support(FailureClass c) const
{
    const auto& row = m_counts[Index(c)];
    return std::accumulate(row.begin(), row.end(), 0.0);
}

double
ConfusionMatrix::Predicted(FailureClass c) const
{
    double sum = 0;
    for (const auto& row : m_counts)
    {
        sum += row[Index(c)];
    }
    return sum;
}

std::optional<double>
ConfusionMatrix::Precision(FailureClass c) const
{
    const double predicted = Predicted(c);
    return predicted == 0 ? std::nullopt : std::optional(Count(c, c) / predicted);
}

std::optional<double>
ConfusionMatrix::Recall(FailureClass c) const
{
    const double support = Support(c);
    return support == 0 ? std::nullopt : std::optional(Count(c, c) / support);
}

std::optional<double>
ConfusionMatrix::F1(FailureClass c) const
{
    const double support = Support(c);
    // TP + FP + TP + FN
    const double both = Predicted(c) + support;
    return support == 0 ? std::nullopt : std::optional(2 * Count(c, c) / both);
}

double
ConfusionMatrix::MacroF1() const
{
    double sum = 0;
    std::size_t classes = 0;
    for (std::size_t i = 0; i < CLASS_COUNT; ++i)
    {
        if (const auto f1 = F1(static_cast<FailureClass>(i)))
        {
            sum += *f1;
            ++classes;
        }
    }
    return classes == 0 ? 0.0 : sum / static_cast<double>(classes);
}

double
ConfusionMatrix::Accuracy() const
{
    double right = 0;
    for (std::size_t i = 0; i < CLASS_COUNT; ++i)
    {
        right += m_counts[i][i];
    }
    const double total = Total();
    return total == 0 ? 0.0 : right / total;
}

std::vector<uint32_t>
AssignEpisodes(const std::vector<LabelledWindow>& windows, const EpisodeRules& rules)
{
    const auto stretchOf = [](const LabelledWindow& w) {
        return std::make_tuple(w.run, w.target, w.label);
    };
    std::vector<uint32_t> order(windows.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
        return std::make_tuple(stretchOf(windows[a]), windows[a].time) <
               std::make_tuple(stretchOf(windows[b]), windows[b].time);
    });

    std::vector<uint32_t> episodes(windows.size());
    const LabelledWindow* first = nullptr; // of the episode
    const LabelledWindow* previous = nullptr;
    uint32_t episode = 0;
    for (const uint32_t index : order)
    {
        const LabelledWindow& window = windows[index];
        const bool healthy = window.label == FailureClass::HEALTHY;
        const bool thinned = window.weight > 1;
        const auto pause = !healthy  ? rules.mergeGap
                           : thinned ? rules.healthyLength
                                     : rules.tick + rules.tick / 2;
        if (previous != nullptr &&
            (stretchOf(*previous) != stretchOf(window) || window.time - previous->time > pause ||
             (healthy && window.time - first->time >= rules.healthyLength)))
        {
            ++episode;
            first = nullptr;
        }
        first = first == nullptr ? &window : first;
        previous = &window;
        episodes[index] = episode;
    }
    return episodes;
}

Evaluation
Evaluate(const std::vector<LabelledWindow>& windows,
         const std::vector<FailureClass>& predicted,
         const EvaluationOptions& options)
{
    if (windows.size() != predicted.size())
    {
        throw std::invalid_argument("expected one prediction a window");
    }
    const std::vector<uint32_t> episodes = AssignEpisodes(windows, options.episodes);
    Evaluation evaluation;
    evaluation.options = options;
    evaluation.all = EvaluatePart(windows, predicted, episodes, options, [](const auto& window) {
        return window.IsScored();
    });
    evaluation.identifiable =
        EvaluatePart(windows, predicted, episodes, options, [](const auto& window) {
            return window.IsScored() && window.identifiable;
        });
    if (evaluation.all.windows.confusion.Total() == 0)
    {
        throw std::invalid_argument(
            "no window to score: expected labelled windows outside of grace periods");
    }
    std::vector<uint32_t> runs;
    for (const LabelledWindow& window : windows)
    {
        if (window.IsScored() && (runs.empty() || runs.back() != window.run))
        {
            runs.push_back(window.run);
        }
    }
    std::sort(runs.begin(), runs.end());
    evaluation.runs =
        static_cast<std::size_t>(std::unique(runs.begin(), runs.end()) - runs.begin());
    return evaluation;
}

Evaluation
EvaluateOracle(const std::vector<LabelledWindow>& windows, const EvaluationOptions& options)
{
    std::vector<FailureClass> said;
    said.reserve(windows.size());
    for (const LabelledWindow& window : windows)
    {
        said.push_back(window.oracle);
    }
    return Evaluate(windows, said, options);
}

FailureClass
MostProbable(const Scores& scores)
{
    const auto& p = scores.probability;
    return static_cast<FailureClass>(std::max_element(p.begin(), p.end()) - p.begin());
}

} // namespace ns3::neural
