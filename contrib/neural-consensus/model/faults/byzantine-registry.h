#ifndef BYZANTINE_REGISTRY_H
#define BYZANTINE_REGISTRY_H

#include "byzantine-behaviour.h"

#include <memory>

namespace ns3::faults
{

/**
 * Makes what a byzantine fault puts between a server and the wire. A new behaviour is a subclass of
 * ByzantineBehaviour and a line in the registry (byzantine-registry.cc) that names its kind.
 * @param fault of one of the byzantine kinds
 * @param context the server and its surroundings; its randomness is not used where the fault has a
 *        seed of its own
 * @throws std::invalid_argument if no behaviour is registered for the kind
 */
std::shared_ptr<MessageInterceptor> MakeByzantine(const FaultSpec& fault, ByzantineContext context);

} // namespace ns3::faults

#endif /* BYZANTINE_REGISTRY_H */
