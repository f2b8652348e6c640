#ifndef NETEM_QUEUE_DISC_H
#define NETEM_QUEUE_DISC_H

#include "ns3/error-model.h"
#include "ns3/ipv4-address.h"
#include "ns3/nstime.h"
#include "ns3/ptr.h"
#include "ns3/queue-disc.h"
#include "ns3/random-variable-stream.h"
