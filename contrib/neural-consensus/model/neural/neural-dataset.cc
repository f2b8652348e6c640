#include "neural-dataset.h"

#include "neural-csv.h"
#include "neural-range-check.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

namespace ns3::neural
{

namespace fs = std::filesystem;
using std::chrono::nanoseconds;

namespace
{

constexpr std::size_t KEY_COLUMNS = 3;
constexpr std::size_t OBSERVATION_COLUMNS = KEY_COLUMNS + FEATURE_COUNT;
constexpr std::size_t LABEL_COLUMNS = 9;
constexpr std::size_t ORACLE_COLUMNS = KEY_COLUMNS + 2;
constexpr double MAX_TIME_SECONDS = 1e9;
constexpr double NANOS_PER_SECOND = 1e9;

/** What identifies a row; files are in its order. */
struct Key
{
    nanoseconds time{};
    uint32_t observer{0};
    uint32_t target{0};

    bool operator<(const Key& other) const
    {
        return std::tie(time, observer, target) <
               std::tie(other.time, other.observer, other.target);
    }
};

/** Reads the first three columns and checks that rows come in order. */
template <std::size_t COLUMNS>
Key
ReadKey(const CsvTable<COLUMNS>& table, const Key& previous)
{
    Key key;
    const double seconds = table.template Number<double>(0, 0.0, MAX_TIME_SECONDS);
    key.time = nanoseconds(std::llround(seconds * NANOS_PER_SECOND));
    const uint32_t most = std::numeric_limits<uint32_t>::max();
    key.observer = table.template Number<uint32_t>(1, 1, most);
    key.target = table.template Number<uint32_t>(2, 1, most);
    if (!(previous < key))
    {
        throw std::runtime_error(table.Where() +
                                 ": expected rows ordered by time, observer and target, each once");
    }
    return key;
}

std::array<std::string, OBSERVATION_COLUMNS>
ObservationColumns()
{
    std::array<std::string, OBSERVATION_COLUMNS> columns{"time_s", "observer", "target"};
    std::copy(FeatureNames().begin(), FeatureNames().end(), columns.begin() + KEY_COLUMNS);
    return columns;
}

} // namespace

/** Walks labels.csv along with the observations. */
class WindowDataset::LabelReader
{
  public:
    explicit LabelReader(const std::string& path)
        : m_table(path,
                  {"time_s",
                   "observer",
                   "target",
                   "label",
                   "subtype",
                   "seconds_to_crash",
                   "predictable",
                   "identifiable",
                   "grace"})
    {
        m_more = Advance();
    }

    /**
     * Gives the row its label.
     * @return whether there was a label row of that key; keys are asked for in rising order
     */
    bool Label(const Key& key, Row& row)
    {
        while (m_more && m_key < key)
        {
            m_more = Advance();
        }
        if (!m_more || key < m_key)
        {
            return false;
        }
        row.labelled = m_label[0] != '\0';
        if (row.labelled)
        {
            try
            {
                row.label = ParseFailureClass(m_label);
                row.oracle = row.label;
            }
            catch (const std::invalid_argument& e)
            {
                throw std::runtime_error(m_table.Where() + ": " + e.what());
            }
            row.predictable = Flag(6);
            row.identifiable = Flag(7);
            row.grace = Flag(8);
        }
        return true;
    }

  private:
    bool Advance()
    {
        if (!m_table.Next())
        {
            return false;
        }
        m_key = ReadKey(m_table, m_key);
        m_label = m_table.Cell(KEY_COLUMNS);
        return true;
    }

    bool Flag(std::size_t column) const
    {
        return m_table.Number<int>(column, 0, 1) == 1;
    }

