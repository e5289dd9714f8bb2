#include "allocations.hpp"

#include <boost/core/demangle.hpp>

#include <execinfo.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>

namespace hawser::test {

namespace {

std::atomic<bool> counting = false;
std::atomic<std::uint64_t> counted = 0;
std::array<void*, 16> first_stack;   // what is behind these are loops and threads
std::atomic<int> first_depth = 0;
thread_local bool is_asking = false;   // not counted: it runs the work, or it is in backtrace()

void count() noexcept {
    if (!counting.load(std::memory_order_relaxed) || is_asking) return;
    if (counted.fetch_add(1) > 0) return;
    is_asking = true;
    first_depth = ::backtrace(first_stack.data(), static_cast<int>(first_stack.size()));
    is_asking = false;
}

constexpr std::size_t most_of_a_name = 160;   // those of Asio's templates go on for a page

// "program(mangled+0x12) [0x1234]", with the name made readable.
std::string readable(const std::string& line) {
    const std::size_t open = line.find('('), plus = line.find('+', open);
    if (open == std::string::npos || plus == std::string::npos || plus == open + 1) return line;
    return boost::core::demangle(line.substr(open + 1, plus - open - 1).c_str()).substr(0, most_of_a_name);
}

std::string first_callers() {
    const int depth = first_depth;
    const std::unique_ptr<char*[], decltype(&std::free)> names(::backtrace_symbols(first_stack.data(), depth),
                                                               &std::free);
    std::string lines;
    for (const char* name : std::span(names.get(), static_cast<std::size_t>(depth))) lines += "\n  " + readable(name);
    return lines;
}

}   // namespace

allocations allocations_during(const std::function<void()>& work) {
    static_cast<void>(::backtrace(first_stack.data(), 1));   // its first call allocates
    is_asking = true;
    counted = 0;
    first_depth = 0;
    counting = true;
    work();
    counting = false;
    is_asking = false;
    allocations found{counted, {}};
    if (found.times > 0) found.first = first_callers();
    return found;
}

}   // namespace hawser::test

// All that glibc's manual names under "Replacing malloc"; free() stays, since the memory is glibc's own.

extern "C" {

void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void* __libc_valloc(std::size_t size);
void* __libc_pvalloc(std::size_t size);

void* malloc(std::size_t size) {
    hawser::test::count();
    return __libc_malloc(size);
}

void* calloc(std::size_t count, std::size_t size) {
    hawser::test::count();
    return __libc_calloc(count, size);
}

void* realloc(void* old, std::size_t size) {
    hawser::test::count();
    return __libc_realloc(old, size);
}

void* memalign(std::size_t alignment, std::size_t size) {
    hawser::test::count();
    return __libc_memalign(alignment, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) {
    hawser::test::count();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void** made, std::size_t alignment, std::size_t size) {
    hawser::test::count();
    *made = __libc_memalign(alignment, size);
    return *made == nullptr ? ENOMEM : 0;
}

void* valloc(std::size_t size) {
    hawser::test::count();
    return __libc_valloc(size);
}

void* pvalloc(std::size_t size) {
    hawser::test::count();
    return __libc_pvalloc(size);
}

}   // extern "C"
