#include "neural-model-file.h"

#include <boost/crc.hpp>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string_view>

namespace ns3::neural
{

namespace
{

using nlohmann::json;

// 0x0a, 0x0d 0x0a and 0x1a tell transfers that changed line ends, as in PNG.
constexpr std::string_view MAGIC{"NCMODEL\r\n\x1a\n", 11};
constexpr std::size_t WORD = sizeof(uint32_t);
constexpr std::size_t PREFIX = MAGIC.size() + 2 * WORD;
constexpr std::uintmax_t MAX_FILE_BYTES = 256ULL << 20;
constexpr const char* PROJECT = "neural-consensus";

void
PutWord(std::string& bytes, uint32_t word)
{
    for (unsigned shift = 0; shift < 32; shift += 8)
    {
        bytes.push_back(static_cast<char>((word >> shift) & 0xffU));
    }
}

uint32_t
GetWord(const std::string& bytes, std::size_t at)
{
    uint32_t word = 0;
    for (unsigned i = 0; i < WORD; ++i)
    {
        word |= static_cast<uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    }
    return word;
}

uint32_t
Checksum(const std::string& bytes, std::size_t count)
{
    boost::crc_32_type crc;
    crc.process_bytes(bytes.data(), count);
    return crc.checksum();
}

json
HeaderOf(const StoredModel& model)
{
    json tensors = json::array();
    for (const StoredTensor& tensor : model.tensors)
    {
        tensors.push_back({{"name", tensor.name}, {"shape", tensor.shape}});
    }
    const ModelConfig& config = model.config;
    return {
        {"project", PROJECT},
        {"config",
         {{"window", config.window},
          {"hidden", config.hidden},
          {"layers", config.layers},
          {"latent", config.latent},
          {"classifier", config.classifier},
          {"dropout", config.dropout}}},
        {"features", FeatureNames()},
        {"classes", FailureClassNames()},
        {"normaliser", {{"mean", model.normaliser.Mean()}, {"scale", model.normaliser.Scale()}}},
        {"anomaly_threshold", model.anomalyThreshold},
        {"seed", model.seed},
        {"best_epoch", model.bestEpoch},
        {"tensors", tensors}};
}

/** @throws json::exception or std::exception saying what is wrong; the caller names the file */
StoredModel
ModelOf(const json& header)
{
    StoredModel model;
    const json& config = header.at("config");
    // Through doubles, so that a negative or huge number meets the range check, not a wrap-around.
    const auto size = [](const json& value) {
        const double number = value.get<double>();
        return number >= 0 && number <= 1e9 ? static_cast<std::size_t>(number) : SIZE_MAX;
    };
    model.config.window = size(config.at("window"));
    model.config.hidden = size(config.at("hidden"));
    model.config.layers = size(config.at("layers"));
    model.config.latent = size(config.at("latent"));
    model.config.classifier.clear();
    for (const json& units : config.at("classifier"))
    {
        model.config.classifier.push_back(size(units));
    }
    model.config.dropout = config.at("dropout").get<double>();
    model.config.Validate();

    const json& normaliser = header.at("normaliser");
    model.normaliser = Normaliser(normaliser.at("mean").get<FeatureRow>(),
                                  normaliser.at("scale").get<FeatureRow>());
    model.anomalyThreshold = header.at("anomaly_threshold").get<double>();
    if (!(std::isfinite(model.anomalyThreshold) && model.anomalyThreshold >= 0))
    {
        throw std::invalid_argument("anomaly_threshold: expected a finite number from 0");
    }
    model.seed = header.at("seed").get<uint64_t>();
    model.bestEpoch = header.at("best_epoch").get<std::size_t>();
    std::set<std::string> names;
    for (const json& each : header.at("tensors"))
    {
        StoredTensor tensor;
        tensor.name = each.at("name").get<std::string>();
        tensor.shape = each.at("shape").get<std::vector<int64_t>>();
        if (!names.insert(tensor.name).second)
        {
            throw std::invalid_argument("tensor " + tensor.name + ": expected once");
        }
        model.tensors.push_back(std::move(tensor));
    }
    return model;
}

/** Reads the tensors' values, which fill the bytes from `at` to `end` exactly. */
void
ReadValues(const std::string& bytes, std::size_t at, std::size_t end, StoredModel& model)
{
    for (StoredTensor& tensor : model.tensors)
    {
        const std::size_t count = StoredTensor::Size(tensor.shape);
        if (count > (end - at) / WORD)
        {
            throw std::invalid_argument("tensor " + tensor.name + ": expected more values");
        }
        tensor.values.resize(count);
        for (float& value : tensor.values)
        {
            const uint32_t word = GetWord(bytes, at);
            std::memcpy(&value, &word, WORD);
            at += WORD;
            if (!std::isfinite(value))
            {
                throw std::invalid_argument("tensor " + tensor.name + ": expected finite values");
            }
        }
    }
    if (at != end)
    {
        throw std::invalid_argument("expected " + std::to_string(end - at) +
                                    " bytes less of values");
    }
}

} // namespace

std::size_t
StoredTensor::Size(const std::vector<int64_t>& shape)
{
    std::size_t size = 1;
    for (const int64_t extent : shape)
    {
        if (extent < 0 || (extent > 0 && size > MAX_FILE_BYTES / static_cast<std::size_t>(extent)))
        {
            return SIZE_MAX;
        }
        size *= static_cast<std::size_t>(extent);
    }
    return size;
}

std::string
EncodeModelFile(const StoredModel& model)
{
    const std::string header = HeaderOf(model).dump();
    std::string bytes(MAGIC);
    PutWord(bytes, MODEL_FILE_VERSION);
    PutWord(bytes, static_cast<uint32_t>(header.size()));
    bytes += header;
    for (const StoredTensor& tensor : model.tensors)
    {
        for (const float value : tensor.values)
        {
            uint32_t word = 0;
            std::memcpy(&word, &value, WORD);
            PutWord(bytes, word);
        }
    }
    PutWord(bytes, Checksum(bytes, bytes.size()));
    return bytes;
}

StoredModel
DecodeModelFile(const std::string& bytes, const std::string& name)
{
    const auto fail = [&name](const std::string& reason) {
        throw std::runtime_error("model file " + name + ": " + reason);
    };
    const std::size_t common = std::min(bytes.size(), MAGIC.size());
    if (bytes.empty() || bytes.compare(0, common, MAGIC, 0, common) != 0)
    {
        fail("not a model of this project, expected a file written by train-detector");
    }
    if (bytes.size() < PREFIX + WORD)
    {
        fail("truncated, expected at least " + std::to_string(PREFIX + WORD) + " bytes");
    }
    const uint32_t version = GetWord(bytes, MAGIC.size());
    if (version != MODEL_FILE_VERSION)
    {
        fail("format version " + std::to_string(version) + ", expected " +
             std::to_string(MODEL_FILE_VERSION));
    }
    const std::size_t end = bytes.size() - WORD;
    const std::size_t headerSize = GetWord(bytes, MAGIC.size() + WORD);
    if (headerSize > end - PREFIX)
    {
        fail("truncated, expected a header of " + std::to_string(headerSize) + " bytes");
    }
    if (GetWord(bytes, end) != Checksum(bytes, end))
    {
        fail("truncated or corrupt, expected a matching checksum");
    }
    try
    {
        const json header =
            json::parse(bytes.begin() + PREFIX,
                        bytes.begin() + static_cast<std::ptrdiff_t>(PREFIX + headerSize));
        if (header.at("features") != json(FeatureNames()) ||
            header.at("classes") != json(FailureClassNames()))
        {
            throw std::invalid_argument("expected the features and classes of this version");
        }
        StoredModel model = ModelOf(header);
        ReadValues(bytes, PREFIX + headerSize, end, model);
        return model;
    }
    catch (const json::exception& e)
    {
        fail(std::string("malformed header, expected the fields of this version: ") + e.what());
    }
    catch (const std::exception& e)
    {
        fail(std::string("malformed, ") + e.what());
    }
    return {};
}

StoredModel
ReadModelFile(const std::string& path)
{
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    std::ifstream file(path, std::ios::binary);
    if (error || !file)
    {
        throw std::runtime_error("cannot read model file " + path +
                                 ": expected a file written by train-detector");
    }
    if (size > MAX_FILE_BYTES)
    {
        throw std::runtime_error("model file " + path + ": expected at most " +
                                 std::to_string(MAX_FILE_BYTES >> 20) + " MiB");
    }
    std::string bytes(static_cast<std::size_t>(size), '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    return DecodeModelFile(bytes, path);
}

} // namespace ns3::neural