    CsvTable<LABEL_COLUMNS> m_table;
    bool m_more{false};
    Key m_key;
    const char* m_label{nullptr};
};

WindowDataset::WindowDataset(const DatasetOptions& options)
    : m_options(options)
{
    RequireInRange<std::size_t>("window", options.window, 1, 1000);
}

std::vector<WindowDataset::Row>
WindowDataset::ReadRows(const std::string& folder) const
{
    const std::string path = (fs::path(folder) / "observations.csv").string();
    CsvTable<OBSERVATION_COLUMNS> table(path, ObservationColumns());
    const std::string labelPath = (fs::path(folder) / "labels.csv").string();
    LabelReader labels(labelPath);

    constexpr float MOST = std::numeric_limits<float>::max();
    std::vector<Row> rows;
    Key key;
    while (table.Next())
    {
        key = ReadKey(table, key);
        Row row;
        row.time = key.time;
        row.observer = key.observer;
        row.target = key.target;
        for (std::size_t i = 0; i < FEATURE_COUNT; ++i)
        {
            row.features[i] = table.Number<float>(KEY_COLUMNS + i, -MOST, MOST);
        }
        if (!labels.Label(key, row))
        {
            throw std::runtime_error(table.Where() +
                                     ": expected a label with the same time, "
                                     "observer and target in " +
                                     labelPath);
        }
        if (m_rowCount + rows.size() >= m_options.maxRows)
        {
            throw std::runtime_error(table.Where() + ": expected at most " +
                                     std::to_string(m_options.maxRows) + " rows in all runs");
        }
        rows.push_back(row);
    }
    return rows;
}

void
WindowDataset::ReadOracle(const std::string& path, std::vector<Row>& rows)
{
    CsvTable<ORACLE_COLUMNS> table(path, {"time_s", "observer", "target", "class", "p_crash"});
    Key key;
    bool more = true;
    for (Row& row : rows)
    {
        const Key wanted{row.time, row.observer, row.target};
        while (more && key < wanted)
        {
            more = table.Next();
            key = more ? ReadKey(table, key) : key;
        }
        if (!row.labelled)
        {
            continue;
        }
        if (!more || wanted < key)
        {
            throw std::runtime_error(path +
                                     ": expected a row for every labelled observation of the run");
        }
        try
        {
            row.oracle = ParseFailureClass(table.Cell(KEY_COLUMNS));
        }
        catch (const std::invalid_argument& e)
        {
            throw std::runtime_error(table.Where() + ": " + e.what());
        }
    }
}

void
WindowDataset::AddRun(const std::string& folder)
{
    std::vector<Row> rows = ReadRows(folder);
    const fs::path oracle = fs::path(folder) / "oracle.csv";
    if (fs::exists(oracle))
    {
        ReadOracle(oracle.string(), rows);
        ++m_oracles;
    }
    AddRows(rows);
}

void
WindowDataset::AddRun(const CorpusRun& run)
{
    if (m_rowCount + run.rows.size() > m_options.maxRows)
    {
        throw std::runtime_error("run " + run.family + " " + std::to_string(run.seed) +
                                 ": expected at most " + std::to_string(m_options.maxRows) +
                                 " rows in all runs");
    }
    std::vector<Row> rows(run.rows.size());
    std::transform(run.rows.begin(), run.rows.end(), rows.begin(), [](const CorpusRow& from) {
        Row row;
        row.time = from.time;
        row.observer = from.observer;
        row.target = from.target;
        row.labelled = from.label.has_value();
        row.label = from.label.value_or(FailureClass::HEALTHY);
        row.oracle = from.oracle.value_or(row.label);
        row.weight = from.weight;
        row.predictable = from.predictable;
        row.identifiable = from.identifiable;
        row.grace = from.grace;
        row.features = from.features;
        return row;
    });
    m_oracles += run.hasOracle ? 1 : 0;
    AddRows(rows);
}

void
WindowDataset::AddRows(const std::vector<Row>& rows)
{
    std::vector<uint32_t> order(rows.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(), [&rows](uint32_t a, uint32_t b) {
        return std::tie(rows[a].observer, rows[a].target) <
               std::tie(rows[b].observer, rows[b].target);
    });

    std::vector<float> features;
    features.reserve(rows.size() * FEATURE_COUNT);
    for (const uint32_t index : order)
    {
        const FeatureRow& row = rows[index].features;
        features.insert(features.end(), row.begin(), row.end());
    }
    AddWindows(rows, order);
    m_runs.push_back(std::move(features));
    m_rowCount += rows.size();
}

void
WindowDataset::AddWindows(const std::vector<Row>& rows, const std::vector<uint32_t>& order)
{
    const Row* previous = nullptr;
    std::size_t consecutive = 0;  // rows up to here without a gap
    std::size_t alike = 0;        // rows up to here with this label, without a gap
    const Row* stretch = nullptr; // first row of the stretch with this label, gaps allowed
    for (std::size_t i = 0; i < order.size(); ++i)
    {
        const Row& row = rows[order[i]];
        const bool samePair = previous != nullptr && previous->observer == row.observer &&
                              previous->target == row.target;
        const bool follows = samePair && (row.time - previous->time) * 2 <= m_options.tick * 3;
        const bool sameLabel = follows && previous->labelled && previous->label == row.label;
        consecutive = follows ? consecutive + 1 : 1;
        alike = !row.labelled ? 0 : sameLabel ? alike + 1 : 1;
        stretch = samePair ? stretch : nullptr;
        previous = &row;
        if (!row.labelled)
        {
            continue;
        }
        // A stretch outlasts the observer's own outages: the crash is still the same one.
        if (stretch == nullptr || stretch->label != row.label)
        {
            stretch = &row;
        }
        if (consecutive < m_options.window)
        {
            continue;
        }
        const bool capped =
            row.label == FailureClass::CRASHED || row.label == FailureClass::PARTITIONED;
        LabelledWindow window;
        window.time = row.time;
        window.run = static_cast<uint32_t>(m_runs.size());
        window.lastRow = static_cast<uint32_t>(i);
        window.observer = row.observer;
        window.target = row.target;
        window.label = row.label;
        window.identifiable = row.identifiable;
        window.predictable = row.predictable;
        window.grace = row.grace;
        window.pastCap = capped && row.time - stretch->time >= m_options.stretchCap;
        window.steady = alike >= m_options.window;
        window.oracle = row.oracle;
        window.weight = row.weight;
        m_windows.push_back(window);
    }
}

std::size_t
WindowDataset::WindowLength() const
{
    return m_options.window;
}

std::size_t
WindowDataset::RunCount() const
{
    return m_runs.size();
}

bool
WindowDataset::HasOracle() const
{
    return !m_runs.empty() && m_oracles == m_runs.size();
}

const std::vector<LabelledWindow>&
WindowDataset::Windows() const
{
    return m_windows;
}

const float*
WindowDataset::Features(const LabelledWindow& window) const
{
    const std::size_t first = window.lastRow + 1 - m_options.window;
    return m_runs[window.run].data() + first * FEATURE_COUNT;
}

std::vector<std::string>
FindRuns(const std::vector<std::string>& folders)
{
    const auto isRun = [](const fs::path& folder) {
        std::error_code error;
        return fs::exists(folder / "observations.csv", error);
    };
    std::vector<std::string> runs;
    for (const std::string& folder : folders)
    {
        if (isRun(folder))
        {
            runs.push_back(folder);
            continue;
        }
        std::vector<std::string> found;
        std::error_code error;
        for (const fs::directory_entry& entry : fs::directory_iterator(folder, error))
        {
            if (isRun(entry.path()))
            {
                found.push_back(entry.path().string());
            }
        }
        if (found.empty())
        {
            throw std::runtime_error("no run in " + folder +
                                     ": expected observations.csv in it or in its folders");
        }
        std::sort(found.begin(), found.end());
        runs.insert(runs.end(), found.begin(), found.end());
    }
    return runs;
}

} // namespace ns3::neural
