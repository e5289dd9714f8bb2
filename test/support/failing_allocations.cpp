#include "failing_allocations.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace hawser::test {

constinit thread_local failing_allocations allocations;

}   // namespace hawser::test

namespace {

void* allocate(std::size_t size) {
    if (hawser::test::allocations.next_fails()) throw std::bad_alloc();
    if (void* made = std::malloc(std::max<std::size_t>(size, 1))) return made;
    throw std::bad_alloc();
}

}   // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void operator delete(void* made) noexcept { std::free(made); }
void operator delete[](void* made) noexcept { std::free(made); }
void operator delete(void* made, std::size_t) noexcept { std::free(made); }
void operator delete[](void* made, std::size_t) noexcept { std::free(made); }

// Linked with --wrap: what Asio allocates operations and coroutine frames with.
extern "C" void* __real_aligned_alloc(std::size_t alignment, std::size_t size);
extern "C" void* __wrap_aligned_alloc(std::size_t alignment, std::size_t size) {
    return hawser::test::allocations.next_fails() ? nullptr : __real_aligned_alloc(alignment, size);
}
