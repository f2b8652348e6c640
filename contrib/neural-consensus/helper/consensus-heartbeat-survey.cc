#include "consensus-heartbeat-survey.h"

#include "consensus-row-writer.h"

#include "ns3/failure-detector.h"
#include "ns3/pass-median.h"

#include <algorithm>

namespace ns3
{

using detection::Nanos;

namespace
{

/** 63 years: as far as two clocks may be apart. */
constexpr Nanos LONGEST_DELAY = std::chrono::seconds(2000000000);

/** A year: the longest that a detector takes. */
constexpr Nanos LONGEST_PERIOD = std::chrono::hours(24 * 365);

/** Rows between two reports of progress. */
constexpr uint64_t REPORT_ROWS = 1U << 14;

std::string
ToText(Nanos time)
{
    return FormatFileTime(NanoSeconds(time.count()));
}

/** What the rows of one pair have told so far. */
struct PairState
{
    bool any{false};              //!< whether there was a row
    bool arrivedAny{false};       //!< whether one arrived
    uint64_t sequence{0};         //!< of the last row
    Nanos sent{};                 //!< of the last row
    detection::PassMedian median; //!< of the times between
};

class Surveyor
{
  public:
    Surveyor(const std::string& path, const ReadingProgress& progress)
        : m_path(path),
          m_progress(progress)
    {
    }

    HeartbeatSurvey Survey()
    {
        ReadOnce(true);
        while (EndPass())
        {
            ReadOnce(false);
        }
        for (std::size_t i = 0; i < m_states.size(); ++i)
        {
            const Nanos median = m_states[i].median.Median();
            m_survey.pairs[i].period = median > Nanos(0) ? std::min(median, LONGEST_PERIOD)
                                                         : detection::DEFAULT_HEARTBEAT_PERIOD;
        }
        return m_survey;
    }

  private:
    void ReadOnce(bool first)
    {
        HeartbeatReader reader(m_path);
        HeartbeatPairs indices;
        RecordedHeartbeat beat;
        for (uint64_t row = 0; reader.Next(beat); ++row)
        {
            const std::size_t index = indices.IndexOf(beat);
            if (index == m_states.size())
            {
                m_states.emplace_back();
                m_survey.pairs.push_back({beat.observer, beat.target, {}, {}});
            }
            PairState& state = m_states[index];
            if (first)
            {
                Check(beat, state, reader.Lines());
                Learn(beat, state, m_survey.pairs[index]);
            }
            if (state.any && beat.sequence > state.sequence)
            {
                state.median.Add(beat.sent - state.sent);
            }
            state.any = true;
            state.sequence = beat.sequence;
            state.sent = beat.sent;
            if (m_progress && row % REPORT_ROWS == 0)
            {
                m_progress(reader.Lines().Position(), reader.Lines().Size());
            }
        }
        m_survey.hasPairs = reader.HasPairs();
    }

    /** @return whether some median needs another pass */
    bool EndPass()
    {
        bool again = false;
        for (PairState& state : m_states)
        {
            state.any = false;
            again = state.median.EndPass() || again;
        }
        return again;
    }

    static void Check(const RecordedHeartbeat& beat,
                      const PairState& state,
                      const LineReader& lines)
    {
        if (beat.arrived && std::chrono::abs(*beat.arrived - beat.sent) > LONGEST_DELAY)
        {
            lines.Refuse("arrived_s is " + ToText(*beat.arrived) + " and sent_s " +
                             ToText(beat.sent),
                         "clocks that are at most 2000000000 s apart");
        }
        if (!state.any)
        {
            return;
        }
        if (beat.sent < state.sent)
        {
            lines.Refuse("sent_s is " + ToText(beat.sent) + " after " + ToText(state.sent) +
                             " in an earlier row of the same pair",
                         "rows in the order of their sending");
        }
        // A lower number that is sent later is a restart's, which may have withheld its first ones.
        if (beat.sequence <= state.sequence && beat.sent == state.sent)
        {
            lines.Refuse("seq is " + std::to_string(beat.sequence) + " after " +
                             std::to_string(state.sequence) + " of the same pair",
                         "a higher number, or a later sent_s where the sender restarted");
        }
    }

    void Learn(const RecordedHeartbeat& beat, PairState& state, HeartbeatSurvey::Pair& pair)
    {
        m_latest = m_survey.heartbeats > 0 ? std::max(m_latest, beat.sent) : beat.sent;
        m_survey.disorder = std::max(m_survey.disorder, m_latest - beat.sent);
        ++m_survey.heartbeats;
        if (beat.arrived)
        {
            const Nanos delay = *beat.arrived - beat.sent;
            pair.least = state.arrivedAny ? std::min(pair.least, delay) : delay;
            m_survey.least = m_arrivedAny ? std::min(m_survey.least, delay) : delay;
            state.arrivedAny = true;
            m_arrivedAny = true;
        }
    }

    const std::string& m_path;
    const ReadingProgress& m_progress;
    HeartbeatSurvey m_survey;
    std::vector<PairState> m_states; //!< by pair
    bool m_arrivedAny{false};        //!< whether any heartbeat arrived
    Nanos m_latest{};                //!< latest sending so far
};

} // namespace

std::size_t
HeartbeatPairs::IndexOf(const RecordedHeartbeat& heartbeat)
{
    const uint64_t key = uint64_t{heartbeat.observer} << 32 | heartbeat.target;
    if (m_indices.empty() || key != m_lastKey)
    {
        m_lastIndex = m_indices.try_emplace(key, m_indices.size()).first->second;
        m_lastKey = key;
    }
    return m_lastIndex;
}

std::size_t
HeartbeatPairs::Size() const
{
    return m_indices.size();
}

HeartbeatSurvey
SurveyHeartbeats(const std::string& path, const ReadingProgress& progress)
{
    return Surveyor(path, progress).Survey();
}

} // namespace ns3
