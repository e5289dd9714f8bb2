// SIGINT and SIGTERM in this process: what they come to, and that none is lost.
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

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

bool is_default(int signal) {
    struct sigaction now {};
    ::sigaction(signal, nullptr, &now);
    return now.sa_handler == SIG_DFL;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(signals)

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
    BOOST_TEST(server.run() == 0);
}

BOOST_AUTO_TEST_CASE(a_signal_whose_wake_is_lost_is_seen_soon_all_the_same) {
    const stop_signals caught;
    server::server server({.listen = {"127.0.0.1:0"}, .threads = 1}, acking());
    int status = -1;
    std::thread runner([&] { status = server.run(); });
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
