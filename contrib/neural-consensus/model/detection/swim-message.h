#ifndef SWIM_MESSAGE_H
#define SWIM_MESSAGE_H

#include <cstdint>
#include <vector>

namespace ns3::detection
{

/** What is believed of a member. The numbers are those of the wire and of the level in traces. */
enum class SwimStatus : uint8_t
{
    ALIVE = 0,   //!< answers, or refuted what was said of it
    SUSPECT = 1, //!< did not answer a probe; has a suspicion timeout to refute
    DEAD = 2     //!< declared faulty; only a higher incarnation brings it back
};

/** What members tell each other about a member: SWIM's membership update. */
struct SwimStatement
{
    SwimStatus status{SwimStatus::ALIVE}; //!< what is said
    uint32_t member{0};                   //!< of whom
    uint32_t incarnation{0};              //!< of which of its incarnations
    uint32_t from{0};                     //!< who said so first: tells independent suspicions apart

    bool operator==(const SwimStatement& other) const
    {
        return status == other.status && member == other.member &&
               incarnation == other.incarnation && from == other.from;
    }
};

/** A message between two members, with what it carries along. */
struct SwimMessage
{
    /** Type of message, as on the wire. */
    enum class Type : uint8_t
    {
        PING = 1,     //!< asks the receiver, who is the subject, for an ACK
        PING_REQ = 2, //!< asks the receiver to ping the subject
        ACK = 3,      //!< the subject answered a ping: the sender itself, or who it was asked about
        NACK = 4      //!< the subject has not answered the sender so far; the sender is there
    };

    Type type{Type::PING};                 //!< what is asked or answered
    uint32_t sender{0};                    //!< who sends it
    uint32_t sequence{0};                  //!< the asker's number; an answer repeats it
    uint32_t subject{0};                   //!< whom it is about
    std::vector<SwimStatement> statements; //!< carried along, most urgent first

    bool operator==(const SwimMessage& other) const
    {
        return type == other.type && sender == other.sender && sequence == other.sequence &&
               subject == other.subject && statements == other.statements;
    }
};

} // namespace ns3::detection

#endif /* SWIM_MESSAGE_H */
