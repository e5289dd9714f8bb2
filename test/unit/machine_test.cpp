// What a process may have: less if it has limits of its own, which are set in a child, as they cannot be taken back;
// and less if its control groups have some, which are files here.
#include "support/in_a_child.hpp"
#include "support/temporary_directory.hpp"

#include <hawser/io/descriptors.hpp>
#include <hawser/io/machine.hpp>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

namespace hawser::io {

namespace {

constexpr std::size_t mib = 1024 * 1024;
constexpr std::size_t room = 200 * mib;

// Of /proc/self/statm, in bytes.
std::size_t in_use(int field) {
    std::ifstream file("/proc/self/statm");
    std::size_t pages = 0;
    for (int number = 0; number <= field; ++number) file >> pages;
    return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

template <class Kind>
bool keeps_to(Kind limited, int field) {
    return test::holds_in_a_child([&] {
        const rlimit limit{.rlim_cur = in_use(field) + room, .rlim_max = RLIM_INFINITY};
        const bool is_set = ::setrlimit(limited, &limit) == 0;
        const std::size_t process = limits_of_memory().process;
        return is_set && process <= room / 2 && process > room / 4;
    });
}

// A system's files under a folder of the test's.
struct tree {
    void put(const std::string& path, const std::string& content) const {
        const std::string whole = root() + path;
        std::filesystem::create_directories(std::filesystem::path(whole).parent_path());
        std::ofstream(whole) << content << '\n';
    }
    [[nodiscard]] std::string root() const { return directory.file("root"); }

    test::temporary_directory directory;
};

}   // namespace

BOOST_AUTO_TEST_SUITE(machines)

BOOST_AUTO_TEST_CASE(the_machine_has_some) {
    BOOST_TEST(limits_of_memory().machine > 0U);
    BOOST_TEST(limits_of_memory().machine < memory_limits::unlimited);
    BOOST_TEST(usable_processors() >= 1U);
    BOOST_TEST(usable_processors() <= std::thread::hardware_concurrency());
}

BOOST_AUTO_TEST_CASE(half_of_what_is_left_of_an_address_space_counts) { BOOST_TEST(keeps_to(RLIMIT_AS, 0)); }

BOOST_AUTO_TEST_CASE(half_of_what_is_left_of_the_data_counts) { BOOST_TEST(keeps_to(RLIMIT_DATA, 5)); }

BOOST_AUTO_TEST_CASE(a_quarter_of_what_is_shared_is_taken_and_half_of_what_is_ones_own) {
    BOOST_TEST((memory_limits{.machine = 400 * mib}.share() == 100 * mib));
    BOOST_TEST((memory_limits{.machine = 400 * mib, .groups = 64 * mib}.share() == 32 * mib));
    BOOST_TEST((memory_limits{.machine = 400 * mib, .groups = 900 * mib}.share() == 100 * mib));
    BOOST_TEST((memory_limits{.machine = 400 * mib, .process = 100 * mib}.share() == 25 * mib));
}

BOOST_AUTO_TEST_CASE(however_much_is_asked_for_a_quarter_of_a_group_and_of_the_machine_is_left) {
    BOOST_TEST((memory_limits{.machine = 400 * mib}.most() == 300 * mib));
    BOOST_TEST((memory_limits{.machine = 400 * mib, .groups = 64 * mib}.most() == 48 * mib));
    BOOST_TEST((memory_limits{.machine = 400 * mib, .groups = 900 * mib}.most() == 300 * mib));
    // Half of what is left, already.
    BOOST_TEST((memory_limits{.machine = 400 * mib, .process = 100 * mib}.most() == 100 * mib));
}

// To look takes one.
BOOST_AUTO_TEST_CASE(when_all_descriptors_are_taken_none_is_free) {
    BOOST_TEST(test::holds_in_a_child([] {
        const rlimit few{.rlim_cur = 512, .rlim_max = 512};   // above all that are open
        if (::setrlimit(RLIMIT_NOFILE, &few) != 0) return false;
        const std::size_t free = free_descriptors();
        std::size_t opened = 0;
        while (::open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0) ++opened;
        return opened == free && free_descriptors() == 0;
    }));
}

BOOST_AUTO_TEST_CASE(of_nested_groups_the_least_memory_counts) {
    const tree version_2;
    version_2.put("/proc/self/cgroup", "0::/outer/inner");
    version_2.put("/sys/fs/cgroup/outer/memory.max", "67108864");
    version_2.put("/sys/fs/cgroup/outer/inner/memory.max", "max");
    BOOST_TEST(limits_of_memory(version_2.root()).groups == 64 * mib);
    const tree version_1;
    version_1.put("/proc/self/cgroup", "9:cpu,cpuacct:/a\n4:memory:/b/c\n0::/");
    version_1.put("/sys/fs/cgroup/memory/b/memory.limit_in_bytes", "9223372036854771712");
    version_1.put("/sys/fs/cgroup/memory/b/c/memory.limit_in_bytes", "33554432");
    BOOST_TEST(limits_of_memory(version_1.root()).groups == 32 * mib);
}

// Its own group is mounted as the root there, and its path outside means nothing.
BOOST_AUTO_TEST_CASE(in_a_container_the_root_counts) {
    const tree container;
    container.put("/proc/self/cgroup", "0::/../../system.slice/docker-1");
    container.put("/sys/fs/cgroup/memory.max", "67108864");
    container.put("/sys/fs/cgroup/cpu.max", "150000 100000");
    BOOST_TEST(limits_of_memory(container.root()).groups == 64 * mib);
    BOOST_TEST(usable_processors(container.root()) == std::min(2U, usable_processors("/nowhere")));
}

BOOST_AUTO_TEST_CASE(without_groups_there_is_no_limit_of_theirs) {
    BOOST_TEST(limits_of_memory("/nowhere").groups == memory_limits::unlimited);
    BOOST_TEST(usable_processors("/nowhere") >= 1U);
}

BOOST_AUTO_TEST_CASE(half_a_processor_is_one_thread) {
    const tree version_2;
    version_2.put("/proc/self/cgroup", "0::/unit");
    version_2.put("/sys/fs/cgroup/unit/cpu.max", "50000 100000");
    BOOST_TEST(usable_processors(version_2.root()) == 1U);
    const tree version_1;
    version_1.put("/proc/self/cgroup", "9:cpu,cpuacct:/unit");
    version_1.put("/sys/fs/cgroup/cpu/unit/cpu.cfs_quota_us", "50000");
    version_1.put("/sys/fs/cgroup/cpu/unit/cpu.cfs_period_us", "100000");
    BOOST_TEST(usable_processors(version_1.root()) == 1U);
    version_1.put("/sys/fs/cgroup/cpu/unit/cpu.cfs_quota_us", "-1");
    BOOST_TEST(usable_processors(version_1.root()) == usable_processors("/nowhere"));
}

BOOST_AUTO_TEST_CASE(affinity_counts) {
    BOOST_TEST(test::holds_in_a_child([] {
        cpu_set_t first;
        if (::sched_getaffinity(0, sizeof first, &first) != 0) return false;
        std::size_t number = 0;
        while (!CPU_ISSET(number, &first)) ++number;
        CPU_ZERO(&first);
        CPU_SET(number, &first);
        return ::sched_setaffinity(0, sizeof first, &first) == 0 && usable_processors() == 1;
    }));
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
