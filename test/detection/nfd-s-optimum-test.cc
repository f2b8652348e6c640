// NFD-S against its closed form, and the closed form against cases that can be done by hand.
#include "recorded-heartbeats.h"

#include "ns3/nfd-s-optimum.h"

#include <cmath>
#include <gtest/gtest.h>
#include <stdexcept>

namespace ns3::detection
{

namespace
{

constexpr double ETA = 0.1; //!< period, s

/** A way to lose and delay heartbeats, and a margin. */
struct Case
{
    double alphaMs;
    double loss;
    double medianMs;
    double sigma;
};

/** Means over batches of a long run, and half of their 99.9 % confidence interval. */
class BatchMeans
{
  public:
    void Add(double value)
    {
        m_values.push_back(value);
    }

    double Mean() const
    {
        double sum = 0;
        for (double value : m_values)
        {
            sum += value;
        }
        return sum / static_cast<double>(m_values.size());
    }

    double HalfWidth() const
    {
        constexpr double STUDENT = 3.558; // 99.9 %, two-sided, 39 degrees of freedom
        double squares = 0;
        for (double value : m_values)
        {
            squares += (value - Mean()) * (value - Mean());
        }
        const auto n = static_cast<double>(m_values.size());
        return STUDENT * std::sqrt(squares / (n - 1) / n);
    }

