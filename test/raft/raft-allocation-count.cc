#include "raft-allocation-count.h"

#include <cstdlib>
#include <new>

namespace
{

std::size_t g_allocations = 0;

} // namespace

// Replaced for this program, to count. All other forms of new end here.
void*
operator new(std::size_t size, const std::nothrow_t&) noexcept
{
    ++g_allocations;
    return std::malloc(size == 0 ? 1 : size);
}

void*
operator new(std::size_t size)
{
    if (void* memory = operator new(size, std::nothrow))
    {
        return memory;
    }
    throw std::bad_alloc();
}

void
operator delete(void* memory) noexcept
{
    std::free(memory);
}

void
operator delete(void* memory, std::size_t /* size */) noexcept
{
    std::free(memory);
}

namespace ns3::raft::test
{

std::size_t
CountAllocations()
{
    return g_allocations;
}

} // namespace ns3::raft::test
