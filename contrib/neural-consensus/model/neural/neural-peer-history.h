#ifndef NEURAL_PEER_HISTORY_H
#define NEURAL_PEER_HISTORY_H

#include "ns3/heartbeat-order.h"
#include "ns3/peer-arrival.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace ns3::neural
{

/** Spans of time that the features look back on. */
struct FeatureSettings
{
    detection::Nanos interval{std::chrono::milliseconds(100)}; //!< agreed heartbeat period, above 0
    detection::Nanos horizon{std::chrono::seconds(1)};         //!< H, at least one interval
    detection::Nanos baseHorizon{std::chrono::seconds(10)};    //!< for minima, at least `horizon`
};

/**
 * What one observer remembers of the messages from and to one peer, in constant memory: the latest
 * arrivals, the latest own heartbeats, and the smallest latencies of a longer time.
 */
class PeerHistory
{
  public:
    using Nanos = detection::Nanos;

    /** What a message that arrived is. */
    enum class Kind : uint8_t
    {
        HEARTBEAT, //!< newer than all before
        LATE,      //!< overtaken by a newer heartbeat
        DUPLICATE, //!< of a heartbeat
        REPLY      //!< to an own heartbeat
    };

    /** A message that arrived. */
    struct Arrival
    {
        Nanos at{};             //!< observer's clock
        int64_t offset{0};      //!< `at` - sending on the peer's clock, ns
        Nanos roundTrip{};      //!< of a reply
        uint64_t sequence{0};   //!< of a heartbeat
        uint32_t life{0};       //!< of the peer's process
        Kind kind{Kind::REPLY}; //!< what it is
    };

    /** The smallest values of the base horizon. */
    struct Minima
    {
        int64_t offset{0}; //!< smallest Arrival::offset; 0 without any
        Nanos roundTrip{}; //!< smallest round trip; 0 without any
    };

    /** Own heartbeats of some age. */
    struct Answers
    {
        std::size_t sent{0};     //!< how many
        std::size_t answered{0}; //!< how many of them were answered
    };

    /** @throws std::invalid_argument where a span is out of its range */
    explicit PeerHistory(const FeatureSettings& settings);

    /** Forgets everything; time begins now. */
    void Start(Nanos now);

    /** Remembers a message. @return what it is */
    Kind Add(const detection::PeerArrival& message);

    /** Remembers an own heartbeat. */
    void AddSent(uint64_t sequence, Nanos now);

    /** @return how many of the latest arrivals came after `moment` */
    std::size_t CountSince(Nanos moment) const;

    /** @param i below CountSince(); 0 is the latest */
    const Arrival& FromNewest(std::size_t i) const;

    /**
     * @param count from CountSince(): looks at the `count` latest arrivals
     * @return the share of heartbeats that are missing among them, going by the sequence numbers
     *         since the last heartbeat before them; 0 if there is none among them
     */
    double MissingShare(std::size_t count) const;

    /** @return own heartbeats sent in (from, to] */
    Answers CountAnswers(Nanos from, Nanos to) const;

    /** @return the smallest values of the base horizon before `now` */
    Minima FindMinima(Nanos now) const;

  private:
    static constexpr std::size_t BUCKETS = 20; //!< pieces of the base horizon

    /** An own heartbeat. */
    struct Sent
    {
        uint64_t sequence{0}; //!< its number; 0 for none
        Nanos at{};           //!< when it left
        bool answered{false}; //!< whether a reply arrived
    };

    /** The smallest values of one piece of the base horizon. */
    struct Bucket
    {
        int64_t piece{-1};    //!< which piece of time
        int64_t offset{0};    //!< smallest Arrival::offset
        Nanos roundTrip{};    //!< smallest round trip
        bool anyReply{false}; //!< whether `roundTrip` is valid
    };

    Kind Classify(const detection::PeerArrival& heartbeat);
    std::size_t Stored() const;
    void Append(const Arrival& arrival);
    void UpdateMinima(const Arrival& arrival);

    Nanos m_bucketLength;                    //!< of one piece of the base horizon
    Nanos m_start{};                         //!< beginning of time
    std::vector<Arrival> m_arrivals;         //!< ring, by count modulo size
    uint64_t m_arrivalCount{0};              //!< arrivals since the start
    uint64_t m_forgotten{0};                 //!< last heartbeat overwritten in this life
    std::vector<Sent> m_sent;                //!< ring, by sequence modulo size
    std::array<Bucket, BUCKETS> m_buckets{}; //!< ring, by piece modulo size
    detection::HeartbeatOrder m_order;       //!< sorts out latecomers
    uint32_t m_life{0};                      //!< counts restarts of the peer
};

} // namespace ns3::neural

#endif /* NEURAL_PEER_HISTORY_H */
