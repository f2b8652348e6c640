#include "trained-model.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <vector>

using namespace nctest;

namespace
{

/** Arguments that are wrong, and what the one line on stderr has to name. */
struct BadInput
{
    std::string arguments;
    std::string named;
};

/** Bad input to programs that write below `m_out`, which has to stay empty. */
class TrainingRefuses : public WithTrainedModel
{
  protected:
    TrainingRefuses()
        : m_out(m_folder / "out")
    {
        std::filesystem::create_directory(m_out);
    }

    void ExpectRefused(const std::string& line, const std::string& named) const
    {
        const auto result = RunProgramLine(line);
        const std::string program = line.substr(0, line.find(' '));
        EXPECT_EQ(result.status, 2) << line << "\n" << result.errors;
        EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << line << "\n"
                                                                                   << result.errors;
        EXPECT_EQ(result.errors.rfind(program + ": ", 0), 0U) << line << "\n" << result.errors;
        EXPECT_NE(result.errors.find(named), std::string::npos) << line << "\n" << result.errors;
        EXPECT_EQ(result.output, "") << line;
        EXPECT_TRUE(ReadFolder(m_out).empty()) << line;
    }

    /** Copies the runs and changes one line of one file. */
    std::string RunsWith(const std::string& name,
                         const std::string& file,
                         std::size_t lineNumber,
                         const std::string& from,
                         const std::string& to) const
    {
        std::string runs = m_folder / name;
        std::filesystem::copy(Runs(), runs, std::filesystem::copy_options::recursive);
        const std::string path = runs + "/2/" + file;
        std::istringstream lines(ReadAll(path));
        std::ofstream changed(path, std::ios::binary);
        std::string line;
        for (std::size_t number = 1; std::getline(lines, line); ++number)
        {
            if (number == lineNumber)
            {
                const std::size_t at = line.find(from);
                EXPECT_NE(at, std::string::npos) << line;
                line.replace(at, from.size(), to);
            }
            changed << line << '\n';
        }
        return runs;
    }

    const std::string m_out;
};

/** Files that are no model, or not a whole one, and how each is described. */
std::vector<std::pair<std::string, std::string>>
WrongModels(const std::string& good)
{
    std::string corrupt = good;
    corrupt[corrupt.size() / 2] ^= 0x10;
    std::string later = good;
    ++later[11]; // the format's version follows 11 bytes of magic
    return {{"", "not a model"},
            {"epoch,loss\n1,0.5\n", "not a model"},
            {good.substr(0, good.size() / 2), "truncated or corrupt"},
            {corrupt, "truncated or corrupt"},
            {later, "format version 2, expected 1"}};
}

} // namespace

TEST_F(TrainingRefuses, OptionsOfTrainingThatAreUnknownMissingOrOutOfRange)
{
    const std::string start = "train-detector --data=" + Runs() + " --out=" + m_out + "/a.ncm ";
    const std::vector<BadInput> cases{
        {"--bogus", "--bogus"},
        {"stray", "positional"},
        {"--epoch=1", "--epoch"},
        {"--epochs=0", "epochs"},
        {"--epochs=-1", "-1"},
        {"--epochs=ten", "ten"},
        {"--epochs=99999999999999999999", "99999999999999999999"},
        {"--batch-size=0", "batch-size"},
        {"--batch-size=65537", "batch-size"},
        {"--learning-rate=0", "learning-rate"},
        {"--learning-rate=nan", "learning-rate"},
        {"--learning-rate=2", "learning-rate"},
        {"--reconstruction-weight=-1", "reconstruction-weight"},
        {"--classification-weight=1e9", "classification-weight"},
        {"--max-class-weight=0.5", "max-class-weight"},
        {"--gradient-clip=0", "gradient-clip"},
        {"--patience=0", "patience"},
        {"--schedule-factor=0", "schedule-factor"},
        {"--schedule-patience=-1", "schedule-patience"},
        {"--validation-share=0", "validation-share"},
        {"--validation-share=1", "validation-share"},
        {"--windows-per-epoch=0", "windows-per-epoch"},
        {"--balanced=2", "balanced"},
        {"--seed=-1", "-1"},
        {"--threads=0", "threads"},
        {"--device=tpu", "tpu"},
        {"--window=0", "window"},
        {"--window=1001", "window"},
        {"--hidden=0", "hidden"},
        {"--hidden=1025", "hidden"},
        {"--layers=9", "layers"},
        {"--latent=0", "latent"},
        {"--classifier=64,,32", "64,,32"},
        {"--classifier=wide", "wide"},
        {"--classifier=0", "classifier"},
        {"--classifier=1,1,1,1,1,1,1,1,1", "classifier"},
        {"--dropout=1", "dropout"},
        {"--config=/no/such.ini", "/no/such.ini"},
    };
    for (const BadInput& each : cases)
    {
        ExpectRefused(start + each.arguments, each.named);
    }
    ExpectRefused("train-detector --out=" + m_out + "/a.ncm", "--data");
    ExpectRefused("train-detector --data=" + Runs(), "--out");
}

