#ifndef SWIM_HELPER_H
#define SWIM_HELPER_H

#include "ns3/application-container.h"
#include "ns3/node-container.h"
#include "ns3/object-factory.h"
#include "ns3/swim-application.h"

#include <cstdint>
#include <string>

namespace ns3
{

class AttributeValue;

/** Puts a SwimApplication on every server; together they are one group. */
class SwimHelper
{
  public:
    SwimHelper();

    /** Sets an attribute of the applications to be installed. */
    void SetAttribute(const std::string& name, const AttributeValue& value);

    /**
     * @param servers nodes with a HostNetwork
     * @throws std::invalid_argument in one line that names the attribute where one is out of range
     */
    ApplicationContainer Install(const NodeContainer& servers) const;

    /**
     * Fixes the random streams of what Install() returned.
     * @return streams used
     */
    static int64_t AssignStreams(const ApplicationContainer& members, int64_t stream);

  private:
    ObjectFactory m_factory; //!< makes applications
};

} // namespace ns3

#endif /* SWIM_HELPER_H */
