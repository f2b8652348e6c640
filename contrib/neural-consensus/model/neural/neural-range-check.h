#ifndef NEURAL_RANGE_CHECK_H
#define NEURAL_RANGE_CHECK_H

#include <sstream>
#include <stdexcept>

namespace ns3::neural
{

/**
 * @param name of the value, as users write it
 * @param value to check
 * @param low smallest value allowed
 * @param high largest value allowed
 * @throws std::invalid_argument naming value and range; a value that is not a number is out of
 * range
 */
template <typename T>
void
RequireInRange(const char* name, T value, T low, T high)
{
    if (!(value >= low && value <= high))
    {
        std::ostringstream message;
        message << name << " is " << value << ": expected " << low << " to " << high;
        throw std::invalid_argument(message.str());
    }
}

} // namespace ns3::neural

#endif /* NEURAL_RANGE_CHECK_H */
