#include <hawser/io/thread_time.hpp>

#include <chrono>
#include <ctime>

namespace hawser::inline v0::io {

duration thread_time() noexcept {
    timespec had{};
    if (::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &had) != 0) return {};
    return std::chrono::duration_cast<duration>(std::chrono::seconds(had.tv_sec) +
                                                std::chrono::nanoseconds(had.tv_nsec));
}

}   // namespace hawser::io