TEST_F(TrainingRefuses, OptionsOfEvaluationThatAreUnknownMissingOrOutOfRange)
{
    const std::string model = " --model=" + Model();
    const std::string data = " --data=" + Runs();
    const std::string out = " --out=" + m_out;
    const std::vector<BadInput> cases{{model + data + out + " --bogus", "--bogus"},
                                      {model + data + out + " stray", "positional"},
                                      {model + data + out + " --replicates=1000001", "replicates"},
                                      {model + data + out + " --replicates=-1", "-1"},
                                      {model + data + out + " --seed=x", "x"},
                                      {model + data + out + " --device=tpu", "tpu"},
                                      {data + out, "--model"},
                                      {model + out, "--data"},
                                      {model + data, "--out"}};
    for (const BadInput& each : cases)
    {
        ExpectRefused("evaluate-detector" + each.arguments, each.named);
    }
}

TEST_F(TrainingRefuses, DataThatIsMissingOrMalformedNamingFileAndLine)
{
    std::filesystem::create_directory(m_folder / "empty");
    const std::vector<BadInput> cases{
        {"/no/such/folder", "/no/such/folder"},
        {m_folder / "empty", "empty"},
        {Model(), "model.ncm"},
        {RunsWith("column", "observations.csv", 1, "latency_mean", "latency"), "latency_mean"},
        {RunsWith("header", "labels.csv", 1, "grace", "peace"), "2/labels.csv"},
        {RunsWith("cell", "observations.csv", 7, ",", ",first-"), "2/observations.csv line 7"},
        {RunsWith("short", "observations.csv", 9, ",", ""), "2/observations.csv"},
        {RunsWith("order", "observations.csv", 5, ".", "9."), "2/observations.csv line 6"},
        {RunsWith("label", "labels.csv", 4, "healthy", "healthful"), "2/labels.csv line 4"},
    };
    for (const BadInput& each : cases)
    {
        ExpectRefused(TrainingOf(each.arguments) + "--out=" + m_out + "/a.ncm --history=" + m_out +
                          "/a.csv",
                      each.named);
    }
    for (const char* name : {"no/such", "cell"})
    {
        ExpectRefused("evaluate-detector --model=" + Model() + " --data=" + (m_folder / name) +
                          " --out=" + m_out,
                      m_folder / name);
    }
    std::filesystem::remove(m_folder / "cell/2/labels.csv");
    ExpectRefused(TrainingOf(m_folder / "cell") + "--out=" + m_out + "/a.ncm", "2/labels.csv");
    // One run leaves none to validate on.
    ExpectRefused(TrainingOf(Runs() + "/1") + "--out=" + m_out + "/a.ncm", "at least 2");
}

TEST_F(TrainingRefuses, AModelThatIsMissingCorruptOrForeign)
{
    std::vector<std::pair<std::string, std::string>> models{{"/no/such.ncm", "/no/such.ncm"},
                                                            {"/dev/null", "/dev/null"},
                                                            {Runs(), Runs()}};
    for (const auto& [bytes, named] : WrongModels(ReadAll(Model())))
    {
        const std::string path = m_folder / ("model-" + std::to_string(models.size()));
        std::ofstream(path, std::ios::binary) << bytes;
        models.emplace_back(path, std::string(path).append(": ").append(named));
    }
    for (const auto& [path, named] : models)
    {
        ExpectRefused("consensus-scenario --quiet --duration=3s --detector=neural --out=" + m_out +
                          " --model=" + path,
                      named);
        ExpectRefused("evaluate-detector --data=" + Runs() + " --out=" + m_out + " --model=" + path,
                      named);
    }
}

TEST_F(TrainingRefuses, AnOutputThatCannotBeWrittenBeforeAnyOtherIs)
{
    const auto train = [](const std::string& out, const std::string& history) {
        return TrainingOf(Runs()) + "--out=" + out + " --history=" + history;
    };
    for (const std::string& bad :
         {std::string("/proc/nowhere"), m_folder / "no/such", Runs(), std::string("/dev/null")})
    {
        ExpectRefused(train(bad, m_out + "/a.csv"), bad);
        ExpectRefused(train(m_out + "/a.ncm", bad), bad);
    }
    ExpectRefused(train(m_out + "/a", m_out + "/./a"), "--history");
    const auto evaluate = [](const std::string& out) {
        return "evaluate-detector --model=" + Model() + " --data=" + Runs() + " --out=" + out;
    };
    for (const std::string& bad :
         {std::string("/proc/nowhere"), Model(), Model() + "/a", std::string("/dev/null")})
    {
        ExpectRefused(evaluate(bad), bad);
    }
}

TEST_F(TrainingRefuses, OneFileThatCannotBeWrittenLeavesNoneOfTheThree)
{
    std::filesystem::create_directory(m_folder / "e");
    std::filesystem::create_directory(m_folder / "e/metrics.csv");
    const std::string out = m_folder / "e";
    ExpectRefused("evaluate-detector --model=" + Model() + " --data=" + Runs() + " --out=" + out,
                  out + "/metrics.csv");
    EXPECT_TRUE(ReadFolder(out).empty());
}

TEST_F(TrainingRefuses, WhatStoodUnderANameStaysWhereTrainingFails)
{
    const std::string old = m_folder / "old.ncm";
    std::ofstream(old) << "an older model";
    ExpectRefused(TrainingOf("/no/such/folder") + "--out=" + old, "/no/such/folder");
    EXPECT_EQ(ReadAll(old), "an older model");
}
