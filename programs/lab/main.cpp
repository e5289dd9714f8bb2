// hawser-lab: one behaviour of a stream socket at a time.
#include "experiment.hpp"

#include <hawser/io/spawn.hpp>
#include <tools/command_line.hpp>

#include <boost/asio/use_future.hpp>

#include <algorithm>
#include <exception>
#include <future>
#include <iomanip>
#include <iostream>
#include <stdexcept>

namespace {

using namespace hawser;
using namespace std::chrono_literals;

// An experiment takes a second at most; this is for one that hangs.
constexpr auto longest = 30s;

tools::command_line describe(bool& list) {
    tools::command_line line("hawser-lab", "NAME | all | --list",
                             "Shows how stream sockets behave. Each experiment connects a client and a "
                             "server over loopback, lets something happen to them, and says what it saw.",
                             "Each experiment is also a short program to read, in programs/lab/.\n"
                             "Exit status: 0 it went as expected, 1 something did not (its line says NOT SO), "
                             "2 bad options.\n\n"
                             "Examples:\n"
                             "  hawser-lab read-deadline\n"
                             "  hawser-lab all\n");
    line.add_switch("list", "the experiments, each with one line", list);
    return line;
}

void print_list() {
    for (const lab::experiment& one : lab::experiments())
        std::cout << std::left << std::setw(22) << one.name << one.shows << '\n';
}

// Whether what it shows happened.
bool run(const lab::experiment& one, const tools::command_line& line) {
    std::cout << one.name << ": " << one.shows << "\n\n" << std::flush;
    lab::notebook notes(std::cout);
    boost::asio::io_context context(1);
    try {
        std::future<void> ended = hawser::io::spawn(context.get_executor(), one.run(notes), boost::asio::use_future);
        context.run_for(longest);
        if (ended.wait_for(0s) != std::future_status::ready) throw std::runtime_error("it did not end in 30 seconds");
        ended.get();
    } catch (const std::exception& error) {
        static_cast<void>(line.fail(std::string(one.name) + ": " + error.what()));
        return false;
    }
    if (const int count = notes.differences(); count > 0)
        static_cast<void>(line.fail(std::string(one.name) + ": different in " + std::to_string(count) +
                                    ", see NOT SO"));
    return notes.differences() == 0;
}

int run_all(const tools::command_line& line) {
    std::ptrdiff_t good = 0;
    for (const lab::experiment& one : lab::experiments()) {
        if (run(one, line)) ++good;
        std::cout << '\n';
    }
    std::cout << good << " of " << lab::experiments().size() << " experiments went as expected.\n";
    return good == std::ssize(lab::experiments()) ? 0 : 1;
}

}   // namespace

int main(int argc, char** argv) {
    // The first word, if it is one, is a name; the rest are options.
    const bool has_name = argc > 1 && argv[1][0] != '-';
    const std::string_view name = has_name ? argv[1] : "";
    bool list = false;
    const tools::command_line line = describe(list);
    if (const auto status = line.parse(argc - (has_name ? 1 : 0), argv + (has_name ? 1 : 0))) return *status;
    if (list == has_name) return line.refuse(list ? "--list takes no name" : "say which experiment, or all, or --list");
    if (list) {
        print_list();
        return 0;
    }
    if (name == "all") return run_all(line);
    const auto found = std::ranges::find(lab::experiments(), name, &lab::experiment::name);
    if (found == lab::experiments().end())
        return line.refuse("there is no experiment '" + std::string(name) + "', --list has all");
    return run(*found, line) ? 0 : 1;
}
