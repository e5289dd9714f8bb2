// hawser-swarm: many clients against one server; every answer is checked.
#include <hawser/io/clock.hpp>
#include <hawser/io/spawn.hpp>
#include <hawser/io/stop_signals.hpp>

#include "attack/attack_command.hpp"
#include "interrupts.hpp"
#include "options.hpp"
#include "results/recording.hpp"
#include "results/result_commands.hpp"
#include "results/summary.hpp"
#include "threaded_swarm.hpp"
#include "view/live_view.hpp"
#include "view/narrator.hpp"
#include "view/terminal.hpp"

#include <boost/asio/post.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <optional>
#include <random>
#include <stdexcept>

namespace {

using namespace hawser;

// Often enough to look alive, seldom enough to cost nothing.
constexpr io::duration redraw_interval = std::chrono::milliseconds(200);

// Until the context stops.
io::task<void> draw(const swarm_program::threaded_swarm& load, swarm::plan plan, swarm_program::terminal& screen) {
    swarm_program::live_view view(plan, io::clock::now(), screen.shows_unicode());
    for (;;) {
        view.update(load.take_snapshot(), io::clock::now());
        screen.draw(view.lines(screen.width(), screen.height(), screen.colours()));
        co_await io::sleep(redraw_interval);
    }
}

// Runs the load on threads of its own. This thread shows it: as a picture to people, as lines elsewhere, or not at all.
swarm::report run(const swarm_program::options& options) {
    swarm_program::narrator narrator;
    swarm_program::terminal screen;
    const bool is_watched = screen.is_terminal() && screen.has_output();
    const bool narrates = options.verbose || (!options.quiet && !is_watched);
    // Steps and a picture in one terminal would tear each other apart.
    const bool pictures = screen.is_terminal() && !(narrates && screen.has_output());
    io::asio::io_context context(1);
    swarm_program::threaded_swarm load(options.plan, options.threads, narrates ? &narrator : nullptr,
                                       [&context] { io::asio::post(context, [&context] { context.stop(); }); });
    const auto rethrow = [](const std::exception_ptr& thrown) {
        if (thrown) std::rethrow_exception(thrown);
    };
    load.start();
    io::spawn(context, swarm_program::obey_interrupts([&] { load.stop(); }, [&] { load.abandon(); }), rethrow);
    if (pictures) io::spawn(context, draw(load, options.plan, screen), rethrow);
    context.run();
    swarm::report report = load.join();
    if (options.ends_with_ctrl_c) report.interrupted = false;
    return report;
}

int report_and_judge(const swarm_program::options& options, const swarm_program::recording& recording,
                     const tools::command_line& line) {
    const swarm::report& report = recording.report;
    std::cout << swarm_program::text_summary(report, swarm_program::palette::for_descriptor(STDOUT_FILENO))
              << std::flush;
    if (!report.good() && !report.first_error.empty()) static_cast<void>(line.fail(report.first_error));
    bool good = report.good();
    for (const swarm_program::expectation& one : options.expected) {
        const std::optional<std::string> why = one.broken_by(report);
        if (why) static_cast<void>(line.fail("expected " + *why));
        good = good && !why;
    }
    if (const auto trouble = swarm_program::write_results(recording, options.json, options.html))
        return line.fail(*trouble);
    return good ? 0 : 1;
}

}   // namespace

int main(int argc, char** argv) {
    swarm_program::options options;
    options.plan.seed = std::random_device()();
    const tools::command_line line = swarm_program::describe(options);
    try {
        if (const auto status = swarm_program::run_result_command(argc, argv)) return *status;
        if (const auto status = line.parse(argc, argv)) return *status;
        if (const auto trouble = swarm_program::complete(options)) return line.refuse(*trouble);
        const io::stop_signals caught(io::stop_signals::also::hang_up);
        const io::stop_signals::obeyed until_the_end;   // what was measured is still written
        if (!options.attack.names.empty())
            return swarm_program::run_attacks(options.attack, options.plan, {options.quiet, options.json}, line);
        swarm_program::recording recording;
        recording.processes.push_back(swarm_program::process::now(argc, argv, options.plan));
        recording.report = run(options);
        recording.report.unsent_allowed = std::ranges::any_of(options.expected,
                                                              &swarm_program::expectation::is_of_unsent);
        return report_and_judge(options, recording, line);
    } catch (const std::invalid_argument& error) {
        return line.refuse(error.what());
    } catch (const std::exception& error) {
        return line.fail(error.what());
    }
}
