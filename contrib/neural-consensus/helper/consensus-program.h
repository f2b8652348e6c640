#ifndef CONSENSUS_PROGRAM_H
#define CONSENSUS_PROGRAM_H

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

namespace boost::program_options
{
class options_description;
class variables_map;
} // namespace boost::program_options

/**
 * @file
 * What all programs of the project do alike: errors in one line, and options from the command line
 * and from an INI file.
 */
namespace ns3
{

/** Exit status for what the user can put right: a bad option, a missing file, a full disk. */
constexpr int EXIT_USER_ERROR = 2;

/**
 * Runs the body of a program. An exception ends it with one line on stderr, `name: message`, and
 * EXIT_USER_ERROR.
 * @param name of the program
 * @param body all that it does
 * @return what main() returns
 */
int RunProgram(const char* name, const std::function<int()>& body);

/**
 * Reads options from the command line and, where `--config=FILE` is given and an option of that
 * name is described, from an INI file with the same names. The command line wins; names are never
 * guessed from a prefix.
 *
 * @param argc as in main()
 * @param argv as in main()
 * @param options described by the program; notifiers have run on return
 * @param unknown where given, takes what is not described, as `--name=value` or as it stood, from
 *        the file first and then from the command line; where null, such a thing is an error
 * @return the values
 * @throws std::runtime_error in one line; what a notifier throws goes through
 */
boost::program_options::variables_map ParseOptions(
    int argc,
    char* argv[],
    const boost::program_options::options_description& options,
    std::vector<std::string>* unknown = nullptr);

/**
 * A whole number as the value of an option. Read into an unsigned type, `-1` would silently become
 * the largest number; here it is an error.
 */
struct WholeNumber
{
    uint64_t value{0};
};

std::istream& operator>>(std::istream& in, WholeNumber& number);
std::ostream& operator<<(std::ostream& out, const WholeNumber& number);

} // namespace ns3

#endif /* CONSENSUS_PROGRAM_H */
