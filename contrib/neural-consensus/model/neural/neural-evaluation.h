#ifndef NEURAL_EVALUATION_H
#define NEURAL_EVALUATION_H

#include "neural-dataset.h"
#include "neural-types.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

/**
 * @file
 * Scores of a classifier, by window and by episode, as doc/evaluation.md defines them.
 */
namespace ns3::neural
{

/** Counts of (true class, predicted class), and what follows from them. Whole numbers unless
 * windows have weights. */
class ConfusionMatrix
{
  public:
    /**
     * @param truth true class
     * @param predicted predicted class
     * @param weight how many it counts for, above 0
     */
    void Add(FailureClass truth, FailureClass predicted, double weight = 1);
    void Add(const ConfusionMatrix& other);

    double Count(FailureClass truth, FailureClass predicted) const;
    double Total() const;

    /** @return how many truly belong to the class. */
    double Support(FailureClass c) const;

    /** @return share of the predictions of the class that are right; nothing where there is none.
     */
    std::optional<double> Precision(FailureClass c) const;

    /** @return share of the class that is found; nothing where it does not occur. */
    std::optional<double> Recall(FailureClass c) const;

    /** @return 2 TP / (2 TP + FP + FN); nothing where the class does not occur. */
    std::optional<double> F1(FailureClass c) const;

    /** @return mean F1 over the classes that occur; 0 where there is nothing at all. */
    double MacroF1() const;

    /** @return share that is right; 0 where there is nothing at all. */
    double Accuracy() const;

  private:
    double Predicted(FailureClass c) const;

    std::array<std::array<double, CLASS_COUNT>, CLASS_COUNT> m_counts{};
};

/** How stretches of labels become episodes. */
struct EpisodeRules
{
    std::chrono::nanoseconds tick{100'000'000};             //!< between windows of a pair
    std::chrono::nanoseconds healthyLength{60'000'000'000}; //!< healthy stretches are cut here
    std::chrono::nanoseconds mergeGap{5'000'000'000};       //!< see AssignEpisodes()
};

/**
 * Groups windows into episodes. All windows of one run, target and class are one stretch, whoever
 * observed them, until they pause: for more than 1.5 ticks where the class is healthy, and for more
 * than `mergeGap` elsewhere, so that a fault that flickers is one episode, not many. Healthy
 * stretches are cut every `healthyLength`; thinned ones (of windows with a weight above 1) do not
 * end where a piece was left out.
 * @param windows in any order
 * @param rules of grouping
 * @return for each window the number of its episode, from 0 without gaps
 */
std::vector<uint32_t> AssignEpisodes(const std::vector<LabelledWindow>& windows,
                                     const EpisodeRules& rules);

/** Bounds of a 95 % confidence interval. */
struct Interval
{
    double low{0};
    double high{0};
};

/** Scores by window or by episode. */
struct Scoring
{
    ConfusionMatrix confusion;
    std::optional<Interval>
        macroF1; //!< bootstrap over runs; nothing where there are fewer than two
};

/** Scores on one choice of windows. */
struct EvaluationPart
{
    Scoring windows;
    Scoring episodes; //!< the prediction of an episode is the majority of its windows
};

struct EvaluationOptions
{
    EpisodeRules episodes;
    std::size_t thinBelow{100};   //!< episodes of a class, below which its scores are thin
    std::size_t replicates{1000}; //!< of the bootstrap
    uint64_t seed{1};             //!< of the bootstrap
};

struct Evaluation
{
    EvaluationOptions options;
    std::size_t runs{0};         //!< with any scored window
    EvaluationPart identifiable; //!< the headline
    EvaluationPart all;          //!< windows included whose class nobody could tell
    /** The same of who knows the hidden state, the reference beside it; null where runs have no
     * oracle. */
    std::shared_ptr<const Evaluation> oracle;
};

/**
 * Windows in grace and past the cap of a stretch are left out; each counts by its weight. The
 * prediction of an episode is the
 * class that most of its windows of all observers got; a tie goes to the class of the lower number.
 * @param windows of the dataset, all of them: episodes are formed before any is left out
 * @param predicted class of each window
 * @param options of the evaluation
 * @throws std::invalid_argument where the sizes differ or no window is scored
 */
Evaluation Evaluate(const std::vector<LabelledWindow>& windows,
                    const std::vector<FailureClass>& predicted,
                    const EvaluationOptions& options);

/** Evaluate() of what the oracle of the dataset says. */
Evaluation EvaluateOracle(const std::vector<LabelledWindow>& windows,
                          const EvaluationOptions& options);

/** @return the class of the highest probability; the lower number in a tie. */
FailureClass MostProbable(const Scores& scores);

} // namespace ns3::neural

#endif /* NEURAL_EVALUATION_H */
