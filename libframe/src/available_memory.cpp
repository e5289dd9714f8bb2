// How much memory this process may use: the least of what the machine has, its control group may have, and its own limits leave.
#include <hawser/io/memory_budget.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

namespace hawser::io {

namespace {

// A limit of a control group; the largest number if there is none ("max"), or no such file.
std::size_t limit_in(const std::string& path) {
    std::ifstream file(path);
    std::size_t limit = 0;
    return file >> limit ? limit : std::numeric_limits<std::size_t>::max();
}

// The group that the process is in and every one above it: each has a say. In a container it is the root that is seen.
std::size_t limit_of_groups() {
    std::size_t least = std::min(limit_in("/sys/fs/cgroup/memory.max"),
                                 limit_in("/sys/fs/cgroup/memory/memory.limit_in_bytes"));
    std::ifstream groups("/proc/self/cgroup");
    for (std::string line; std::getline(groups, line);) {
        const bool unified = line.starts_with("0::");
        const std::size_t of_memory = line.find(":memory:");
        if (!unified && of_memory == std::string::npos) continue;
        std::string path = line.substr(unified ? 3 : of_memory + 8);
        const std::string root = unified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
        const std::string name = unified ? "/memory.max" : "/memory.limit_in_bytes";
        for (; path.size() > 1; path.resize(path.rfind('/'))) least = std::min(least, limit_in(root + path + name));
    }
    return least;
}

// Of an address space, or data segment, of which `used` is taken. Half of the rest is for what grows beside what is asked for: the
// stacks of threads (8 MiB each), malloc's arenas (up to 64 MiB of addresses a thread), and what lies free between blocks.
template <class Kind>
std::size_t left_of(Kind kind, std::size_t used) {
    rlimit limit{};
    if (::getrlimit(kind, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return std::numeric_limits<std::size_t>::max();
    return limit.rlim_cur > used ? static_cast<std::size_t>(limit.rlim_cur - used) / 2 : 0;
}

// `ulimit -v` and `ulimit -d`. Without /proc nothing counts as used.
std::size_t limit_of_process(std::size_t page_size) {
    std::ifstream file("/proc/self/statm");
    std::size_t size = 0, resident = 0, shared = 0, text = 0, library = 0, data = 0;
    file >> size >> resident >> shared >> text >> library >> data;
    return std::min(left_of(RLIMIT_AS, size * page_size), left_of(RLIMIT_DATA, data * page_size));
}

}  // namespace

std::size_t available_memory() {
    const auto pages = static_cast<std::size_t>(std::max(0L, ::sysconf(_SC_PHYS_PAGES)));
    const auto page_size = static_cast<std::size_t>(std::max(0L, ::sysconf(_SC_PAGESIZE)));
    return std::min({pages * page_size, limit_of_groups(), limit_of_process(page_size)});
}

}  // namespace hawser::io
