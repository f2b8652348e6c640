// The two forms in which a run's summary is given: summary.json and a table for people.

#include "consensus-run-summary.h"

#include "ns3/rng-seed-manager.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>

namespace ns3
{

namespace
{

using Json = nlohmann::ordered_json;

/** Seconds with 9 decimals as a number of JSON would not keep its digits, so times are rounded. */
Json
SecondsOf(std::optional<Time> time)
{
    return time ? Json(static_cast<double>(time->GetNanoSeconds()) / 1e9) : Json(nullptr);
}

Json
SecondsOf(std::optional<faults::Nanos> time)
{
    return time ? Json(static_cast<double>(time->count()) / 1e9) : Json(nullptr);
}

Json
DescribeNetwork(const ConsensusTopology& network)
{
    Json parameters = Json::object();
    for (const auto& [name, value] : network.Parameters())
    {
        parameters[name] = value;
    }
    Json hosts = Json::array();
    for (uint32_t id = 1; id <= network.HostCount(); ++id)
    {
        hosts.push_back(network.HostLabel(id));
    }
    return {{"parameters", parameters},
            {"hosts", hosts},
            {"gaps", network.Gaps()},
            {"path_latency_s", SecondsOf(std::optional(network.PathLatency()))},
            {"jitter_s", SecondsOf(std::optional(network.Jitter()))}};
}

Json
Describe(const FaultNotice& notice)
{
    return {{"observers", notice.observers},
            {"noticed", notice.noticed},
            {"first_s", SecondsOf(notice.first)},
            {"median_s", SecondsOf(notice.median)}};
}

/** The value below which a share of the sorted values lies (nearest rank). */
Json
Percentile(const std::vector<Time>& sorted, double share)
{
    if (sorted.empty())
    {
        return nullptr;
    }
    const auto rank =
        static_cast<std::size_t>(std::lround(share * static_cast<double>(sorted.size() - 1)));
    return SecondsOf(std::optional<Time>(sorted[rank]));
}

Json
DescribeClients(const std::vector<RaftClientApplication::Operation>& operations, Time length)
{
    std::vector<Time> latencies;
    for (const auto& operation : operations)
    {
        if (operation.known)
        {
            latencies.push_back(operation.ret - operation.call);
        }
    }
    std::sort(latencies.begin(), latencies.end());
    const double answered = static_cast<double>(latencies.size());
    const double asked = static_cast<double>(operations.size());
    return {{"operations", operations.size()},
            {"answered", latencies.size()},
            {"throughput_per_s", answered / length.GetSeconds()},
            {"availability", operations.empty() ? Json(nullptr) : Json(answered / asked)},
            {"latency_s",
             {{"p50", Percentile(latencies, 0.5)},
              {"p90", Percentile(latencies, 0.9)},
              {"p99", Percentile(latencies, 0.99)},
              {"max", Percentile(latencies, 1)}}}};
}

/** Time in which no running server led. */
Time
LeaderlessTime(const std::vector<RoleRecord>& roles, Time begin, Time end)
{
    std::set<uint32_t> leaders;
    Time since = begin;
    Time total;
    for (const auto& record : roles)
    {
        const bool hadLeader = !leaders.empty();
        if (record.up && record.role == raft::Role::LEADER)
        {
            leaders.insert(record.server);
        }
        else
        {
            leaders.erase(record.server);
        }
        if (!hadLeader && !leaders.empty())
        {
            total += record.time - since;
        }
        else if (hadLeader && leaders.empty())
        {
            since = record.time;
        }
    }
    return leaders.empty() ? total + end - since : total;
}

Json
DescribeRaft(const ConsensusRunRecorder& recorder, Time begin, Time end)
{
    uint64_t elections = 0;
    uint64_t candidacies = 0;
    uint64_t term = 0;
    for (const auto& record : recorder.GetRoles())
    {
        elections += record.role == raft::Role::LEADER ? 1 : 0;
        candidacies += record.role == raft::Role::CANDIDATE ? 1 : 0;
        term = std::max(term, record.term);
    }
    return {{"elections_won", elections},
            {"candidacies", candidacies},
            {"highest_term", term},
            {"commits", recorder.GetCommitIndex()},
            {"leaderless_s",
             SecondsOf(std::optional<Time>(LeaderlessTime(recorder.GetRoles(), begin, end)))}};
}

/** By accused server: when it was first proven guilty of what, and by how many. */
Json
DescribeProofs(const std::vector<ProofRecord>& proofs)
{
    std::map<uint32_t, std::map<evidence::Rule, std::set<uint64_t>>> terms;
    std::map<uint32_t, std::set<uint32_t>> observers;
    std::map<uint32_t, Time> first;
    for (const auto& proof : proofs)
    {
        terms[proof.accused][proof.rule].insert(proof.term);
        observers[proof.accused].insert(proof.observer);
        first.emplace(proof.accused, proof.time);
    }
    Json byAccused = Json::object();
    for (const auto& [accused, rules] : terms)
    {
        Json counts = Json::object();
        for (const auto& [rule, found] : rules)
        {
            counts[evidence::RuleName(rule)] = found.size();
        }
        byAccused[std::to_string(accused)] = {{"first_s", SecondsOf(std::optional(first[accused]))},
                                              {"observers", observers[accused].size()},
                                              {"terms", std::move(counts)}};
    }
    return byAccused;
}

std::string
Rounded(double seconds)
{
    char text[32];
    std::snprintf(text, sizeof(text), "%.3f", seconds);
    return text;
}

std::string
Cell(const FaultNotice& notice)
{
    if (!notice.first)
    {
        return "-";
    }
    return Rounded(notice.first->GetSeconds()) + "/" + Rounded(notice.median->GetSeconds()) + " (" +
           std::to_string(notice.noticed) + "/" + std::to_string(notice.observers) + ")";
}

/** The first columns of a fault's row: kind, the time asked for, target. */
std::vector<std::string>
Name(const faults::FaultRecord& fault, faults::Nanos time)
{
    return {faults::FaultKindName(fault.kind),
            Rounded(static_cast<double>(time.count()) / 1e9),
            fault.target};
}

void
PrintTable(std::ostream& out, const std::vector<std::vector<std::string>>& rows)
{
    std::vector<std::size_t> widths(rows.front().size(), 0);
    for (const auto& row : rows)
    {
        for (std::size_t i = 0; i < row.size(); ++i)
        {
            widths[i] = std::max(widths[i], row[i].size());
        }
    }
    for (const auto& row : rows)
    {
        for (std::size_t i = 0; i < row.size(); ++i)
        {
            const bool last = i + 1 == row.size();
            out << row[i] << (last ? "" : std::string(widths[i] - row[i].size() + 2, ' '));
        }
        out << '\n';
    }
}

} // namespace

void
ConsensusRunSummary::WriteJson(
    std::ostream& out,
    const ScenarioOptions& options,
    const ConsensusTopology& network,
    const std::vector<std::pair<RaftOperation, std::optional<Time>>>& operations) const
{
    Json summary;
    summary["project"] = {{"name", "neural-consensus"}, {"version", NC_VERSION}};
    summary["ns3_version"] = NC_NS3_VERSION;
    summary["seed"] = {{"RngSeed", RngSeedManager::GetSeed()},
                       {"RngRun", RngSeedManager::GetRun()}};
    Json& given = summary["options"] = Json::object();
    for (const auto& [name, value] : options.record)
    {
        if (!given.contains(name))
        {
            given[name] = value;
        }
        else if (given[name].is_array())
        {
            given[name].push_back(value);
        }
        else
        {
            given[name] = Json::array({given[name], value});
        }
    }
    summary["network"] = DescribeNetwork(network);
    summary["raft"] = DescribeRaft(m_recorder, m_span.begin, m_span.end);
    summary["clients"] = DescribeClients(m_recorder.GetOperations(), m_span.end - m_span.begin);
    summary["malformed_packets"] = m_recorder.GetMalformed();
    summary["proofs"] = options.evidence ? DescribeProofs(m_recorder.GetProofs()) : Json(nullptr);

    Json& operationList = summary["operations"] = Json::array();
    for (const auto& [operation, done] : operations)
    {
        operationList.push_back({{"operation", ToString(operation)}, {"done_s", SecondsOf(done)}});
    }
    Json& faultList = summary["faults"] = Json::array();
    for (const auto& outcome : m_faults)
    {
        Json fault = {{"kind", faults::FaultKindName(outcome.fault.kind)},
                      {"target", outcome.fault.target},
                      {"start_s", SecondsOf(std::optional(outcome.fault.span.start))},
                      {"end_s", SecondsOf(outcome.fault.span.end)}};
        Json& suspected = fault["suspected"] = Json::object();
        for (const auto& detector : m_detectorNames)
        {
            suspected[detector] = Describe(outcome.suspected.at(detector));
        }
        Json& trusted = fault["trusted_again"] = nullptr;
        for (const auto& [detector, notice] : outcome.trusted)
        {
            trusted[detector] = Describe(notice);
        }
        if (outcome.named)
        {
            fault["named"] = Describe(*outcome.named);
            fault["named"]["class"] = outcome.expectedClass;
        }
        faultList.push_back(std::move(fault));
    }
    Json& detectorList = summary["detectors"] = Json::object();
    for (const auto& name : m_detectorNames)
    {
        const DetectorOutcome& outcome = m_detectors.at(name);
        const bool exposed = outcome.pairHours > 0;
        detectorList[name] = {
            {"pair_hours", outcome.pairHours},
            {"mistakes", outcome.mistakes},
            {"mistakes_per_pair_hour",
             exposed ? Json(static_cast<double>(outcome.mistakes) / outcome.pairHours)
                     : Json(nullptr)},
            {"p_a", exposed ? Json(1 - outcome.wrongHours / outcome.pairHours) : Json(nullptr)},
            {"bytes_per_s",
             m_recorder.GetBytesPerServer(name) / (m_span.end - m_span.begin).GetSeconds()}};
    }
    out << summary.dump(2) << '\n';
}

void
ConsensusRunSummary::Print(std::ostream& out) const
{
    const Json raft = DescribeRaft(m_recorder, m_span.begin, m_span.end);
    out << "Raft: " << raft["elections_won"] << " elections won, highest term "
        << raft["highest_term"] << ", " << raft["commits"] << " entries committed, "
        << Rounded(raft["leaderless_s"]) << " s without a leader\n";
    if (!m_recorder.GetOperations().empty())
    {
        const Json clients = DescribeClients(m_recorder.GetOperations(), m_span.end - m_span.begin);
        out << "Clients: " << clients["answered"] << " of " << clients["operations"]
            << " operations answered, " << Rounded(clients["throughput_per_s"]) << "/s";
        if (clients["answered"] > 0)
        {
            const Json& latency = clients["latency_s"];
            const auto milliseconds = [&](const char* which) {
                return Rounded(1000 * latency[which].get<double>());
            };
            out << ", median " << milliseconds("p50") << " ms, 99th percentile "
                << milliseconds("p99") << " ms, longest " << milliseconds("max") << " ms";
        }
        out << '\n';
    }
    if (!m_detectorNames.empty())
    {
        PrintSuspicions(out);
        PrintRecoveries(out);
        PrintMistakes(out);
    }
}

void
ConsensusRunSummary::PrintSuspicions(std::ostream& out) const
{
    const bool named = std::any_of(m_faults.begin(), m_faults.end(), [](const auto& outcome) {
        return outcome.named.has_value();
    });
    std::vector<std::vector<std::string>> table{{"fault", "start_s", "target"}};
    table.front().insert(table.front().end(), m_detectorNames.begin(), m_detectorNames.end());
    if (named)
    {
        table.front().emplace_back("class named");
    }
    for (const auto& outcome : m_faults)
    {
        std::vector<std::string> row = Name(outcome.fault, outcome.fault.span.start);
        for (const auto& detector : m_detectorNames)
        {
            row.push_back(Cell(outcome.suspected.at(detector)));
        }
        if (named)
        {
            row.push_back(outcome.named ? Cell(*outcome.named) + " " + outcome.expectedClass : "");
        }
        table.push_back(std::move(row));
    }
    if (table.size() > 1)
    {
        out << "\nTime from a fault to suspicion, first observer/median observer in s (observers "
               "that noticed)"
            << (named ? ";\nfor the neural detector also until it named the class" : "") << ":\n\n";
        PrintTable(out, table);
    }
}

void
ConsensusRunSummary::PrintRecoveries(std::ostream& out) const
{
    std::vector<std::vector<std::string>> table{{"fault", "end_s", "target"}};
    table.front().insert(table.front().end(), m_detectorNames.begin(), m_detectorNames.end());
    for (const auto& outcome : m_faults)
    {
        if (outcome.trusted.empty())
        {
            continue;
        }
        std::vector<std::string> row = Name(outcome.fault, *outcome.fault.span.end);
        for (const auto& detector : m_detectorNames)
        {
            row.push_back(Cell(outcome.trusted.at(detector)));
        }
        table.push_back(std::move(row));
    }
    if (table.size() > 1)
    {
        out << "\nTime from a fault's end to trust again, first/median in s (of those that "
               "suspected):\n\n";
        PrintTable(out, table);
    }
}

void
ConsensusRunSummary::PrintMistakes(std::ostream& out) const
{
    for (const auto& name : m_detectorNames)
    {
        const DetectorOutcome& outcome = m_detectors.at(name);
        out << (name == m_detectorNames.front() ? "\nMistakes: " : ", ") << name << " "
            << outcome.mistakes << " in " << Rounded(outcome.pairHours) << " pair-hours";
    }
    out << '\n';
}

} // namespace ns3
