#include "fault-log.h"

#include <algorithm>

namespace ns3::faults
{

namespace
{

/** Quotes a field where CSV wants it (RFC 4180, section 2). */
std::string
Quoted(const std::string& field)
{
    if (field.find_first_of(",\"\n\r") == std::string::npos)
    {
        return field;
    }
    std::string quoted = "\"";
    for (const char c : field)
    {
        quoted += c;
        if (c == '"')
        {
            quoted += c;
        }
    }
    return quoted + '"';
}

} // namespace

void
WriteFaults(std::ostream& out, const FaultLog& log)
{
    std::vector<const FaultRecord*> rows;
    for (const FaultRecord& fault : log.faults)
    {
        rows.push_back(&fault);
    }
    std::stable_sort(rows.begin(), rows.end(), [](const FaultRecord* a, const FaultRecord* b) {
        return a->span.start < b->span.start;
    });
    out << "start_s,end_s,kind,target,detail\n";
    for (const FaultRecord* row : rows)
    {
        out << FormatSeconds(row->span.start) << ','
            << (row->span.end ? FormatSeconds(*row->span.end) : "") << ','
            << FaultKindName(row->kind) << ',' << Quoted(row->target) << ',' << Quoted(row->detail)
            << '\n';
    }
}

} // namespace ns3::faults
