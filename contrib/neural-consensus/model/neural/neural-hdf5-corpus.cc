#include "neural-corpus.h"
#include "neural-dataset.h"
#include "neural-hdf5-file.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <stdexcept>
#include <tuple>

namespace ns3::neural
{

namespace fs = std::filesystem;

namespace
{

constexpr uint64_t FORMAT_VERSION = 1;
constexpr int64_t MAX_SERVERS = 65535;
constexpr int64_t MAX_TIME_NS = 1'000'000'000'000'000'000;

/** What the head of a shard says of its run. */
CorpusRun
ReadHead(const Hdf5File& file)
{
    if (file.Text("format") != "neural-consensus-corpus" ||
        file.Number("version", 1000000) != FORMAT_VERSION)
    {
        file.Fail("the format neural-consensus-corpus, version " + std::to_string(FORMAT_VERSION));
    }
    CorpusRun run;
    run.part = file.Text("part");
    run.family = file.Text("family");
    run.split = file.Text("split");
    run.seed = file.Number("seed", std::numeric_limits<int64_t>::max());
    run.servers = static_cast<uint32_t>(file.Number("servers", MAX_SERVERS));
    return run;
}

/** The columns of a shard's rows, as they are in the file. */
struct Columns
{
    Columns(const Hdf5File& file, std::size_t count)
        : rows(count),
          time(file.Integers("rows/time_ns", rows)),
          observer(file.Integers("rows/observer", rows)),
          target(file.Integers("rows/target", rows)),
          predictable(file.Integers("rows/predictable", rows)),
          identifiable(file.Integers("rows/identifiable", rows)),
          grace(file.Integers("rows/grace", rows)),
          features(file.Reals("rows/features", rows, FEATURE_COUNT)),
          secondsToCrash(file.Reals("rows/seconds_to_crash", rows)),
          weight(file.Reals("rows/weight", rows)),
          label(file.Enumeration("rows/label", rows)),
          subtype(file.Enumeration("rows/subtype", rows))
    {
    }

