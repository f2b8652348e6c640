#include "raft-linearizability.h"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace ns3::raft
{

namespace
{

using Operation = HistoryOperation;

/** Seconds without needless zeros. */
std::string
Seconds(TimePoint time)
{
    constexpr uint64_t SECOND = 1000000000;
    const bool negative = time.count() < 0;
    const uint64_t nanos = negative ? 0 - static_cast<uint64_t>(time.count()) : time.count();
    std::string text = negative ? "-" : "";
    text += std::to_string(nanos / SECOND);
    if (const uint64_t fraction = nanos % SECOND)
    {
        text += '.' + std::to_string(SECOND + fraction).substr(1);
        text.erase(text.find_last_not_of('0') + 1);
    }
    return text + " s";
}

/** A key or value in quotes, cut where it is long; clients may have put any bytes into it. */
std::string
Quoted(std::string_view text)
{
    constexpr std::size_t LONGEST = 64;
    static const char* const hex = "0123456789abcdef";
    std::string quoted = "\"";
    for (const char c : text.substr(0, LONGEST))
    {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte > 0x7e)
        {
            quoted += {'\\', 'x', hex[byte / 16], hex[byte % 16]};
        }
        else
        {
            quoted += (c == '"' || c == '\\') ? std::string{'\\', c} : std::string{c};
        }
    }
    return quoted + (text.size() > LONGEST ? "\"..." : "\"");
}

/** For example "client 2's get". */
std::string
Who(const Operation& operation)
{
    return "client " + std::to_string(operation.client) + (operation.put ? "'s put" : "'s get");
}

/** For example "client 2's get from 1.5 s to 1.75 s". */
std::string
WhoAndWhen(const Operation& operation)
{
    return Who(operation) + " from " + Seconds(operation.call) +
           (operation.ret ? " to " + Seconds(*operation.ret) : " on, of unknown outcome");
}

/** All operations on one value of one key that say something: Gibbons & Korach's cluster. */
struct Cluster
{
    std::string_view value;
    bool initial{false};             //!< what the key reads as before any put: put at no time
    const Operation* put{nullptr};   //!< null as long as nobody was seen to put the value
    const Operation* read{nullptr};  //!< of all reads, the one that returned first
    const Operation* first{nullptr}; //!< of all operations, the one that returned first
    const Operation* last{nullptr};  //!< of all operations, the one that was called last

    void Add(const Operation& operation)
    {
        const auto returnsEarlier = [&](const Operation* other) {
            return operation.ret && (!other || *operation.ret < *other->ret);
        };
        if (operation.put)
        {
            put = &operation;
        }
        else if (returnsEarlier(read))
        {
            read = &operation;
        }
        if (returnsEarlier(first))
        {
            first = &operation;
        }
        if (!last || last->call < operation.call)
        {
            last = &operation;
        }
    }

    /** The value has been there by then. */
    TimePoint FirstReturn() const
    {
        return initial ? TimePoint::min() : *first->ret;
    }

    /** The value was still there then. */
    TimePoint LastCall() const
    {
        return last->call;
    }

    bool IsForward() const
    {
        return FirstReturn() < LastCall();
    }
};

/** Checks one key after the other and keeps the violation that showed first. */
class Checker
{
  public:
    explicit Checker(const std::vector<Operation>& history)
        : m_history(history)
    {
    }

    LinearizabilityVerdict Run()
    {
        std::map<std::string_view, std::vector<const Operation*>> keys;
        for (const Operation& operation : m_history)
        {
            ++m_verdict.steps;
            if (operation.ret && *operation.ret < operation.call)
            {
                throw std::invalid_argument("key " + Quoted(operation.key) + ": " +
                                            WhoAndWhen(operation) +
                                            ": expected a return not before the call");
            }
            keys[operation.key].push_back(&operation);
        }
        for (const auto& [key, operations] : keys)
        {
            m_key = "key " + Quoted(key) + ": ";
            CheckKey(operations);
        }
        return std::move(m_verdict);
    }

  private:
    void CheckKey(const std::vector<const Operation*>& operations)
    {
        const std::vector<Cluster> clusters = MakeClusters(operations);
        std::vector<const Cluster*> forward;
        std::vector<const Cluster*> backward;
        for (const Cluster& cluster : clusters)
        {
            ++m_verdict.steps;
            // A put that nobody read and nobody heard of again may never have happened.
            if (cluster.read ? IsPutInTime(cluster) : cluster.first != nullptr)
            {
                (cluster.IsForward() ? forward : backward).push_back(&cluster);
            }
        }
        CheckForward(forward);
        CheckBackward(forward, backward);
    }

    /** The initial value's cluster first, the others in order of appearance. */
    std::vector<Cluster> MakeClusters(const std::vector<const Operation*>& operations)
    {
        std::vector<Cluster> clusters(1);
        clusters.front().initial = true;
        std::unordered_map<std::string_view, std::size_t> places{{"", 0}};
        for (const Operation* operation : operations)
        {
            ++m_verdict.steps;
            if (!operation->put && !operation->ret)
            {
                continue;
            }
            const auto [place, fresh] = places.emplace(operation->value, clusters.size());
            if (fresh)
            {
                clusters.emplace_back().value = operation->value;
            }
            Cluster& cluster = clusters[place->second];
            if (operation->put && (cluster.initial || cluster.put))
            {
                throw std::invalid_argument(
                    m_key + WhoAndWhen(*operation) + " writes " + Quoted(operation->value) +
                    (cluster.initial ? ", which a missing key reads as"
                                     : ", and so did " + WhoAndWhen(*cluster.put)) +
                    ": expected unique values");
            }
            cluster.Add(*operation);
        }
        return clusters;
    }

    /** For a value that was read: whether it was put, and not only after the read. */
    bool IsPutInTime(const Cluster& cluster)
    {
        const bool known = cluster.initial || cluster.put;
        if (known && (cluster.initial || cluster.put->call <= *cluster.read->ret))
        {
            return true;
        }
        Report(*cluster.read, [&] {
            return WhoAndWhen(*cluster.read) + " read " + Quoted(cluster.value) +
                   (known ? ", but the put of it came later (" + WhoAndWhen(*cluster.put) + ")"
                          : ", but nobody ever put it");
        });
        return false;
    }

    /** Sorts forward zones by time; any two that overlap have neighbours between them that do. */
    void CheckForward(std::vector<const Cluster*>& forward)
    {
        std::stable_sort(forward.begin(), forward.end(), [&](const auto* a, const auto* b) {
            ++m_verdict.steps;
            return a->FirstReturn() < b->FirstReturn();
        });
        for (std::size_t i = 1; i < forward.size(); ++i)
        {
            ++m_verdict.steps;
            if (forward[i]->FirstReturn() < forward[i - 1]->LastCall())
            {
                ReportOverlap(*forward[i - 1], *forward[i]);
            }
        }
    }

    void CheckBackward(const std::vector<const Cluster*>& forward,
                       const std::vector<const Cluster*>& backward)
    {
        for (const Cluster* cluster : backward)
        {
            // Zones that begin earlier than the last one in question have ended by then, unless
            // they overlap and have been reported.
            const auto after = std::lower_bound(forward.begin(),
                                                forward.end(),
                                                cluster->LastCall(),
                                                [&](const auto* zone, TimePoint time) {
                                                    ++m_verdict.steps;
                                                    return zone->FirstReturn() < time;
                                                });
            ++m_verdict.steps;
            if (after != forward.begin() &&
                cluster->FirstReturn() < (*std::prev(after))->LastCall())
            {
                ReportOverwritten(**std::prev(after), *cluster);
            }
        }
    }

    /** A value was read although another one came between its appearance and that read. */
    void ReportOverwritten(const Cluster& own, const Cluster& other)
    {
        Report(*own.last, [&] {
            const bool one = other.first == other.last || own.initial;
            return WhoAndWhen(*own.last) + " read " + Quoted(own.value) +
                   (own.initial ? ", as if nothing had been put, but "
                                : ", which had been there by " + Seconds(own.FirstReturn()) + " (" +
                                      Who(*own.first) + "), but ") +
                   Quoted(other.value) +
                   (own.initial ? " had been there before (" : " came in between (") +
                   WhoAndWhen(*other.first) + (one ? "" : ", " + WhoAndWhen(*other.last)) + ")";
        });
    }

    /** Two values were each there at two moments, in a way that no order of their puts allows. */
    void ReportOverlap(const Cluster& a, const Cluster& b)
    {
        // Where times alone tell which put came last, a read of the other value is to blame.
        if (a.initial || b.put->call > a.FirstReturn())
        {
            ReportOverwritten(a, b);
            return;
        }
        if (a.put->call > b.FirstReturn())
        {
            ReportOverwritten(b, a);
            return;
        }
        const bool inOrder = *a.last->ret <= *b.last->ret;
        Report(inOrder ? *b.last : *a.last, [&] {
            return WhoAndWhen(*a.last) + " read " + Quoted(a.value) + " and " +
                   WhoAndWhen(*b.last) + " read " + Quoted(b.value) + ", but " + Quoted(a.value) +
                   " had been there by " + Seconds(a.FirstReturn()) + " (" + Who(*a.first) +
                   ") and " + Quoted(b.value) + " by " + Seconds(b.FirstReturn()) + " (" +
                   Who(*b.first) + "): whichever was put last, the other was read after it";
        });
    }

    template <typename Explain>
    void Report(const Operation& read, const Explain& explain)
    {
        const auto position = static_cast<std::size_t>(&read - m_history.data());
        auto& found = m_verdict.violation;
        if (!found || *read.ret < *m_history[found->operation].ret)
        {
            found = LinearizabilityViolation{position, m_key + explain()};
        }
    }

    const std::vector<Operation>& m_history;
    std::string m_key; //!< the key under check, as explanations begin
    LinearizabilityVerdict m_verdict;
};

} // namespace

LinearizabilityVerdict
CheckLinearizability(const std::vector<HistoryOperation>& history)
{
    return Checker(history).Run();
}

} // namespace ns3::raft