  private:
    std::vector<double> m_values;
};

constexpr int BATCHES = 40;

/** One long run of NFD-S, cut into batches. */
struct Simulated
{
    BatchMeans recurrence; //!< E[T_MR], s
    BatchMeans duration;   //!< E[T_M], s
    BatchMeans accuracy;   //!< P_A
};

Simulated
Simulate(const Case& each, uint64_t seed, std::size_t heartbeatsPerBatch)
{
    std::mt19937_64 random(seed);
    std::lognormal_distribution<double> delay(std::log(each.medianMs), each.sigma);
    std::bernoulli_distribution lost(each.loss);
    Recording recording;
    const std::size_t count = BATCHES * heartbeatsPerBatch + 100;
    for (std::size_t i = 0; i < count; ++i)
    {
        const Nanos sent = Ms(100 * static_cast<double>(i));
        const Nanos arrived = sent + Ms(delay(random));
        recording.push_back({i, sent, lost(random) ? std::nullopt : std::optional(arrived)});
    }

    Simulated simulated;
    QosStatistics qos;
    MistakeMeter meter;
    bool suspected = false;
    int batch = 0;
    const auto bound = [&](int number) {
        // Freshness points, so that every batch holds whole intervals of the theory.
        return Ms(each.alphaMs + 100.0 * (10 + static_cast<double>(number * heartbeatsPerBatch)));
    };
    const auto cutBefore = [&](Nanos time) {
        for (; batch <= BATCHES && bound(batch) <= time; ++batch)
        {
            if (batch > 0)
            {
                meter.End(bound(batch), qos);
                simulated.recurrence.Add(qos.recurrences.MeanSeconds().value_or(0));
                simulated.duration.Add(qos.mistakes.MeanSeconds().value_or(0));
                simulated.accuracy.Add(*qos.QueryAccuracy());
                qos = {};
            }
            meter.Begin(bound(batch), suspected);
        }
    };
    const auto alpha = std::to_string(each.alphaMs) + "ms";
    DetectorReplay replay(MakeFailureDetector("chen-nfd-s", {{"alpha", alpha}}),
                          [&](Nanos time, bool now, double) {
                              cutBefore(time);
                              meter.Change(time, now, qos);
                              suspected = now;
                          });
    for (std::size_t i : ArrivalOrder(recording))
    {
        replay.OnArrival(ToArrival(recording[i]));
    }
    cutBefore(recording.back().sent);
    return simulated;
}

NfdSOptimum
Analyse(const Case& each)
{
    return AnalyseNfdS(Ms(ETA * 1e3), Ms(each.alphaMs), each.loss, [&](double x) {
        return LogNormalTail(x, each.medianMs / 1e3, each.sigma);
    });
}

} // namespace

TEST(NfdSOptimum, IsWhatSimulatedNfdSMeetsUnderIndependentDelayAndLoss)
{
    // Losses; delays within a period; delays that overtake; a margin below and above a period, and
    // of several periods; none at all.
    const Case cases[] = {{50, 0.01, 20, 0.3},
                          {50, 0.05, 20, 0.8},
                          {130, 0.10, 30, 1.0},
                          {100, 0.02, 60, 0.5},
                          {0, 0.05, 15, 0.7},
                          {250, 0.30, 80, 1.0}};
    uint64_t seed = 20;
    for (const Case& each : cases)
    {
        const NfdSOptimum theory = Analyse(each);
        // A batch holds some 250 mistakes.
        const auto heartbeats = static_cast<std::size_t>(250 * theory.recurrenceSeconds / ETA);
        const Simulated simulated = Simulate(each, ++seed, heartbeats);
        SCOPED_TRACE(testing::Message()
                     << "alpha " << each.alphaMs << " ms, loss " << each.loss << ", median "
                     << each.medianMs << " ms, sigma " << each.sigma << ", " << heartbeats);

        EXPECT_NEAR(simulated.recurrence.Mean(),
                    theory.recurrenceSeconds,
                    simulated.recurrence.HalfWidth());
        EXPECT_NEAR(simulated.duration.Mean(),
                    theory.durationSeconds,
                    simulated.duration.HalfWidth());
        EXPECT_NEAR(simulated.accuracy.Mean(),
                    theory.queryAccuracy,
                    simulated.accuracy.HalfWidth());
        // The intervals are narrow enough to tell.
        EXPECT_LT(simulated.recurrence.HalfWidth(), 0.06 * theory.recurrenceSeconds);
        EXPECT_LT(simulated.duration.HalfWidth(), 0.06 * theory.durationSeconds);
        EXPECT_LT(simulated.accuracy.HalfWidth(), 0.06 * (1 - theory.queryAccuracy));
    }
}

TEST(NfdSOptimum, WithConstantDelayFollowsFromTheLossAlone)
{
    // Heartbeats arrive 20 ms after their sending, 30 ms before their freshness point. One that is
    // lost is a mistake from its freshness point on, until 70 ms later where the next one arrives.
    const double loss = 0.1;
    const NfdSOptimum optimum =
        AnalyseNfdS(Ms(100), Ms(50), loss, [](double x) { return x < 0.02 ? 1.0 : 0.0; });
    EXPECT_NEAR(optimum.recurrenceSeconds, 0.1 / ((1 - loss) * loss), 1e-9);
    EXPECT_NEAR(optimum.queryAccuracy, 1 - (0.07 * loss + 0.03 * loss * loss) / 0.1, 1e-6);
    EXPECT_NEAR(optimum.durationSeconds,
                (0.07 * loss + 0.03 * loss * loss) / ((1 - loss) * loss),
                1e-6);
    EXPECT_DOUBLE_EQ(optimum.longestDetectionSeconds, 0.15);
}

TEST(NfdSOptimum, IntegratesExponentialDelaysToTheirClosedForm)
{
    // alpha = 0, no loss: u(x) = exp(-x / m), and the heartbeat before came with 1 - exp(-eta / m).
    const double m = 0.03;
    const NfdSOptimum optimum =
        AnalyseNfdS(Ms(100), Ms(0), 0, [&](double x) { return x > 0 ? std::exp(-x / m) : 1; });
    const double arrived = 1 - std::exp(-0.1 / m);
    EXPECT_NEAR(optimum.queryAccuracy, 1 - m * arrived / 0.1, 1e-10);
    EXPECT_NEAR(optimum.recurrenceSeconds, 0.1 / arrived, 1e-10);
    EXPECT_NEAR(optimum.durationSeconds, m, 1e-10);
}

TEST(NfdSOptimum, MakesNoMistakesWhereNothingIsLostOrLate)
{
    const NfdSOptimum optimum =
        AnalyseNfdS(Ms(100), Ms(50), 0, [](double x) { return x < 0.02 ? 1.0 : 0.0; });
    EXPECT_EQ(optimum.MistakesPerHour(), 0);
    EXPECT_EQ(optimum.durationSeconds, 0);
    EXPECT_EQ(optimum.queryAccuracy, 1);
}

TEST(NfdSOptimum, ImprovesWithTheMargin)
{
    double last = 1e9;
    for (double alpha = 0; alpha <= 500; alpha += 10)
    {
        const NfdSOptimum optimum = Analyse({alpha, 0.05, 30, 0.8});
        EXPECT_LT(1 - optimum.queryAccuracy, last) << alpha;
        last = 1 - optimum.queryAccuracy;
    }
}

TEST(NfdSOptimum, RefusesWhatIsOutOfRange)
{
    const auto tail = [](double) { return 0.0; };
    EXPECT_THROW(AnalyseNfdS(Ms(0), Ms(1), 0, tail), std::invalid_argument);
    EXPECT_THROW(AnalyseNfdS(Ms(1), Ms(-1), 0, tail), std::invalid_argument);
    EXPECT_THROW(AnalyseNfdS(Ms(1), Ms(1), 1, tail), std::invalid_argument);
    EXPECT_THROW(AnalyseNfdS(Ms(1), Ms(1), -0.1, tail), std::invalid_argument);
}

TEST(LogNormalTail, HasItsQuantilesWhereTablesHaveThem)
{
    EXPECT_DOUBLE_EQ(LogNormalTail(0.02, 0.02, 0.5), 0.5);
    EXPECT_NEAR(LogNormalTail(0.02 * std::exp(0.5 * 1.6448536269514722), 0.02, 0.5), 0.05, 1e-12);
    EXPECT_NEAR(LogNormalTail(0.02 * std::exp(-0.5 * 2.3263478740408408), 0.02, 0.5), 0.99, 1e-12);
    EXPECT_EQ(LogNormalTail(0, 0.02, 0.5), 1);
    EXPECT_EQ(LogNormalTail(-1, 0.02, 0.5), 1);
}

} // namespace ns3::detection
