// What a recording writes at its end; files that grow with the run are written as it goes.

#include "consensus-run-recorder.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

namespace ns3
{

void
ConsensusRunRecorder::Commit(const faults::FaultLog& log,
                             const faults::FaultLabeller& labels,
                             Time ticks,
                             const std::vector<std::pair<uint32_t, uint32_t>>& pairs,
                             Time end)
{
    if (m_files.folder.empty())
    {
        return;
    }
    AtomicFile faultFile(PathOf("faults.csv"));
    faults::WriteFaults(faultFile.Stream(), log);

    std::vector<faults::LabelKey> keys;
    for (Time time = ticks; time <= end; time += ticks)
    {
        for (const auto& [observer, target] : pairs)
        {
            keys.push_back({faults::Nanos(time.GetNanoSeconds()), observer, target});
        }
    }
    AtomicFile labelFile(PathOf("labels.csv"));
    faults::WriteLabels(labelFile.Stream(), labels, keys);
    if (m_files.oracle)
    {
        AtomicFile file(PathOf("oracle.csv"));
        faults::WriteOracle(file.Stream(), labels, keys);
        file.Commit();
    }
    if (m_files.stateLabels)
    {
        AtomicFile file(PathOf("labels-state.csv"));
        faults::WriteStateLabels(file.Stream(), labels, std::move(keys));
        file.Commit();
    }

    WriteRoles();
    if (m_files.heartbeats)
    {
        WriteHeartbeats();
    }
    if (m_files.history)
    {
        WriteHistory();
    }
    faultFile.Commit();
    labelFile.Commit();
    m_suspicionFile->Commit();
    for (auto* file :
         {m_verdictFile.get(), m_observationFile.get(), m_symptomFile.get(), m_proofFile.get()})
    {
        if (file)
        {
            file->Commit();
        }
    }
}

void
ConsensusRunRecorder::WriteHeartbeats()
{
    std::stable_sort(m_beats.begin(), m_beats.end(), [](const Beat& a, const Beat& b) {
        return std::tie(a.sent, a.observer, a.target) < std::tie(b.sent, b.observer, b.target);
    });
    AtomicFile file(PathOf("heartbeats.csv"));
    file.Stream() << "observer,target,seq,sent_s,arrived_s\n";
    for (const auto& beat : m_beats)
    {
        file.Stream() << beat.observer << ',' << beat.target << ',' << beat.sequence << ','
                      << FormatFileTime(beat.sent) << ','
                      << (beat.arrived.IsZero() ? "" : FormatFileTime(beat.arrived)) << '\n';
    }
    file.Commit();
}

void
ConsensusRunRecorder::WriteHistory()
{
    std::vector<const RaftClientApplication::Operation*> operations;
    for (const auto& operation : m_operations)
    {
        operations.push_back(&operation);
    }
    std::sort(operations.begin(), operations.end(), [](const auto* a, const auto* b) {
        return std::tie(a->call, a->client, a->request) < std::tie(b->call, b->client, b->request);
    });
    AtomicFile file(PathOf("history.ndjson"));
    for (const auto* operation : operations)
    {
        // Times are written as text, since a JSON library rounds or shortens numbers.
        const std::string value = operation->known || operation->put ? operation->value : "";
        file.Stream() << "{\"client\":" << operation->client << ",\"op\":\""
                      << (operation->put ? "put" : "get")
                      << "\",\"key\":" << nlohmann::json(operation->key).dump()
                      << ",\"value\":" << nlohmann::json(value).dump()
                      << ",\"call\":" << FormatFileTime(operation->call)
                      << ",\"ret\":" << (operation->known ? FormatFileTime(operation->ret) : "-1")
                      << "}\n";
    }
    file.Commit();
}

void
ConsensusRunRecorder::WriteRoles()
{
    static const char* const names[] = {"follower", "pre-candidate", "candidate", "leader"};
    AtomicFile file(PathOf("roles.csv"));
    file.Stream() << "time_s,server,role,term\n";
    for (const auto& record : m_roles)
    {
        const bool started = record.up && record.term == 0;
        if (!started) // the core says by itself what a started server is
        {
            file.Stream() << FormatFileTime(record.time) << ',' << record.server << ','
                          << (record.up ? names[static_cast<std::size_t>(record.role)] : "down")
                          << ',' << record.term << '\n';
        }
    }
    file.Commit();
}

} // namespace ns3
