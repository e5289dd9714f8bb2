// command_line: the options of a program, with the same behaviour in all programs.
//
//   tools::command_line line("hawser-server", "[--listen ADDR]... [options]", "Answers submits.");
//   line.add("threads", "N", "threads that serve", tools::into_count(settings.threads, 1, 64));
//   if (auto status = line.parse(argc, argv)) return *status;          // --help, --version, or a bad option
//
// A value that is set before parse() is the default; the help text has to name it. --help wraps at 80 columns, so a
// paragraph of text is one line. An unknown or malformed option is one line on standard error and status 2.
#pragma once

#include <hawser/frame/any_codec.hpp>
#include <hawser/io/address.hpp>
#include <tools/quantity.hpp>

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace boost::program_options {
class options_description;
class variables_map;
}   // namespace boost::program_options

namespace hawser::tools {

/// Parses an option's value and keeps it. Returns false for a malformed one, and the message is the option's help; or
/// throws std::invalid_argument with a better message.
using value_parser = std::function<bool(const std::string&)>;

[[nodiscard]] value_parser into_count(std::uint32_t& value, std::uint32_t least, std::uint32_t most);
[[nodiscard]] value_parser into_size(std::size_t& value);
[[nodiscard]] value_parser into_size(std::optional<std::size_t>& value);
[[nodiscard]] value_parser into_duration(io::duration& value);
/// More than 0.
[[nodiscard]] value_parser into_positive_duration(io::duration& value);
/// Where to connect.
[[nodiscard]] value_parser into_address(std::optional<io::address>& value);
/// Where to listen, one more with each use. Kept as it was typed, after a check that it is an address.
[[nodiscard]] value_parser into_addresses(std::vector<std::string>& values);
/// The name of a file; not "".
[[nodiscard]] value_parser into_file(std::string& value);
/// A format of frames, see frame::any_codec::parse().
[[nodiscard]] value_parser into_format(frame::any_codec& value);

class command_line {
public:
    /// `usage` follows the name, `about` says what the program is for, and `more` ends the help: examples, exit
    /// statuses. To be made before any file is opened: it opens standard streams that are closed, keeps the program
    /// alive when their readers go (hawser/io/process.hpp), and makes it fail if its output is lost
    /// (tools/standard_output.hpp).
    command_line(std::string name, std::string usage, std::string about, std::string more = {});

    /// An option with a value, shown in the help as --name VALUE. `parse` is called each time that it is given: more
    /// than once only if it is `repeatable`.
    void add(const std::string& name, const std::string& value, const std::string& help, value_parser parse,
             bool repeatable = false);
    /// An option without a value.
    void add_switch(const std::string& name, const std::string& help, bool& value);
    /// Takes the words that are no options, in their order. Without this they are refused.
    void take_rest(std::vector<std::string>& into) { rest_ = &into; }

    /// The exit status, if the program is to end now.
    [[nodiscard]] std::optional<int> parse(int argc, const char* const* argv) const;

    /// One line on standard error, "name: message", and the status for bad usage: 2.
    int refuse(const std::string& message) const;
    /// The same with status 1: something outside went wrong.
    int fail(const std::string& message) const;

private:
    struct option {
        std::string name;
        std::string value;
        std::string help;
        value_parser parse;
        bool repeatable;
        bool* flag;
    };

    void name_all(boost::program_options::options_description& into) const;
    [[nodiscard]] std::optional<int> take_all(const boost::program_options::variables_map& given) const;
    [[nodiscard]] std::optional<int> take(const option& one, const std::vector<std::string>& values) const;
    [[nodiscard]] std::string unknown(const std::string& name, std::span<const char* const> words) const;
    [[nodiscard]] std::string help() const;

    std::string name_;
    std::string usage_;
    std::string about_;
    std::string more_;
    std::vector<option> options_;
    std::vector<std::string>* rest_ = nullptr;
};

}   // namespace hawser::tools
