#include "raft-torment.h"

#include <tuple>

namespace ns3::raft::test
{

namespace
{

/** Calls something with the name and the place of each number. */
template <typename Tally, typename Function>
void
ForEach(Tally& t, Function f)
{
    f("steps", t.cluster.steps);
    f("elections", t.cluster.elections);
    f("elections by hand-over", t.cluster.handovers);
    f("crashes", t.cluster.crashes);
    f("torn writes", t.cluster.tornWrites);
    f("disk stalls", t.cluster.stalls);
    f("messages lost", t.cluster.lost);
    f("messages duplicated", t.cluster.duplicated);
    f("messages far out of order", t.cluster.straggled);
    f("one-way cuts", t.cuts);
    f("clock rates changed", t.clockChanges);
    f("clock jumps", t.clockJumps);
    f("entries committed", t.committed);
    f("snapshots taken", t.cluster.snapshotsTaken);
    f("snapshots installed", t.cluster.snapshotsInstalled);
    f("restarts from a snapshot", t.cluster.restartsFromSnapshot);
    f("learners added", t.learnersAdded);
    f("learners promoted", t.votersPromoted);
    f("servers removed", t.serversRemoved);
    f("operations", t.operations);
    f("writes", t.clients.writes);
    f("reads through the log", t.clients.logReads);
    f("reads by index", t.clients.indexReads);
    f("reads by lease", t.clients.leaseReads);
    f("retries", t.clients.retries);
    f("redirects", t.clients.redirects);
    f("retries deduplicated", t.clients.deduplicated);
    f("writes of unknown outcome", t.clients.unknown);
    f("requests of ended sessions", t.clients.expired);
}

} // namespace

TormentTally&
TormentTally::operator+=(const TormentTally& o)
{
    std::vector<uint64_t> others;
    ForEach(o, [&](const char* /* name */, uint64_t number) { others.push_back(number); });
    auto other = others.begin();
    ForEach(*this, [&](const char* /* name */, uint64_t& number) { number += *other++; });
    return *this;
}

std::vector<std::pair<std::string, uint64_t>>
TormentTally::List() const
{
    std::vector<std::pair<std::string, uint64_t>> list;
    ForEach(*this, [&](const char* name, uint64_t number) { list.emplace_back(name, number); });
    return list;
}

} // namespace ns3::raft::test
