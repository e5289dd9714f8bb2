// What cannot be taken back is done in a child process: limits of its own, another user, mounts that nobody else sees.
#pragma once

#include <boost/test/unit_test.hpp>

#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace hawser::test {

/// Whether it returned true there.
template <class Function>
bool holds_in_a_child(const Function& what) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(what() ? 0 : 1);
    int status = 0;
    return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// For there. Each returns false if it could not be done.

/// This process is somebody who has no more rights than others, in no group.
inline bool become_nobody() {
    constexpr uid_t nobody = 65534;
    if (::geteuid() != 0) return true;
    return ::setgroups(0, nullptr) == 0 && ::setresgid(nobody, nobody, nobody) == 0 &&
           ::setresuid(nobody, nobody, nobody) == 0;
}

/// It sees mounts of its own from now on. Who is not root is so in a namespace of its own,
/// where the system allows that.
inline bool have_own_mounts() {
    const std::string user = std::to_string(::geteuid());
    if (::unshare(CLONE_NEWNS) != 0) {
        if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
        std::ofstream("/proc/self/uid_map") << "0 " << user << " 1";
    }
    return ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

inline bool mount_over(const std::string& file, const std::string& at, bool read_only = false) {
    if (::mount(file.c_str(), at.c_str(), nullptr, MS_BIND, nullptr) != 0) return false;
    return !read_only || ::mount("none", at.c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) == 0;
}

/// Of a test that needs them.
inline boost::test_tools::assertion_result mounts_can_be_made(boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result can(holds_in_a_child(have_own_mounts));
    can.message() << "this user can have no mounts of its own here";
    return can;
}

}   // namespace hawser::test
