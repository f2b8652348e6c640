#ifndef CONSENSUS_NS3_OPTIONS_H
#define CONSENSUS_NS3_OPTIONS_H

#include <map>
#include <string>
#include <vector>

namespace ns3
{

/**
 * Refuses attributes that a program sets by itself, for which a default would have no effect.
 * @param arguments as they stood on the command line
 * @param own each as "--ns3::Class::Attribute", and what to use instead
 * @param where has no effect: "here", or "in a scenario"
 * @throws std::invalid_argument in one line that names the attribute and what to use instead
 */
void RefuseOwnAttributes(const std::vector<std::string>& arguments,
                         const std::map<std::string, std::string>& own,
                         const std::string& where);

/**
 * Hands arguments that a program does not know to ns3::CommandLine: global values (--RngRun=3),
 * defaults of attributes (--ns3::Class::Attribute=VALUE) and --Print... ns-3 ends the process where
 * a name or a value is no good, so both are checked first.
 * @param arguments as they stood on the command line
 * @param program its name
 * @throws std::invalid_argument in one line that names the argument and what was expected
 */
void PassToNs3(const std::vector<std::string>& arguments, const std::string& program);

} // namespace ns3

#endif /* CONSENSUS_NS3_OPTIONS_H */
