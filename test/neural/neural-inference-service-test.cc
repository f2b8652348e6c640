#include "fake-model.h"
#include "host/simulation-test.h"

#include "ns3/neural-inference-service.h"

#include <memory>
#include <utility>
#include <vector>

namespace ns3
{

/** A service with windows of two rows and a delay of 2 ms. */
class NeuralInferenceServiceTest : public SimulationTest
{
  protected:
    /** Notes what it gets and when. */
    class Client : public NeuralInferenceClient
    {
      public:
        void OnScores(const Request& request, const neural::Scores& scores) override
        {
            results.emplace_back(Simulator::Now(), request.target);
            levels.push_back(scores.probability[2]);
            if (then)
            {
                then();
            }
        }

        std::vector<std::pair<Time, uint32_t>> results;
        std::vector<float> levels;
        std::function<void()> then;
    };

    void SetUp() override
    {
        SimulationTest::SetUp();
        m_service = CreateObject<NeuralInferenceService>();
        m_service->SetModel(std::make_unique<neural::FakeModel>(2, m_record));
    }

    void TearDown() override
    {
        m_service->Dispose();
        SimulationTest::TearDown();
    }

    void Submit(Client& client, uint32_t target, float silence = 0)
    {
        NeuralInferenceClient::Request request;
        request.target = target;
        float* window = m_service->Submit(client, request);
        std::fill(window, window + 2 * neural::FEATURE_COUNT, 0.0F);
        window[neural::FEATURE_COUNT + neural::TIME_SINCE_LAST] = silence;
    }

    using Batches = std::vector<std::pair<Time, std::size_t>>;
    using Results = std::vector<std::pair<Time, uint32_t>>;

    neural::FakeModel::Record m_record;
    Ptr<NeuralInferenceService> m_service;
    Client m_a;
    Client m_b;
};

TEST_F(NeuralInferenceServiceTest, ScoresAllWindowsOfAMomentInOnePass)
{
    At(MilliSeconds(100), [this]() {
        Submit(m_a, 2, 0.1F);
        Submit(m_b, 1, 0.2F);
        Submit(m_a, 3, 0.3F);
    });
    RunUntil(Seconds(1));
    EXPECT_EQ(m_record.batches, (Batches{{MilliSeconds(102), 3}}));
    EXPECT_EQ(m_a.results, (Results{{MilliSeconds(102), 2}, {MilliSeconds(102), 3}}));
    EXPECT_EQ(m_b.results, (Results{{MilliSeconds(102), 1}}));
    EXPECT_FLOAT_EQ(m_a.levels[0], 0.25F);
    EXPECT_FLOAT_EQ(m_b.levels[0], 0.5F);
    EXPECT_FLOAT_EQ(m_a.levels[1], 0.75F);
}

TEST_F(NeuralInferenceServiceTest, DeliversEachResultAfterItsOwnDelay)
{
    At(MicroSeconds(1000), [this]() { Submit(m_a, 2, 0.1F); });
    At(MicroSeconds(1700), [this]() { Submit(m_b, 3, 0.2F); });
    At(MicroSeconds(2900), [this]() { Submit(m_a, 4, 0.3F); });
    At(MicroSeconds(3300), [this]() { Submit(m_b, 5, 0.4F); }); // too late for the first pass
    RunUntil(Seconds(1));
    EXPECT_EQ(m_record.batches, (Batches{{MicroSeconds(3000), 3}, {MicroSeconds(5300), 1}}));
    EXPECT_EQ(m_a.results, (Results{{MicroSeconds(3000), 2}, {MicroSeconds(4900), 4}}));
    EXPECT_EQ(m_b.results, (Results{{MicroSeconds(3700), 3}, {MicroSeconds(5300), 5}}));
    EXPECT_FLOAT_EQ(m_a.levels[1], 0.75F);
    EXPECT_FLOAT_EQ(m_b.levels[1], 1.0F);
}

TEST_F(NeuralInferenceServiceTest, TakesAWindowWhileItDeliversAResult)
{
    uint32_t rounds = 0;
    m_a.then = [&]() {
        if (++rounds < 1000)
        {
            Submit(m_a, rounds);
            Submit(m_b, rounds);
        }
    };
    Submit(m_a, 0);
    RunUntil(Seconds(10));
    EXPECT_EQ(m_a.results.size(), 1000U);
    EXPECT_EQ(m_b.results.size(), 999U);
    EXPECT_EQ(m_a.results.back(), (std::pair<Time, uint32_t>{MilliSeconds(2000), 999}));
}

TEST_F(NeuralInferenceServiceTest, TellsNothingToAClientThatIsForgotten)
{
    At(MilliSeconds(1), [this]() {
        Submit(m_a, 2);
        Submit(m_b, 3);
    });
    At(MilliSeconds(2), [this]() { m_service->Forget(m_a); });
    RunUntil(Seconds(1));
    EXPECT_TRUE(m_a.results.empty());
    EXPECT_EQ(m_b.results.size(), 1U);
}

TEST_F(NeuralInferenceServiceTest, WorksWithoutDelay)
{
    m_service->SetAttribute("InferenceDelay", TimeValue(Time(0)));
    At(MilliSeconds(5), [this]() {
        Submit(m_a, 2);
        Submit(m_b, 3);
    });
    RunUntil(Seconds(1));
    EXPECT_EQ(m_record.batches, (Batches{{MilliSeconds(5), 2}}));
    EXPECT_EQ(m_a.results, (Results{{MilliSeconds(5), 2}}));
}

} // namespace ns3
