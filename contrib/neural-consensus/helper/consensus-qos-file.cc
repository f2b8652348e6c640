#include "consensus-qos-file.h"

#include "consensus-row-writer.h"

#include <cstdio>
#include <optional>

namespace ns3
{

namespace
{

using detection::SpanStatistics;

std::string
Number(std::optional<double> number)
{
    return number ? FormatFileNumber(*number) : "";
}

std::string
Seconds9(std::optional<double> seconds)
{
    char text[48];
    std::snprintf(text, sizeof(text), "%.9f", seconds.value_or(0));
    return seconds ? text : "";
}

/** Median, 99th percentile and maximum, each after a comma. */
std::string
Spread(const SpanStatistics& spans)
{
    return ',' + Seconds9(spans.QuantileSeconds(0.5)) + ',' +
           Seconds9(spans.QuantileSeconds(0.99)) + ',' + Seconds9(spans.MaxSeconds());
}

} // namespace

std::string
ServerField(uint32_t id)
{
    return id == 0 ? "" : std::to_string(id);
}

std::string
TextField(const std::string& text)
{
    return text.find(',') == std::string::npos ? text : '"' + text + '"';
}

std::string
ToText(const detection::DetectorParameters& parameters)
{
    std::string text;
    for (const auto& [key, value] : parameters)
    {
        text += (text.empty() ? "" : ",") + key + '=' + value;
    }
    return text;
}

ConsensusQosFile::ConsensusQosFile(const std::string& path)
    : m_file(path)
{
    m_file.Stream()
        << "observer,target,detector,parameters,hours,heartbeats,mistakes,mistakes_per_hour,"
           "t_mr_mean_s,t_m_mean_s,p_a,t_d_mean_s,t_d_p50_s,t_d_p99_s,t_d_max_s,"
           "t_mr_p50_s,t_mr_p99_s,t_mr_max_s,t_m_p50_s,t_m_p99_s,t_m_max_s,"
           "t_g_mean_s,t_g_p50_s,t_g_p99_s,t_g_max_s,t_fg_mean_s,"
           "mistakes_per_hour_bound,recurrences,crashes,detected\n";
}

void
ConsensusQosFile::Add(const Subject& subject, const detection::QosStatistics& qos)
{
    m_file.Stream() << ServerField(subject.observer) << ',' << ServerField(subject.target) << ','
                    << subject.spec.name << ',' << TextField(ToText(subject.spec.parameters)) << ','
                    << FormatFileNumber(qos.Hours()) << ',' << subject.heartbeats << ','
                    << qos.mistakes.Count() << ',' << Number(qos.MistakesPerHour()) << ','
                    << Seconds9(qos.recurrences.MeanSeconds()) << ','
                    << Seconds9(qos.mistakes.MeanSeconds()) << ',' << Number(qos.QueryAccuracy())
                    << ',' << Seconds9(qos.detections.MeanSeconds()) << Spread(qos.detections)
                    << Spread(qos.recurrences) << Spread(qos.mistakes) << ','
                    << Seconds9(qos.goodPeriods.MeanSeconds()) << Spread(qos.goodPeriods) << ','
                    << Seconds9(qos.ForwardGoodSeconds()) << ','
                    << Number(qos.MistakesPerHourBound()) << ',' << qos.recurrences.Count() << ','
                    << qos.crashes << ',' << qos.detections.Count() << '\n';
}

void
ConsensusQosFile::Commit()
{
    m_file.Commit();
}

} // namespace ns3
