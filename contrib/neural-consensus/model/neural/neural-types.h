#ifndef NEURAL_TYPES_H
#define NEURAL_TYPES_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

/**
 * @file
 * Vocabulary of the neural detector: classes, features and scores.
 */
namespace ns3::neural
{

/** What an observer says of a peer. The numbers are the class indices of the network. */
enum class FailureClass : uint8_t
{
    HEALTHY = 0,
    PRE_FAILURE = 1,
    CRASHED = 2,
    BYZANTINE = 3,
    PARTITIONED = 4,
    SLOW = 5
};

constexpr std::size_t CLASS_COUNT = 6;

/** Names as in files: healthy, pre-failure, crashed, byzantine, partitioned, slow. */
const std::array<std::string, CLASS_COUNT>& FailureClassNames();

/**
 * @param name one of FailureClassNames()
 * @throws std::invalid_argument naming the unknown class and the known ones
 */
FailureClass ParseFailureClass(const std::string& name);

constexpr std::size_t FEATURE_COUNT = 16;

/** One observation: the features of one peer at one tick, in the order of FeatureNames(). */
using FeatureRow = std::array<float, FEATURE_COUNT>;

/** Column names in files, in the order of the row. */
const std::array<std::string, FEATURE_COUNT>& FeatureNames();

/** What the network says of one window. */
struct Scores
{
    float anomaly{0};                             //!< reconstruction error, above or equal to 0
    std::array<float, CLASS_COUNT> probability{}; //!< sums to 1
};

} // namespace ns3::neural

#endif /* NEURAL_TYPES_H */
