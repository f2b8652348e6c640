#ifndef TOPOLOGY_TEST_NAME_H
#define TOPOLOGY_TEST_NAME_H

#include <algorithm>
#include <string>

namespace nctest
{

/** @return a family's name as GoogleTest takes it: letters, digits and underscores */
inline std::string
TopologyTestName(std::string name)
{
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

} // namespace nctest

#endif /* TOPOLOGY_TEST_NAME_H */
