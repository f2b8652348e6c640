#include "synthetic-runs.h"

#include "ns3/neural-model-file.h"
#include "ns3/neural-random.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <limits>

using namespace ns3::neural;
using namespace ns3::neural::test;

namespace
{

StoredModel
Example()
{
    StoredModel model;
    model.config.hidden = 7;
    model.config.classifier = {5, 4};
    FeatureRow mean;
    FeatureRow scale;
    for (std::size_t i = 0; i < FEATURE_COUNT; ++i)
    {
        mean[i] = 0.1F * static_cast<float>(i);
        scale[i] = 1.0F / static_cast<float>(i + 3);
    }
    model.normaliser = Normaliser(mean, scale);
    model.anomalyThreshold = 1.0 / 3.0;
    model.seed = std::numeric_limits<uint64_t>::max();
    model.bestEpoch = 12;
    model.tensors.push_back({"first", {2, 3}, {1, -2, 3.5F, 1e-38F, 1e38F, 0}});
    model.tensors.push_back({"second", {4}, {0.1F, 0.2F, 0.3F, 0.4F}});
    model.tensors.push_back({"empty", {0, 5}, {}});
    return model;
}

std::string
DecodeError(const std::string& bytes)
{
    return ErrorOf([&] { DecodeModelFile(bytes, "some-model"); });
}

void
ExpectOneLineThatNamesTheFile(const std::string& error, const std::string& what)
{
    EXPECT_NE(error.find("some-model"), std::string::npos) << what << ": " << error;
    EXPECT_NE(error.find("expected"), std::string::npos) << what << ": " << error;
    EXPECT_EQ(error.find('\n'), std::string::npos) << what << ": " << error;
}

} // namespace

TEST(NeuralModelFile, GivesBackAllThatWasWritten)
{
    const StoredModel model = Example();
    const StoredModel read = DecodeModelFile(EncodeModelFile(model), "some-model");
    EXPECT_TRUE(read.config == model.config);
    EXPECT_EQ(read.normaliser.Mean(), model.normaliser.Mean());
    EXPECT_EQ(read.normaliser.Scale(), model.normaliser.Scale());
    EXPECT_EQ(read.anomalyThreshold, model.anomalyThreshold);
    EXPECT_EQ(read.seed, model.seed);
    EXPECT_EQ(read.bestEpoch, model.bestEpoch);
    ASSERT_EQ(read.tensors.size(), model.tensors.size());
    for (std::size_t i = 0; i < read.tensors.size(); ++i)
    {
        EXPECT_EQ(read.tensors[i].name, model.tensors[i].name);
        EXPECT_EQ(read.tensors[i].shape, model.tensors[i].shape);
        EXPECT_EQ(read.tensors[i].values, model.tensors[i].values);
    }
}

TEST(NeuralModelFile, IsTheSameForTheSameModel)
{
    EXPECT_EQ(EncodeModelFile(Example()), EncodeModelFile(Example()));
}

TEST(NeuralModelFile, BeginsWithItsMagicAndVersion)
{
    const std::string bytes = EncodeModelFile(Example());
    EXPECT_EQ(bytes.substr(0, 11), "NCMODEL\r\n\x1a\n");
    EXPECT_EQ(bytes[11], '\x01');
}

TEST(NeuralModelFile, IsRefusedWhereItIsTruncatedAtAnyByte)
{
    const std::string bytes = EncodeModelFile(Example());
    for (std::size_t size = 0; size < bytes.size(); ++size)
    {
        ExpectOneLineThatNamesTheFile(DecodeError(bytes.substr(0, size)), std::to_string(size));
    }
    ExpectOneLineThatNamesTheFile(DecodeError(bytes + '\0'), "a byte more");
}

TEST(NeuralModelFile, IsRefusedWhereAnyBitIsFlipped)
{
    const std::string bytes = EncodeModelFile(Example());
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit)
    {
        std::string changed = bytes;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
        ExpectOneLineThatNamesTheFile(DecodeError(changed), "bit " + std::to_string(bit));
    }
}

TEST(NeuralModelFile, IsRefusedWhereItIsRandomBytes)
{
    const std::string bytes = EncodeModelFile(Example());
    for (uint64_t seed = 0; seed < 200; ++seed)
    {
        SplitMix64 random(seed);
        std::string noise = seed % 2 == 0 ? std::string() : bytes.substr(0, 15);
        while (noise.size() < 300)
        {
            noise.push_back(static_cast<char>(random.Below(256)));
        }
        ExpectOneLineThatNamesTheFile(DecodeError(noise), "seed " + std::to_string(seed));
    }
}

TEST(NeuralModelFile, SaysWhichVersionItExpects)
{
    std::string bytes = EncodeModelFile(Example());
    bytes[11] = '\x02';
    EXPECT_NE(DecodeError(bytes).find("version 2, expected 1"), std::string::npos);
}

TEST(NeuralModelFile, SaysThatAForeignFileIsNoModel)
{
    for (const std::string foreign : {"PK\x03\x04 a zip file, as LibTorch writes", "", "NC"})
    {
        ExpectOneLineThatNamesTheFile(DecodeError(foreign), foreign);
    }
    EXPECT_NE(DecodeError("PK\x03\x04").find("not a model of this project"), std::string::npos);
}

// The checksum is right in these: somebody wrote such a file on purpose.
TEST(NeuralModelFile, IsRefusedWhereItsContentMakesNoSense)
{
    const auto errorOf = [](auto change) {
        StoredModel model = Example();
        change(model);
        return DecodeError(EncodeModelFile(model));
    };
    const std::vector<std::pair<std::string, std::string>> errors{
        {"window", errorOf([](auto& m) { m.config.window = 0; })},
        {"huge", errorOf([](auto& m) { m.config.hidden = 1ULL << 40; })},
        {"dropout", errorOf([](auto& m) { m.config.dropout = 2; })},
        {"threshold", errorOf([](auto& m) { m.anomalyThreshold = -1; })},
        {"threshold",
         errorOf([](auto& m) { m.anomalyThreshold = std::numeric_limits<double>::quiet_NaN(); })},
        {"weights",
         errorOf([](auto& m) { m.tensors[0].values[1] = std::numeric_limits<float>::infinity(); })},
        {"twice", errorOf([](auto& m) { m.tensors[1].name = "first"; })},
        {"negative", errorOf([](auto& m) { m.tensors[1].shape = {-4}; })},
        {"overflow", errorOf([](auto& m) {
             m.tensors[1].shape = {1LL << 40, 1LL << 40};
         })},
        {"more", errorOf([](auto& m) { m.tensors[1].shape = {5}; })},
        {"fewer", errorOf([](auto& m) { m.tensors[1].shape = {3}; })},
    };
    for (const auto& [what, error] : errors)
    {
        ExpectOneLineThatNamesTheFile(error, what);
    }
}

TEST(NeuralModelFile, SaysThatAFileCannotBeRead)
{
    const TestFolder folder;
    for (const std::string& path : {folder.Path("missing"), folder.Path("")})
    {
        const std::string error = ErrorOf([&] { ReadModelFile(path); });
        EXPECT_NE(error.find(path), std::string::npos) << error;
        EXPECT_NE(error.find("train-detector"), std::string::npos) << error;
    }
}
