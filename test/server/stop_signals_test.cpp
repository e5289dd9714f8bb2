// SIGINT and SIGTERM in this process: what they come to, and that none is lost.
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

#include <hawser/io/process.hpp>
#include <hawser/io/stop_signals.hpp>

#include <boost/test/unit_test.hpp>

#include <sys/eventfd.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

using io::stop_signals;

using handler = void (*)(int);

handler handler_of(int signal) {
    struct sigaction now{};
    ::sigaction(signal, nullptr, &now);
    return now.sa_handler;
}

bool is_default(int signal) { return handler_of(signal) == SIG_DFL; }

// What was decided about a signal, for the length of a test.
class decided {
public:
    decided(int signal, handler what) : signal_(signal), before_(std::signal(signal, what)) {}
    decided(const decided&) = delete;
    decided& operator=(const decided&) = delete;
    ~decided() { std::signal(signal_, before_); }

private:
    int signal_;
    handler before_;
};

// Who runs the tests in the background may have these ignored.
struct by_default {
    decided interrupt{SIGINT, SIG_DFL}, terminate{SIGTERM, SIG_DFL}, hang_up{SIGHUP, SIG_DFL};
};

void handle(int) {}

}   // namespace

BOOST_FIXTURE_TEST_SUITE(signals, by_default)

BOOST_AUTO_TEST_CASE(what_comes_within_half_a_second_is_the_same_signal) {
    const stop_signals caught;
    const stop_signals::obeyed by_this_test;
    BOOST_TEST((stop_signals::asked() == stop_signals::wish::none));
    for (const int signal : {SIGTERM, SIGTERM, SIGINT}) ::raise(signal);
    BOOST_TEST((stop_signals::asked() == stop_signals::wish::drain));
    std::this_thread::sleep_for(stop_signals::same_within + 10ms);
    ::raise(SIGINT);
    BOOST_TEST((stop_signals::asked() == stop_signals::wish::end_at_once));
}

BOOST_AUTO_TEST_CASE(they_are_caught_while_there_is_one_that_does_and_given_back_then) {
    BOOST_TEST(is_default(SIGTERM));
    {
        const stop_signals first;
        {
            const stop_signals second;
            ::raise(SIGTERM);
        }
        BOOST_TEST(!is_default(SIGTERM));
        BOOST_TEST((stop_signals::asked() == stop_signals::wish::drain));
    }
    BOOST_TEST(is_default(SIGTERM));
    BOOST_TEST(is_default(SIGINT));
    const stop_signals later;
    BOOST_TEST((stop_signals::asked() == stop_signals::wish::none));
}

BOOST_AUTO_TEST_CASE(one_that_somebody_ignores_or_handles_is_left_alone) {
    const decided ignored(SIGINT, SIG_IGN);
    const decided handled(SIGTERM, handle);
    {
        const stop_signals caught;
        BOOST_TEST((handler_of(SIGINT) == SIG_IGN));
        BOOST_TEST((handler_of(SIGTERM) == handle));
        ::raise(SIGINT);
        ::raise(SIGTERM);
        BOOST_TEST((stop_signals::asked() == stop_signals::wish::none));
    }
    BOOST_TEST((handler_of(SIGINT) == SIG_IGN));
    BOOST_TEST((handler_of(SIGTERM) == handle));
}

BOOST_AUTO_TEST_CASE(one_that_somebody_begins_to_handle_meanwhile_is_not_given_back) {
    {
        const stop_signals caught;
        ::signal(SIGTERM, handle);
        {
            const stop_signals second;
            BOOST_TEST((handler_of(SIGTERM) == handle));
        }
        BOOST_TEST((handler_of(SIGTERM) == handle));
        ::signal(SIGHUP, handle);   // never was ours
    }
    BOOST_TEST((handler_of(SIGTERM) == handle));
    BOOST_TEST((handler_of(SIGHUP) == handle));
    BOOST_TEST(is_default(SIGINT));
    {
        const stop_signals caught;
        ::signal(SIGINT, SIG_DFL);
        const stop_signals catches_it_again;
        BOOST_TEST(!is_default(SIGINT));
    }
    BOOST_TEST(is_default(SIGINT));
}

BOOST_AUTO_TEST_CASE(what_somebody_blocks_meanwhile_stays_blocked) {
    sigset_t all;
    sigset_t before;
    sigemptyset(&all);
    sigaddset(&all, SIGUSR2);
    {
        const stop_signals caught;
        ::pthread_sigmask(SIG_BLOCK, &all, &before);
    }
    sigset_t now;
    ::pthread_sigmask(SIG_SETMASK, &before, &now);
    BOOST_TEST(sigismember(&now, SIGUSR2) == 1);
}

BOOST_AUTO_TEST_CASE(a_hang_up_is_caught_by_who_wants_it) {
    {
        const stop_signals caught;
        BOOST_TEST(is_default(SIGHUP));
        const stop_signals with_a_terminal(stop_signals::also::hang_up);
        ::raise(SIGHUP);
        BOOST_TEST((stop_signals::asked() == stop_signals::wish::drain));
    }
    BOOST_TEST(is_default(SIGHUP));
}

BOOST_AUTO_TEST_CASE(stray_signals_do_nothing_and_what_is_ignored_stays_so) {
    const decided first(SIGUSR1, SIG_DFL);
    const decided second(SIGUSR2, handle);
    const decided ignored(SIGHUP, SIG_IGN);
    io::survive_stray_signals();
    ::raise(SIGUSR1);   // or this would be the end
    BOOST_TEST(!is_default(SIGUSR1));
    BOOST_TEST((handler_of(SIGUSR1) != SIG_IGN));   // who is started from here would have inherited that
    BOOST_TEST((handler_of(SIGUSR2) == handle));
    BOOST_TEST((handler_of(SIGHUP) == SIG_IGN));
}

BOOST_AUTO_TEST_CASE(one_that_was_blocked_when_the_process_was_started_comes_in) {
    sigset_t term;
    sigset_t before;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &term, &before);
    {
        const stop_signals caught;
        ::raise(SIGTERM);
        BOOST_TEST((stop_signals::asked() == stop_signals::wish::drain));
    }
    sigset_t now;
    ::pthread_sigmask(SIG_SETMASK, &before, &now);
    BOOST_TEST(sigismember(&now, SIGTERM) == 1);   // as it was
}

BOOST_AUTO_TEST_CASE(a_signal_before_run_is_a_drain) {
    const stop_signals caught;
    ::raise(SIGTERM);
    server::server server({.listen = {"127.0.0.1:0"}, .threads = 1}, acking());
    BOOST_TEST(server.run().exit_status() == 0);
}

BOOST_AUTO_TEST_CASE(a_signal_whose_wake_is_lost_is_seen_soon_all_the_same) {
    const stop_signals caught;
    server::server server({.listen = {"127.0.0.1:0"}, .threads = 1}, acking());
    int status = -1;
    std::thread runner([&] { status = server.run().exit_status(); });
    BOOST_TEST(eventually([&] { return server.ready(); }));
    const int elsewhere = ::eventfd(0, EFD_CLOEXEC);   // where nobody looks
    ::dup2(elsewhere, stop_signals::descriptor());
    ::close(elsewhere);
    const auto before = std::chrono::steady_clock::now();
    ::raise(SIGTERM);
    runner.join();
    BOOST_TEST(status == 0);
    BOOST_TEST((std::chrono::steady_clock::now() - before < 10s));
}

BOOST_AUTO_TEST_SUITE_END()
