#include "neural-evaluation-report.h"

#include <cmath>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <ostream>
#include <sstream>
#include <string>

namespace ns3::neural
{

namespace
{

using Json = nlohmann::ordered_json;

/** Decimals of scores in files and on screen. */
constexpr int FILE_DECIMALS = 6;
constexpr int TABLE_DECIMALS = 3;

std::string
Decimal(const std::optional<double>& value, int decimals, const char* undefined)
{
    if (!value)
    {
        return undefined;
    }
    std::ostringstream text;
    text << std::fixed << std::setprecision(decimals) << *value;
    return text.str();
}

std::string
Cell(const std::optional<double>& value)
{
    return Decimal(value, FILE_DECIMALS, "");
}

template <typename Work>
void
ForEachClass(const Work& work)
{
    for (std::size_t i = 0; i < CLASS_COUNT; ++i)
    {
        work(static_cast<FailureClass>(i), FailureClassNames()[i]);
    }
}

Json
OrNull(const std::optional<double>& value)
{
    return value ? Json(*value) : Json(nullptr);
}

/** Weighted windows are told as whole ones. */
long long
Whole(double count)
{
    return std::llround(count);
}

Json
ScoringJson(const Scoring& scoring, const ConfusionMatrix& episodes, std::size_t thinBelow)
{
    Json classes = Json::object();
    Json counts = Json::array();
    ForEachClass([&](FailureClass c, const std::string& name) {
        classes[name] = {{"precision", OrNull(scoring.confusion.Precision(c))},
                         {"recall", OrNull(scoring.confusion.Recall(c))},
                         {"f1", OrNull(scoring.confusion.F1(c))},
                         {"support", Whole(scoring.confusion.Support(c))},
                         {"episodes", Whole(episodes.Support(c))},
                         {"thin", Whole(episodes.Support(c)) < static_cast<long long>(thinBelow)}};
        Json row = Json::array();
        ForEachClass([&](FailureClass predicted, const std::string&) {
            row.push_back(Whole(scoring.confusion.Count(c, predicted)));
        });
        counts.push_back(row);
    });
    Json interval = nullptr;
    if (scoring.macroF1)
    {
        interval = {scoring.macroF1->low, scoring.macroF1->high};
    }
    return {{"total", Whole(scoring.confusion.Total())},
            {"accuracy", scoring.confusion.Accuracy()},
            {"macro_f1", scoring.confusion.MacroF1()},
            {"macro_f1_ci95", interval},
            {"classes", classes},
            {"confusion", counts}};
}

Json
PartJson(const EvaluationPart& part, std::size_t thinBelow)
{
    return {{"window", ScoringJson(part.windows, part.episodes.confusion, thinBelow)},
            {"episode", ScoringJson(part.episodes, part.episodes.confusion, thinBelow)}};
}

void
WriteMetricsRows(const char* scope,
                 const char* unit,
                 const Scoring& scoring,
                 const EvaluationPart& part,
                 std::size_t thinBelow,
                 std::ostream& out)
{
    const ConfusionMatrix& windows = part.windows.confusion;
    const ConfusionMatrix& episodes = part.episodes.confusion;
    bool anyThin = false;
    ForEachClass([&](FailureClass c, const std::string& name) {
        const bool thin = Whole(episodes.Support(c)) < static_cast<long long>(thinBelow);
        anyThin = anyThin || thin;
        out << scope << ',' << unit << ',' << name << ',' << Cell(scoring.confusion.Precision(c))
            << ',' << Cell(scoring.confusion.Recall(c)) << ',' << Cell(scoring.confusion.F1(c))
            << ',' << Whole(windows.Support(c)) << ',' << Whole(episodes.Support(c)) << ',' << thin
            << '\n';
    });
    out << scope << ',' << unit << ",macro,,," << Cell(scoring.confusion.MacroF1()) << ','
        << Whole(windows.Total()) << ',' << Whole(episodes.Total()) << ',' << anyThin << '\n';
}

void
WriteTablePart(const char* title, const Scoring& scoring, std::ostream& out)
{
    const auto text = [](const std::optional<double>& value) {
        return Decimal(value, TABLE_DECIMALS, "-");
    };
    out << title << ": macro-F1 " << text(scoring.confusion.MacroF1());
    if (scoring.macroF1)
    {
        out << " (95 % interval " << text(scoring.macroF1->low) << " to "
            << text(scoring.macroF1->high) << ")";
    }
    out << ", accuracy " << text(scoring.confusion.Accuracy()) << '\n';
}

} // namespace

void
WriteConfusionMatrix(const Evaluation& evaluation, std::ostream& out)
{
    out << "true";
    ForEachClass([&](FailureClass, const std::string& name) { out << ',' << name; });
    out << '\n';
    ForEachClass([&](FailureClass truth, const std::string& name) {
        out << name;
        ForEachClass([&](FailureClass predicted, const std::string&) {
            out << ',' << Whole(evaluation.identifiable.windows.confusion.Count(truth, predicted));
        });
        out << '\n';
    });
}

void
WriteMetrics(const Evaluation& evaluation, std::ostream& out)
{
    const std::size_t thinBelow = evaluation.options.thinBelow;
    out << "scope,unit,class,precision,recall,f1,support_windows,episodes,thin\n";
    const auto write = [&](const char* scope, const EvaluationPart& part) {
        WriteMetricsRows(scope, "window", part.windows, part, thinBelow, out);
        WriteMetricsRows(scope, "episode", part.episodes, part, thinBelow, out);
    };
    write("identifiable", evaluation.identifiable);
    write("all", evaluation.all);
    if (evaluation.oracle)
    {
        write("oracle-identifiable", evaluation.oracle->identifiable);
        write("oracle-all", evaluation.oracle->all);
    }
}

void
WriteEvaluationJson(const Evaluation& evaluation, std::ostream& out)
{
    const EvaluationOptions& options = evaluation.options;
    const auto seconds = [](std::chrono::nanoseconds span) {
        return std::chrono::duration<double>(span).count();
    };
    Json document = {
        {"classes", FailureClassNames()},
        {"runs", evaluation.runs},
        {"bootstrap",
         {{"unit", "run"}, {"replicates", options.replicates}, {"seed", options.seed}}},
        {"thin_below_episodes", options.thinBelow},
        {"healthy_episode_s", seconds(options.episodes.healthyLength)},
        {"merge_gap_s", seconds(options.episodes.mergeGap)},
        {"identifiable", PartJson(evaluation.identifiable, options.thinBelow)},
        {"all", PartJson(evaluation.all, options.thinBelow)}};
    if (evaluation.oracle)
    {
        document["oracle"] = {
            {"identifiable", PartJson(evaluation.oracle->identifiable, options.thinBelow)},
            {"all", PartJson(evaluation.oracle->all, options.thinBelow)}};
    }
    out << document.dump(2) << '\n';
}

void
WriteEvaluationTable(const Evaluation& evaluation, std::ostream& out)
{
    const EvaluationPart& part = evaluation.identifiable;
    out << std::left << std::setw(14) << "class" << std::right << std::setw(11) << "precision"
        << std::setw(9) << "recall" << std::setw(9) << "f1" << std::setw(10) << "windows"
        << std::setw(10) << "episodes" << '\n';
    bool anyThin = false;
    ForEachClass([&](FailureClass c, const std::string& name) {
        const ConfusionMatrix& windows = part.windows.confusion;
        const long long episodes = Whole(part.episodes.confusion.Support(c));
        const bool thin = episodes < static_cast<long long>(evaluation.options.thinBelow);
        anyThin = anyThin || thin;
        out << std::left << std::setw(14) << name << std::right << std::setw(11)
            << Decimal(windows.Precision(c), TABLE_DECIMALS, "-") << std::setw(9)
            << Decimal(windows.Recall(c), TABLE_DECIMALS, "-") << std::setw(9)
            << Decimal(windows.F1(c), TABLE_DECIMALS, "-") << std::setw(10)
            << Whole(windows.Support(c)) << std::setw(10) << episodes << (thin ? " thin" : "")
            << '\n';
    });
    WriteTablePart("identifiable, by window ", part.windows, out);
    WriteTablePart("identifiable, by episode", part.episodes, out);
    WriteTablePart("all, by window          ", evaluation.all.windows, out);
    WriteTablePart("all, by episode         ", evaluation.all.episodes, out);
    if (evaluation.oracle)
    {
        WriteTablePart("oracle, by window       ", evaluation.oracle->identifiable.windows, out);
        WriteTablePart("oracle, by episode      ", evaluation.oracle->identifiable.episodes, out);
    }
    if (anyThin)
    {
        out << "thin: fewer than " << evaluation.options.thinBelow
            << " episodes, too few for a claim\n";
    }
}

} // namespace ns3::neural
