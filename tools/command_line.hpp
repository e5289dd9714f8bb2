// command_line: the options of a program, with the same manners everywhere.
//
//   tools::command_line line("hawser-server", "[--listen ADDR]... [options]", "Answers submits.");
//   line.add("threads", "N", "threads that serve", tools::into_count(settings.threads, 1, 64));
//   if (auto status = line.parse(argc, argv)) return *status;          // --help, --version, or a bad option
//
// A value that is set before parse() is the default, and --help shows what the text says, in 80 columns: a paragraph is one line, and
// is broken where it has to be. Unknown and malformed options are one line on standard error and status 2.
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
}  // namespace boost::program_options

namespace hawser::tools {

/// Takes an option's value. A malformed one: false, and the option's help says what it takes; or std::invalid_argument
/// that says more.
using taker = std::function<bool(const std::string&)>;

[[nodiscard]] taker into_count(std::uint32_t& value, std::uint32_t least, std::uint32_t most);
[[nodiscard]] taker into_size(std::size_t& value);
[[nodiscard]] taker into_size(std::optional<std::size_t>& value);
[[nodiscard]] taker into_duration(io::duration& value);
/// More than nothing.
[[nodiscard]] taker into_positive_duration(io::duration& value);
/// Where to connect.
[[nodiscard]] taker into_address(std::optional<io::address>& value);
/// Where to listen, one more with each use; as it was written, after a look that it is an address.
[[nodiscard]] taker into_addresses(std::vector<std::string>& values);
/// The name of a file: anything but nothing.
[[nodiscard]] taker into_file(std::string& value);
/// A format of frames, see frame::any_codec::parse().
[[nodiscard]] taker into_format(frame::any_codec& value);

class command_line {
public:
    /// `usage` is what follows the name; `about` says what the program is for; `more` ends the help: examples, statuses. From now on
    /// the program has standard streams, outlives who reads them (hawser/io/process.hpp), and fails if what it prints gets lost
    /// (tools/standard_output.hpp): make this before anything is opened.
    command_line(std::string name, std::string usage, std::string about, std::string more = {});

    /// An option with a value, shown in the help as --name VALUE; `take` is called once for each time it is given,
    /// which is more than once only if `repeatable`.
    void add(const std::string& name, const std::string& value, const std::string& help, taker take,
             bool repeatable = false);
    /// An option without a value.
    void add_switch(const std::string& name, const std::string& help, bool& value);
    /// What is no option, in its order; without this such words are refused.
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
        taker take;
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

}  // namespace hawser::tools