    std::size_t rows;
    std::vector<int64_t> time;
    std::vector<int64_t> observer;
    std::vector<int64_t> target;
    std::vector<int64_t> predictable;
    std::vector<int64_t> identifiable;
    std::vector<int64_t> grace;
    std::vector<float> features;
    std::vector<float> secondsToCrash;
    std::vector<float> weight;
    Hdf5File::Names label;
    Hdf5File::Names subtype;
};

int64_t
InRange(const Hdf5File& file, const char* what, int64_t value, int64_t low, int64_t high)
{
    if (value < low || value > high)
    {
        file.Fail(std::string("rows/") + what + " from " + std::to_string(low) + " to " +
                  std::to_string(high) + ", not " + std::to_string(value));
    }
    return value;
}

/** The class of each code of `rows/label`; of "none" nothing. */
std::map<int16_t, std::optional<FailureClass>>
ReadClasses(const Hdf5File& file, const Hdf5File::Names& label)
{
    std::map<int16_t, std::optional<FailureClass>> classes;
    for (const auto& [code, name] : label.names)
    {
        try
        {
            classes[code] =
                name == "none" ? std::nullopt : std::make_optional(ParseFailureClass(name));
        }
        catch (const std::invalid_argument& e)
        {
            file.Fail(std::string("labels that are known: ") + e.what());
        }
    }
    return classes;
}

void
ReadRows(const Hdf5File& file, std::size_t maxRows, CorpusRun& run)
{
    const auto& names = FeatureNames();
    if (file.Texts("rows/features", "names") !=
        std::vector<std::string>(names.begin(), names.end()))
    {
        file.Fail("this program's " + std::to_string(FEATURE_COUNT) + " features in rows/features");
    }
    const Columns columns(file, file.Length("rows/time_ns", maxRows));
    const auto classes = ReadClasses(file, columns.label);
    run.hasOracle = file.Has("rows/oracle_class");
    Hdf5File::Names oracle;
    if (run.hasOracle)
    {
        oracle = file.Enumeration("rows/oracle_class", columns.rows);
    }
    const auto oracleClasses = ReadClasses(file, oracle);
    std::map<int16_t, uint16_t> subtypes;
    for (const auto& [code, name] : columns.subtype.names)
    {
        subtypes[code] = static_cast<uint16_t>(run.subtypes.size());
        run.subtypes.push_back(name);
    }
    run.rows.resize(columns.rows);
    for (std::size_t i = 0; i < columns.rows; ++i)
    {
        CorpusRow& row = run.rows[i];
        row.time =
            std::chrono::nanoseconds(InRange(file, "time_ns", columns.time[i], 0, MAX_TIME_NS));
        row.observer =
            static_cast<uint32_t>(InRange(file, "observer", columns.observer[i], 1, run.servers));
        row.target =
            static_cast<uint32_t>(InRange(file, "target", columns.target[i], 1, run.servers));
        row.label = classes.at(columns.label.codes[i]);
        row.oracle = run.hasOracle ? oracleClasses.at(oracle.codes[i]) : std::nullopt;
        if (run.hasOracle && row.label && !row.oracle)
        {
            file.Fail("a class in row " + std::to_string(i) +
                      " of rows/oracle_class, as it has a label");
        }
        row.subtype = subtypes.at(columns.subtype.codes[i]);
        row.secondsToCrash = columns.secondsToCrash[i];
        row.predictable = InRange(file, "predictable", columns.predictable[i], 0, 1) == 1;
        row.identifiable = InRange(file, "identifiable", columns.identifiable[i], 0, 1) == 1;
        row.grace = InRange(file, "grace", columns.grace[i], 0, 1) == 1;
        row.weight = columns.weight[i];
        std::copy_n(columns.features.begin() + static_cast<std::ptrdiff_t>(i * FEATURE_COUNT),
                    FEATURE_COUNT,
                    row.features.begin());
        const bool isFinite = std::all_of(row.features.begin(),
                                          row.features.end(),
                                          [](float feature) { return std::isfinite(feature); });
        if (!isFinite)
        {
            file.Fail("finite numbers in row " + std::to_string(i) + " of rows/features");
        }
        if (!(row.weight >= 0 && std::isfinite(row.weight)) || (row.weight > 0 && !row.label))
        {
            file.Fail("a weight of 0 or more in row " + std::to_string(i) +
                      " of rows/weight, and 0 without a label");
        }
        const auto key = [](const CorpusRow& r) { return std::tie(r.observer, r.target, r.time); };
        if (i > 0 && !(key(run.rows[i - 1]) < key(row)))
        {
            file.Fail("rows ordered by observer, target and time, each once; row " +
                      std::to_string(i) + " is not");
        }
    }
}

} // namespace

bool
IsCorpusShard(const std::string& path)
{
    std::error_code error;
    return fs::path(path).extension() == ".h5" && fs::is_regular_file(path, error);
}

CorpusRun
ReadCorpusShard(const std::string& path, std::size_t maxRows)
{
    const Hdf5File file(path);
    CorpusRun run = ReadHead(file);
    if (file.Has("rows"))
    {
        ReadRows(file, maxRows, run);
    }
    return run;
}

std::vector<std::string>
FindCorpusShards(const std::string& path)
{
    if (IsCorpusShard(path))
    {
        return {path};
    }
    std::vector<std::string> shards;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path, error))
    {
        if (IsCorpusShard(entry.path().string()))
        {
            shards.push_back(entry.path().string());
        }
    }
    std::sort(shards.begin(), shards.end());
    return shards;
}

void
AddRuns(WindowDataset& dataset, const std::vector<std::string>& paths, const std::string& split)
{
    for (const std::string& path : paths)
    {
        const std::vector<std::string> shards = FindCorpusShards(path);
        if (shards.empty())
        {
            for (const std::string& run : FindRuns({path}))
            {
                dataset.AddRun(run);
            }
            continue;
        }
        std::size_t taken = 0;
        for (const std::string& shard : shards)
        {
            const Hdf5File file(shard);
            if (!file.Has("rows") || (split != "all" && ReadHead(file).split != split))
            {
                continue;
            }
            dataset.AddRun(ReadCorpusShard(shard));
            ++taken;
        }
        if (taken == 0)
        {
            throw std::runtime_error("no run of split " + split + " in " + path +
                                     ": expected train, validation, test or all");
        }
    }
}

} // namespace ns3::neural
