#include "result_commands.hpp"

#include "../page/page.hpp"
#include "../view/readable.hpp"
#include "comparison.hpp"
#include "recording.hpp"
#include "summary.hpp"

#include <tools/command_line.hpp>
#include <tools/file.hpp>
#include <tools/output_file.hpp>

#include <unistd.h>

#include <chrono>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::swarm_program {

namespace {

// Processes that began within this time are in the same slice, or in the next.
constexpr io::duration same_time = std::chrono::seconds(1);

// Throws std::invalid_argument for a run that would be counted twice.
recording add_up(const std::vector<std::string>& files) {
    recording sum;
    std::map<std::string, std::string> found_in;
    for (const std::string& file : files) {
        const recording next = read_recording(file);
        for (const process& one : next.processes) {
            const auto [before, is_new] = found_in.emplace(one.run_id, file);
            if (!is_new)
                throw std::invalid_argument(before->second + " and " + file +
                                            " have the same run, which would be counted twice");
        }
        if (&file == &files.front()) sum = next;
        else sum.merge(next);
    }
    return sum;
}

int merge(int argc, const char* const* argv) {
    std::vector<std::string> files;
    std::string json;
    std::string html;
    tools::command_line line(
        "hawser-swarm merge", "A.json B.json... [options]",
        "Adds up the results of swarms that ran at the same time against one server: rates and counts add up, "
        "latencies are those of all their answers, seconds from the first to the last.",
        "Exit status: 0 in all of them every submit was sent and acked exactly once, 1 anything else, or a file that "
        "is none, 2 bad options.\n");
    line.take_rest(files);
    line.add("json", "FILE", "write the sum there", tools::into_output_file(json));
    line.add("html", "FILE", "write it there as a page", tools::into_output_file(html));
    if (const auto status = line.parse(argc, argv)) return *status;
    if (files.size() < 2) return line.refuse("it takes two files or more");
    if (!json.empty() && tools::is_one_file(json, html)) return line.refuse("--json and --html name the same file");
    try {
        const recording sum = add_up(files);
        if (sum.start_spread() > same_time)
            std::cout << "they did not run at the same time: the last began " << readable(sum.start_spread())
                      << " after the first, and rates add up all the same\n";
        std::cout << text_summary(sum.report, palette::for_descriptor(STDOUT_FILENO)) << std::flush;
        if (const auto trouble = write_results(sum, json, html)) return line.fail(*trouble);
        return sum.report.good() ? 0 : 1;
    } catch (const std::invalid_argument& error) {
        return line.refuse(error.what());
    } catch (const std::runtime_error& error) {
        return line.fail(error.what());
    }
}

int compare_two(int argc, const char* const* argv) {
    std::vector<std::string> files;
    bool fail_if_worse = false;
    tools::command_line line(
        "hawser-swarm compare", "A.json B.json [options]",
        "Says what changed from run A to run B, and whether it is more than the noise: what each run varies in itself, "
        "from second to second. 10 s of each are enough, 30 s find smaller changes.",
        "A change below 1 % is never called one. Noise is what a change had to exceed to be called one, at 99 %.\n\n"
        "Exit status: 0 they were compared; 1 a file is none, or with --fail-if-worse something is worse; 2 bad "
        "options.\n");
    line.take_rest(files);
    line.add_switch("fail-if-worse", "exit 1 if something is worse by more than the noise", fail_if_worse);
    if (const auto status = line.parse(argc, argv)) return *status;
    if (files.size() != 2) return line.refuse("it takes two files");
    try {
        const comparison found = compare(read_recording(files[0]), read_recording(files[1]));
        std::cout << to_text(found) << std::flush;
        return fail_if_worse && found.worse() ? 1 : 0;
    } catch (const std::runtime_error& error) {
        return line.fail(error.what());
    }
}

}   // namespace

std::optional<std::string> write_results(const recording& run, const std::string& json, const std::string& html) {
    std::optional<std::string> trouble;
    const auto write = [&](const std::string& path, const std::string& text) {
        const std::string why = tools::write_file(path, text);
        if (!why.empty() && !trouble) trouble = "cannot write " + path + ": " + why;
    };
    if (!json.empty()) write(json, to_json(run));
    if (!html.empty()) write(html, to_page(run));   // even if the other could not be written
    return trouble;
}

std::optional<int> run_result_command(int argc, const char* const* argv) {
    const std::string_view word = argc > 1 ? argv[1] : "";
    if (word == "merge") return merge(argc - 1, argv + 1);
    if (word == "compare") return compare_two(argc - 1, argv + 1);
    return std::nullopt;
}

}   // namespace hawser::swarm_program
