#ifndef CONSENSUS_SCENARIO_STREAMS_H
#define CONSENSUS_SCENARIO_STREAMS_H

#include <cstdint>

/**
 * @file
 * First random streams of the parts of a scenario. Each part of the world draws from streams of its
 * own, so that a change in one leaves the others as they were.
 */
namespace ns3
{

constexpr int64_t NETWORK_STREAMS = 0;             //!< delays and losses
constexpr int64_t PROTOCOL_STREAMS = 100000000;    //!< Raft servers
constexpr int64_t LOAD_STREAMS = 200000000;        //!< clients
constexpr int64_t OBSERVATION_STREAMS = 300000000; //!< heartbeats
constexpr int64_t SWIM_STREAMS = 380000000;        //!< SWIM: phases, orders and helpers
constexpr int64_t RING_STREAM = 390000000;         //!< who watches whom
constexpr int64_t NODE_STREAM = 390000001;         //!< how nodes differ
constexpr int64_t PLAN_STREAM = 400000000;         //!< random faults: which and when
constexpr int64_t FAULT_STREAMS = 400000001;       //!< what faults do

} // namespace ns3

#endif /* CONSENSUS_SCENARIO_STREAMS_H */
