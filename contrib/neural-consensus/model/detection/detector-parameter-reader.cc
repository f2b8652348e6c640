#include "detector-parameter-reader.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace ns3::detection
{

namespace
{

constexpr double YEAR_NS = 365.0 * 24 * 3600 * 1e9;

/** Splits a decimal number off the front of `text`. */
std::optional<double>
TakeNumber(const std::string& text, std::string& rest)
{
    // from_chars takes no leading blank, plus sign or locale, but "inf" and "nan".
    double value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || !std::isfinite(value))
    {
        return std::nullopt;
    }
    rest.assign(stop, end);
    return value;
}

} // namespace

std::optional<Nanos>
ParseDuration(const std::string& text)
{
    static const std::array<std::pair<const char*, double>, 7> units{
        {{"", 1e9}, {"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"min", 60e9}, {"h", 3600e9}}};
    std::string unit;
    const std::optional<double> number = TakeNumber(text, unit);
    if (!number)
    {
        return std::nullopt;
    }
    for (const auto& [name, scale] : units)
    {
        const double ns = *number * scale;
        if (unit == name && std::abs(ns) <= YEAR_NS)
        {
            return Nanos(std::llround(ns));
        }
    }
    return std::nullopt;
}

DetectorParameterReader::DetectorParameterReader(std::string detector,
                                                 const DetectorParameters& parameters)
    : m_detector(std::move(detector)),
      m_values(parameters)
{
}

Nanos
DetectorParameterReader::Duration(const std::string& key, Nanos fallback, bool strictly)
{
    const std::string* text = Find(key);
    if (!text)
    {
        return fallback;
    }
    const std::optional<Nanos> value = ParseDuration(*text);
    if (!value || *value < Nanos(0) || (strictly && *value == Nanos(0)))
    {
        Fail(key, *text, strictly ? "a time above 0, such as 500ms" : "a time from 0 up, as 500ms");
    }
    return *value;
}

double
DetectorParameterReader::PositiveNumber(const std::string& key, double fallback)
{
    const std::string* text = Find(key);
    if (!text)
    {
        return fallback;
    }
    std::string rest;
    const std::optional<double> value = TakeNumber(*text, rest);
    if (!value || !rest.empty() || *value <= 0)
    {
        Fail(key, *text, "a number above 0");
    }
    return *value;
}

std::size_t
DetectorParameterReader::Count(const std::string& key,
                               std::size_t fallback,
                               std::size_t low,
                               std::size_t high)
{
    const std::string* text = Find(key);
    if (!text)
    {
        return fallback;
    }
    std::size_t value = 0;
    const char* end = text->data() + text->size();
    const auto [stop, error] = std::from_chars(text->data(), end, value);
    if (error != std::errc() || stop != end || value < low || value > high)
    {
        Fail(key,
             *text,
             "a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    }
    return value;
}

void
DetectorParameterReader::Finish() const
{
    for (const auto& [key, value] : m_values)
    {
        if (m_known.count(key) == 0)
        {
            std::string expected;
            for (const std::string& known : m_known)
            {
                expected += (expected.empty() ? "" : ", ") + known;
            }
            throw std::invalid_argument("detector " + m_detector + ": unknown parameter \"" + key +
                                        "\", expected one of " + expected);
        }
    }
}

const std::string*
DetectorParameterReader::Find(const std::string& key)
{
    m_known.insert(key);
    const auto it = m_values.find(key);
    return it == m_values.end() ? nullptr : &it->second;
}

void
DetectorParameterReader::Fail(const std::string& key,
                              const std::string& value,
                              const std::string& expected) const
{
    throw std::invalid_argument("detector " + m_detector + ": " + key + "=" + value +
                                ", expected " + expected);
}

} // namespace ns3::detection
