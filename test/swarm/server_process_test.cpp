#include "../../swarm/program/attack/server_process.hpp"

#include <boost/test/unit_test.hpp>

#include <linux/sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <utility>

namespace hawser::swarm_program {

namespace {

// A process that does nothing, with this number if it is not 0. It shares nothing and is ended with the object.
class sleeper {
public:
    explicit sleeper(pid_t wanted = 0) {
        clone_args how{};
        how.exit_signal = SIGCHLD;
        how.set_tid = reinterpret_cast<std::uintptr_t>(&wanted);
        how.set_tid_size = wanted == 0 ? 0 : 1;
        if (wanted == 0) how.set_tid = 0;
        number_ = static_cast<pid_t>(::syscall(SYS_clone3, &how, sizeof how));
        if (number_ == 0) {
            ::alarm(60);
            ::pause();
            ::_exit(0);
        }
    }
    sleeper(const sleeper&) = delete;
    sleeper& operator=(const sleeper&) = delete;
    ~sleeper() { end(); }

    [[nodiscard]] pid_t number() const noexcept { return number_; }
    void end() noexcept {
        if (number_ <= 0) return;
        ::kill(number_, SIGKILL);
        ::waitpid(std::exchange(number_, -1), nullptr, 0);
    }

private:
    pid_t number_;
};

}   // namespace

BOOST_AUTO_TEST_SUITE(server_process_test)

BOOST_AUTO_TEST_CASE(a_process_has_memory_until_it_ends) {
    sleeper server;
    BOOST_TEST_REQUIRE(server.number() > 0);
    const server_process seen(static_cast<std::uint32_t>(server.number()));
    BOOST_TEST(seen.resident().value_or(0) > 0);
    server.end();
    BOOST_TEST(!seen.resident().has_value());
}

BOOST_AUTO_TEST_CASE(who_gets_the_number_of_one_that_has_ended_is_not_taken_for_it) {
    sleeper server;
    BOOST_TEST_REQUIRE(server.number() > 0);
    const pid_t number = server.number();
    const server_process seen(static_cast<std::uint32_t>(number));
    server.end();
    const sleeper other(number);
    if (other.number() != number) {
        BOOST_TEST_MESSAGE("no right to choose the number of a process (root has it): not tested");
        BOOST_TEST(!seen.resident().has_value());
        return;
    }
    BOOST_TEST(server_process(static_cast<std::uint32_t>(number)).resident().has_value());
    BOOST_TEST(!seen.resident().has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::swarm_program
