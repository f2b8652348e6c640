#ifndef CONSENSUS_NS3_OPTIONS_H
#define CONSENSUS_NS3_OPTIONS_H

#include <string>
#include <vector>

namespace ns3
{

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
