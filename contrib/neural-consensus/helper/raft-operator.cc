#include "raft-operator.h"

#include "consensus-option-values.h"

#include "ns3/fault-spec.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace ns3
{

namespace
{

/** Pause before an operation is tried or looked at again. */
constexpr uint64_t PAUSE_MS = 100;

const std::pair<const char*, RaftOperation::Kind> NAMES[] = {
    {"add", RaftOperation::Kind::ADD},
    {"remove", RaftOperation::Kind::REMOVE},
    {"transfer", RaftOperation::Kind::TRANSFER}};

} // namespace

RaftOperation
ParseRaftOperation(const std::string& text, uint32_t servers)
{
    const char* expected = "add@TIME:node=ID, remove@TIME:node=ID or transfer@TIME[:node=ID]";
    const auto at = text.find('@');
    const auto colon = text.find(':');
    const std::string name = text.substr(0, at);
    const auto known = std::find_if(std::begin(NAMES), std::end(NAMES), [&](const auto& each) {
        return each.first == name;
    });
    if (at == std::string::npos || known == std::end(NAMES) || colon < at)
    {
        RefuseValue("operation", text, expected);
    }
    RaftOperation operation;
    operation.kind = known->second;
    operation.start = ReadTimeValue("operation", text.substr(at + 1, colon - at - 1));
    const std::string key = "node=";
    if (colon != std::string::npos)
    {
        if (text.compare(colon + 1, key.size(), key) != 0)
        {
            RefuseValue("operation", text, expected);
        }
        operation.server =
            ReadCountValue("operation", text.substr(colon + 1 + key.size()), 1, servers);
    }
    else if (operation.kind != RaftOperation::Kind::TRANSFER)
    {
        RefuseValue("operation", text, expected);
    }
    return operation;
}

std::string
ToString(const RaftOperation& operation)
{
    std::ostringstream text;
    for (const auto& [name, kind] : NAMES)
    {
        text << (kind == operation.kind ? name : "");
    }
    std::string start = faults::FormatSeconds(faults::Nanos(operation.start.GetNanoSeconds()));
    start.erase(start.find_last_not_of('0') + 1); // all of them are decimals
    text << "@" << start << (start.back() == '.' ? "0s" : "s");
    if (operation.server != 0)
    {
        text << ":node=" << operation.server;
    }
    return text.str();
}

RaftOperator::RaftOperator(const ApplicationContainer& servers,
                           std::vector<RaftOperation> operations)
{
    for (auto at = servers.Begin(); at != servers.End(); ++at)
    {
        auto server = DynamicCast<RaftApplication>(*at);
        m_servers[server->GetServerId()] = server;
    }
    std::stable_sort(operations.begin(), operations.end(), [](const auto& a, const auto& b) {
        return a.start < b.start;
    });
    for (const auto& operation : operations)
    {
        m_operations.emplace_back(operation, std::nullopt);
    }
    if (!m_operations.empty())
    {
        m_work = Simulator::Schedule(m_operations.front().first.start, &RaftOperator::Work, this);
    }
}

RaftOperator::~RaftOperator()
{
    m_work.Cancel();
}

const std::vector<std::pair<RaftOperation, std::optional<Time>>>&
RaftOperator::GetOperations() const
{
    return m_operations;
}

void
RaftOperator::Work()
{
    while (m_next < m_operations.size() && m_operations[m_next].first.start <= Simulator::Now() &&
           Try(m_operations[m_next].first))
    {
        m_operations[m_next].second = Simulator::Now();
        m_handedOverBy = 0;
        ++m_next;
    }
    if (m_next < m_operations.size())
    {
        const Time wait = m_operations[m_next].first.start - Simulator::Now();
        m_work =
            Simulator::Schedule(std::max(MilliSeconds(PAUSE_MS), wait), &RaftOperator::Work, this);
    }
}

bool
RaftOperator::Try(const RaftOperation& operation)
{
    Ptr<RaftApplication> leader;
    for (const auto& [id, server] : m_servers)
    {
        const raft::RaftCore* core = server->GetCore();
        if (core && core->GetRole() == raft::Role::LEADER &&
            (!leader || core->GetTerm() > leader->GetCore()->GetTerm()))
        {
            leader = server;
        }
    }
    if (!leader)
    {
        return false;
    }
    return operation.kind == RaftOperation::Kind::TRANSFER ? TryTransfer(*leader, operation)
                                                           : TryMembership(*leader, operation);
}

bool
RaftOperator::TryMembership(RaftApplication& leader, const RaftOperation& operation) const
{
    using Kind = raft::ChangeMembership::Kind;
    const raft::RaftCore& core = *leader.GetCore();
    const raft::Membership& now = core.GetMembership();
    const bool adding = operation.kind == RaftOperation::Kind::ADD;
    if (adding ? now.IsVoter(operation.server) : !now.Contains(operation.server))
    {
        return core.GetMembershipIndex() <= core.GetCommitIndex();
    }
    Kind kind = Kind::REMOVE;
    if (adding)
    {
        kind = now.IsLearner(operation.server) ? Kind::PROMOTE : Kind::ADD_LEARNER;
    }
    leader.ChangeMembership({kind, operation.server}); // refused or not, the next look will tell
    return false;
}

bool
RaftOperator::TryTransfer(RaftApplication& leader, const RaftOperation& operation)
{
    const uint64_t term = leader.GetCore()->GetTerm();
    const bool other = m_handedOverBy != 0 && leader.GetServerId() != m_handedOverBy;
    if (leader.GetServerId() == operation.server || (other && term > m_handedOverIn))
    {
        return true;
    }
    if (leader.TransferLeadership(operation.server))
    {
        m_handedOverBy = leader.GetServerId();
        m_handedOverIn = term;
    }
    return false;
}

} // namespace ns3
