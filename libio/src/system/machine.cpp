#include <hawser/io/machine.hpp>

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <locale>
#include <thread>

namespace hawser::inline v0::io {

namespace {

constexpr std::size_t unlimited = memory_limits::unlimited;

std::ifstream opened(const std::string& path) {
    std::ifstream file(path);
    file.imbue(std::locale::classic());   // a host program's locale may group digits
    return file;
}

// The largest number if there is none ("max"), or no such file.
std::size_t number_in(const std::string& path) {
    std::ifstream file = opened(path);
    std::size_t number = 0;
    return file >> number ? number : unlimited;
}

// Whether a line of /proc/self/cgroup, "4:cpu,cpuacct:/path", is of that controller of version 1; of
// version 2 if it is empty.
bool is_of(const std::string& line, const std::string& controller) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) return false;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    return controllers == ",," ? controller.empty()
                               : !controller.empty() && controllers.find("," + controller + ",") != std::string::npos;
}

// Calls it with the folder of the group that the process is in, and of every one above it: each has a say. In a
// container it is the root that is seen, whatever path the process is told.
void for_each_group(const std::string& root, const std::string& controller,
                    const std::function<void(const std::string&)>& look) {
    const std::string mounted = root + "/sys/fs/cgroup" + (controller.empty() ? "" : "/" + controller);
    look(mounted);
    std::ifstream groups = opened(root + "/proc/self/cgroup");
    for (std::string line; std::getline(groups, line);) {
        if (!is_of(line, controller)) continue;
        std::string path = line.substr(line.find('/'));
        for (; path.size() > 1; path.resize(path.rfind('/'))) look(mounted + path);
    }
}

std::size_t memory_of_groups(const std::string& root) {
    std::size_t least = unlimited;
    for_each_group(root, "",
                   [&](const std::string& group) { least = std::min(least, number_in(group + "/memory.max")); });
    for_each_group(root, "memory", [&](const std::string& group) {
        least = std::min(least, number_in(group + "/memory.limit_in_bytes"));
    });
    return least;
}

// Processors' worth of time in each period; infinite if there is no quota: "max", or -1.
double quota(double time, double period) {
    return time > 0 && period > 0 ? time / period : std::numeric_limits<double>::infinity();
}

double quota_of_groups(const std::string& root) {
    double least = std::numeric_limits<double>::infinity();
    for_each_group(root, "", [&](const std::string& group) {
        std::ifstream file = opened(group + "/cpu.max");
        double time = 0;
        double period = 0;
        if (file >> time >> period) least = std::min(least, quota(time, period));
    });
    for_each_group(root, "cpu", [&](const std::string& group) {
        double time = 0;
        double period = 0;
        if (opened(group + "/cpu.cfs_quota_us") >> time && opened(group + "/cpu.cfs_period_us") >> period)
            least = std::min(least, quota(time, period));
    });
    return least;
}

// Of an address space, or data segment, of which `used` is taken. Half of the rest is for what grows beside what is
// asked for: the stacks of threads (8 MiB each), malloc's arenas (up to 64 MiB of addresses a thread), and what
// lies free between blocks.
template <class Kind>
std::size_t left_of(Kind kind, std::size_t used) {
    rlimit limit{};
    if (::getrlimit(kind, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return unlimited;
    return limit.rlim_cur > used ? static_cast<std::size_t>(limit.rlim_cur - used) / 2 : 0;
}

// Without /proc nothing counts as used.
std::size_t memory_of_process(const std::string& root, std::size_t page_size) {
    std::ifstream file = opened(root + "/proc/self/statm");
    std::size_t size = 0, resident = 0, shared = 0, text = 0, library = 0, data = 0;
    file >> size >> resident >> shared >> text >> library >> data;
    return std::min(left_of(RLIMIT_AS, size * page_size), left_of(RLIMIT_DATA, data * page_size));
}

// More than 1,024 do not fit what is asked; then all count.
unsigned processors_of_process() {
    cpu_set_t allowed;
    if (::sched_getaffinity(0, sizeof allowed, &allowed) == 0) return static_cast<unsigned>(CPU_COUNT(&allowed));
    return std::thread::hardware_concurrency();
}

}   // namespace

std::size_t memory_limits::share() const noexcept { return std::min({machine / 4, groups / 2, process / 4}); }

std::size_t memory_limits::most() const noexcept {
    return std::min({machine - machine / 4, groups - groups / 4, process});
}

memory_limits limits_of_memory(const std::string& root) {
    const auto pages = static_cast<std::size_t>(std::max(0L, ::sysconf(_SC_PHYS_PAGES)));
    const auto page_size = static_cast<std::size_t>(std::max(0L, ::sysconf(_SC_PAGESIZE)));
    return {.machine = pages * page_size,
            .groups = memory_of_groups(root),
            .process = memory_of_process(root, page_size)};
}

unsigned usable_processors(const std::string& root) {
    const double quota = std::ceil(quota_of_groups(root));
    const auto allowed = static_cast<double>(processors_of_process());
    return static_cast<unsigned>(std::max(1.0, std::min(quota, allowed)));
}

}   // namespace hawser::io
