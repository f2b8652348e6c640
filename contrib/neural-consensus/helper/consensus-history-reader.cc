#include "consensus-history-reader.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace ns3
{

namespace
{

using Json = nlohmann::json;

/** The longest line, its end included; a file without line ends must not fill the memory. */
constexpr std::size_t LINE_BYTES = 1U << 20;

/** The latest time in seconds; up to here a double tells nanoseconds apart. */
constexpr double LATEST = 4000000;

/** Starts a message with what was found, cut where it is long. */
[[noreturn]] void
Refuse(const std::string& name, const Json& found, const std::string& expected)
{
    constexpr std::size_t LONGEST = 40;
    std::string text = found.dump(-1, ' ', true); // as ASCII, so that it can be cut anywhere
    if (text.size() > LONGEST)
    {
        text.replace(LONGEST, std::string::npos, "...");
    }
    throw std::invalid_argument(name + " is " + text + ": expected " + expected);
}

const Json&
Field(const Json& line, const char* name, const char* expected)
{
    const auto field = line.find(name);
    if (field == line.end())
    {
        throw std::invalid_argument(std::string(name) + " is missing: expected " + expected);
    }
    return *field;
}

std::string
Text(const Json& line, const char* name)
{
    const Json& field = Field(line, name, "text");
    if (!field.is_string())
    {
        Refuse(name, field, "text");
    }
    return field.get<std::string>();
}

bool
IsPut(const Json& line)
{
    const char* const expected = "\"put\" or \"get\"";
    const Json& op = Field(line, "op", expected);
    if (op != "put" && op != "get")
    {
        Refuse("op", op, expected);
    }
    return op == "put";
}

uint32_t
Client(const Json& line)
{
    const char* const expected = "a whole number from 1 to 4294967295";
    const Json& client = Field(line, "client", expected);
    if (!client.is_number_unsigned() || client.get<uint64_t>() < 1 ||
        client.get<uint64_t>() > std::numeric_limits<uint32_t>::max())
    {
        Refuse("client", client, expected);
    }
    return client.get<uint32_t>();
}

bool
IsTime(const Json& field)
{
    return field.is_number() && field.get<double>() >= 0 && field.get<double>() <= LATEST;
}

raft::TimePoint
ToTime(const Json& field)
{
    return raft::TimePoint(std::llround(field.get<double>() * 1e9));
}

raft::HistoryOperation
ParseOperation(std::string_view text)
{
    const Json line = Json::parse(text, nullptr, false);
    if (!line.is_object())
    {
        throw std::invalid_argument("this is no operation: expected a JSON object with client, op, "
                                    "key, value, call and ret");
    }
    raft::HistoryOperation operation;
    operation.client = Client(line);
    operation.put = IsPut(line);
    operation.key = Text(line, "key");
    operation.value = Text(line, "value");

    const char* const expectedCall = "seconds from 0 to 4000000";
    const Json& call = Field(line, "call", expectedCall);
    if (!IsTime(call))
    {
        Refuse("call", call, expectedCall);
    }
    operation.call = ToTime(call);

    const char* const expectedRet = "seconds from call to 4000000, or -1 where it is unknown";
    const Json& ret = Field(line, "ret", expectedRet);
    const bool unknown = ret == -1;
    if (!unknown && (!IsTime(ret) || ToTime(ret) < operation.call))
    {
        Refuse("ret", ret, expectedRet);
    }
    if (!unknown)
    {
        operation.ret = ToTime(ret);
    }
    return operation;
}

/** Remembers in which line a key got a value, and refuses a second one. */
class Puts
{
  public:
    void Add(const raft::HistoryOperation& put, std::size_t line)
    {
        const char* const expected =
            "unique values, none of them empty (a missing key reads as \"\")";
        if (put.value.empty())
        {
            Refuse("value", put.value, expected);
        }
        const auto [place, fresh] = m_lines[put.key].emplace(put.value, line);
        if (!fresh)
        {
            Refuse("value",
                   put.value,
                   std::string(expected) + ", but line " + std::to_string(place->second) +
                       " puts it to the same key");
        }
    }

  private:
    std::unordered_map<std::string, std::unordered_map<std::string, std::size_t>> m_lines;
};

} // namespace

std::vector<raft::HistoryOperation>
ReadConsensusHistory(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file || std::filesystem::is_directory(path))
    {
        throw std::runtime_error("cannot read " + path + ": expected a history.ndjson");
    }
    std::vector<raft::HistoryOperation> operations;
    Puts puts;
    std::vector<char> line(LINE_BYTES);
    std::size_t number = 1;
    for (; file.getline(line.data(), static_cast<std::streamsize>(line.size())); ++number)
    {
        // The line's end counts as read, but the last line may have none.
        const auto read = static_cast<std::size_t>(file.gcount());
        const std::string_view text(line.data(), file.eof() ? read : read - 1);
        try
        {
            operations.push_back(ParseOperation(text));
            if (operations.back().put)
            {
                puts.Add(operations.back(), number);
            }
        }
        catch (const std::invalid_argument& e)
        {
            throw std::runtime_error(path + ":" + std::to_string(number) + ": " + e.what());
        }
    }
    if (file.bad())
    {
        throw std::runtime_error("cannot read " + path + " to its end");
    }
    if (!file.eof())
    {
        throw std::runtime_error(path + ":" + std::to_string(number) +
                                 ": this line is too long: expected 1 MiB at most");
    }
    return operations;
}

} // namespace ns3
