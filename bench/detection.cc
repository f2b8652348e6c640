// What failure detection costs: time per heartbeat, per level and per row of features.
#include "ns3/failure-detector.h"
#include "ns3/neural-features.h"
#include "ns3/swim-core.h"

#include <benchmark/benchmark.h>
#include <cmath>
#include <memory>
#include <string>

namespace
{

using namespace ns3;
using detection::Nanos;
using detection::PeerArrival;

/** Heartbeats about every 100 ms, without end. */
class Heartbeats
{
  public:
    const PeerArrival& Next()
    {
        ++m_arrival.sequence;
        m_arrival.arrived +=
            Nanos(99000000 + static_cast<int64_t>(m_arrival.sequence % 7) * 300000);
        m_arrival.peerClock = m_arrival.arrived - Nanos(2000000);
        return m_arrival;
    }

  private:
    PeerArrival m_arrival;
};

/** One heartbeat taken, and the deadline asked for, as FailureDetectorBank does. */
void
Heartbeat(benchmark::State& state,
          const std::string& name,
          const detection::DetectorParameters& parameters)
{
    const auto detector = detection::MakeFailureDetector(name, parameters);
    Heartbeats heartbeats;
    for (int i = 0; i < 2000; ++i)
    {
        detector->OnArrival(heartbeats.Next());
    }
    for (auto step : state)
    {
        const PeerArrival& arrival = heartbeats.Next();
        detector->OnArrival(arrival);
        benchmark::DoNotOptimize(detector->Suspects(arrival.arrived));
        benchmark::DoNotOptimize(detector->Deadline());
    }
}

/** The level of suspicion at some moment of silence. */
void
Level(benchmark::State& state, const std::string& name)
{
    const auto detector = detection::MakeFailureDetector(name, {});
    Heartbeats heartbeats;
    Nanos last{};
    for (int i = 0; i < 2000; ++i)
    {
        const PeerArrival& arrival = heartbeats.Next();
        detector->OnArrival(arrival);
        last = arrival.arrived;
    }
    int64_t silence = 0;
    for (auto step : state)
    {
        silence = (silence + 1000000) % 400000000;
        benchmark::DoNotOptimize(detector->Level(last + Nanos(silence)));
    }
}

/** A heartbeat and a reply taken by the features. */
void
FeatureArrivals(benchmark::State& state)
{
    neural::FeatureExtractor features;
    features.Start(Nanos(0));
    Heartbeats heartbeats;
    for (auto step : state)
    {
        PeerArrival arrival = heartbeats.Next();
        features.OnSent(arrival.sequence, arrival.arrived - Nanos(4000000));
        features.OnArrival(arrival);
        arrival.kind = PeerArrival::Kind::REPLY;
        arrival.roundTrip = Nanos(4000000);
        features.OnArrival(arrival);
    }
}

/** One row of features, of a peer that behaves. */
void
FeatureTick(benchmark::State& state)
{
    neural::FeatureExtractor features;
    features.Start(Nanos(0));
    Heartbeats heartbeats;
    Nanos now{};
    for (int i = 0; i < 1000; ++i)
    {
        PeerArrival arrival = heartbeats.Next();
        now = arrival.arrived;
        features.OnArrival(arrival);
        arrival.kind = PeerArrival::Kind::REPLY;
        features.OnSent(arrival.sequence, arrival.arrived - Nanos(4000000));
        features.OnArrival(arrival);
    }
    for (auto step : state)
    {
        benchmark::DoNotOptimize(features.Tick(now, {}));
    }
}

/** One period of a SWIM member among as many others as said: its probe and the ack, and an answer.
 */
void
SwimPeriod(benchmark::State& state)
{
    detection::SwimConfig config;
    config.self = 1;
    for (int64_t id = 2; id <= state.range(0); ++id)
    {
        config.others.push_back(static_cast<uint32_t>(id));
    }
    double draw = 0;
    detection::SwimCore core(
        config,
        [&draw] { return draw = std::fmod(draw + 0.618, 1.0); },
        Nanos(0));
    detection::SwimMessage ack;
    ack.type = detection::SwimMessage::Type::ACK;
    detection::SwimMessage ping;
    ping.sender = 2;
    ping.subject = 1;
    for (auto step : state)
    {
        const Nanos now = core.Deadline();
        const detection::SwimUpdate::Send& probe = core.Tick(now).messages.front();
        ack.sender = ack.subject = probe.to;
        ack.sequence = probe.message.sequence;
        core.Receive(now, ack);
        benchmark::DoNotOptimize(core.Receive(now, ping));
    }
}

/** Every detector with its defaults: a heartbeat, and a query. */
const bool EVERY_DETECTOR = [] {
    for (const std::string& name : detection::FailureDetectorNames())
    {
        benchmark::RegisterBenchmark(("Heartbeat/" + name).c_str(),
                                     Heartbeat,
                                     name,
                                     detection::DetectorParameters{});
        benchmark::RegisterBenchmark(("Level/" + name).c_str(), Level, name);
    }
    return true;
}();

BENCHMARK(FeatureArrivals);
BENCHMARK(FeatureTick);
BENCHMARK(SwimPeriod)->Arg(5)->Arg(100);

} // namespace
