// What others than the plan would say: the third part of FaultLabeller.
#include "fault-labels.h"

#include <algorithm>
#include <cstdio>
#include <string_view>

namespace ns3::faults
{

namespace
{

/** Calls f with the rows in the order of files. */
template <typename F>
void
ForEachRow(std::vector<LabelKey>& rows, F&& f)
{
    std::sort(rows.begin(), rows.end());
    std::for_each(rows.begin(), rows.end(), f);
}

} // namespace

bool
FaultLabeller::ShowsDanger(Nanos t, uint32_t observer, uint32_t target) const
{
    const bool shows =
        std::any_of(m_log.symptoms.begin(), m_log.symptoms.end(), [&](const SymptomSpan& symptom) {
            return symptom.cause && symptom.span.Contains(t) && Feels(symptom, observer, target) &&
                   IsVisible(t, symptom);
        });
    return shows && CrashProbability(t, target, m_options.horizon) >= 0.5;
}

const char*
FaultLabeller::OracleAt(Nanos t, uint32_t observer, uint32_t target) const
{
    const FaultLabel truth = At(t, observer, target);
    const std::string_view label = truth.label;
    if (label == "partitioned" || label == "crashed")
    {
        return truth.identifiable ? truth.label : "crashed";
    }
    if (label == "byzantine")
    {
        return truth.identifiable ? truth.label : "healthy";
    }
    if (label == "slow" || label == "pre-failure")
    {
        FaultLabel present;
        LabelSlow(t, observer, target, present); // the label, less what it knows of the future
        return !present.identifiable              ? "healthy"
               : ShowsDanger(t, observer, target) ? "pre-failure"
                                                  : "slow";
    }
    return truth.label;
}

const char*
FaultLabeller::StateAt(Nanos t, uint32_t observer, uint32_t target) const
{
    if (DownAt(t, observer))
    {
        return "";
    }
    if (IsCut(t, observer, target) || IsCut(t, target, observer))
    {
        return "partitioned";
    }
    return DownAt(t, target) ? "crashed" : "healthy";
}

void
WriteOracle(std::ostream& out, const FaultLabeller& labels, std::vector<LabelKey> rows)
{
    constexpr Nanos horizon = std::chrono::seconds(5);
    out << "time_s,observer,target,class,p_crash\n";
    ForEachRow(rows, [&](const LabelKey& row) {
        char chance[16];
        std::snprintf(chance,
                      sizeof(chance),
                      "%.6f",
                      labels.CrashProbability(row.at, row.target, horizon));
        out << FormatSeconds(row.at) << ',' << row.observer << ',' << row.target << ','
            << labels.OracleAt(row.at, row.observer, row.target) << ',' << chance << '\n';
    });
}

void
WriteStateLabels(std::ostream& out, const FaultLabeller& labels, std::vector<LabelKey> rows)
{
    out << "time_s,observer,target,label\n";
    ForEachRow(rows, [&](const LabelKey& row) {
        out << FormatSeconds(row.at) << ',' << row.observer << ',' << row.target << ','
            << labels.StateAt(row.at, row.observer, row.target) << '\n';
    });
}

} // namespace ns3::faults
