#ifndef DETECTOR_PARAMETER_READER_H
#define DETECTOR_PARAMETER_READER_H

#include "failure-detector.h"

#include <set>
#include <string>

namespace ns3::detection
{

/**
 * Reads a detector's parameters with defaults and bounds, and insists that each one was asked for.
 * Every error is a std::invalid_argument of one line that names detector, key, value and what was
 * expected.
 */
class DetectorParameterReader
{
  public:
    DetectorParameterReader(std::string detector, const DetectorParameters& parameters);

    /** @return the time under `key`, at least (or, if `strictly`, above) 0 and at most a year */
    Nanos Duration(const std::string& key, Nanos fallback, bool strictly);

    /** @return the number under `key`, above 0 and finite */
    double PositiveNumber(const std::string& key, double fallback);

    /** @return the whole number under `key`, in [low, high] */
    std::size_t Count(const std::string& key,
                      std::size_t fallback,
                      std::size_t low,
                      std::size_t high);

    /** @throws std::invalid_argument if a parameter is left that nobody asked for */
    void Finish() const;

  private:
    const std::string* Find(const std::string& key);
    [[noreturn]] void Fail(const std::string& key,
                           const std::string& value,
                           const std::string& expected) const;

    std::string m_detector;             //!< name, for messages
    const DetectorParameters& m_values; //!< what was given
    std::set<std::string> m_known;      //!< keys asked for
};

/**
 * @param text a number and a unit (ns, us, ms, s, min, h), or a bare number of seconds
 * @return nothing where it is no finite time of less than a year's magnitude
 */
std::optional<Nanos> ParseDuration(const std::string& text);

} // namespace ns3::detection

#endif /* DETECTOR_PARAMETER_READER_H */
