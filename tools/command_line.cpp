#include <tools/command_line.hpp>

#include <tools/standard_output.hpp>

#include <hawser/io/process.hpp>

#include <boost/program_options.hpp>

#include <algorithm>
#include <iostream>
#include <locale>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace hawser::tools {

namespace po = boost::program_options;

namespace {

// One line, whatever an option's value brings along.
std::string one_line(std::string text) {
    std::ranges::replace_if(text, [](char letter) { return (letter >= 0 && letter < ' ') || letter == 0x7f; }, '?');
    return text;
}

}  // namespace

taker into_count(std::uint32_t& value, std::uint32_t least, std::uint32_t most) {
    return [&value, least, most](const std::string& text) {
        const std::optional<std::uint64_t> number = parse_count(text);
        if (!number || *number < least || *number > most) return false;
        value = static_cast<std::uint32_t>(*number);
        return true;
    };
}

taker into_size(std::size_t& value) {
    return [&value](const std::string& text) {
        const std::optional<std::size_t> number = parse_size(text);
        if (number) value = *number;
        return number.has_value();
    };
}

taker into_size(std::optional<std::size_t>& value) {
    return [&value](const std::string& text) {
        value = parse_size(text);
        return value.has_value();
    };
}

taker into_duration(io::duration& value) {
    return [&value](const std::string& text) {
        const std::optional<io::duration> number = parse_duration(text);
        if (number) value = *number;
        return number.has_value();
    };
}

taker into_address(std::optional<io::address>& value) {
    return [&value](const std::string& text) {
        const result<io::address> where = io::address::parse(text);
        if (where) value = *where;
        return where.has_value();
    };
}

taker into_addresses(std::vector<std::string>& values) {
    return [&values](const std::string& text) {
        values.push_back(text);
        return io::address::parse(text).has_value();
    };
}

taker into_file(std::string& value) {
    return [&value](const std::string& text) {
        value = text;
        return !text.empty();
    };
}

taker into_format(frame::any_codec& value) {
    return [&value](const std::string& text) {
        value = frame::any_codec::parse(text);
        return true;
    };
}

command_line::command_line(std::string name, std::string usage, std::string about, std::string more)
    : name_(std::move(name)), usage_(std::move(usage)), about_(std::move(about)), more_(std::move(more)) {
    io::open_standard_descriptors();
    io::survive_failed_writes();
    watch_standard_output(name_);
}

void command_line::add(const std::string& name, const std::string& value, const std::string& help, taker take,
                       bool repeatable) {
    options_.push_back({name, value, help, std::move(take), repeatable, nullptr});
}

void command_line::add_switch(const std::string& name, const std::string& help, bool& value) {
    options_.push_back({name, {}, help, {}, false, &value});
}

std::optional<int> command_line::parse(int argc, const char* const* argv) const {
    po::options_description known;
    for (const option& one : options_) {
        if (one.flag != nullptr) known.add_options()(one.name.c_str(), "");
        else known.add_options()(one.name.c_str(), po::value<std::vector<std::string>>(), "");
    }
    known.add_options()("help", "")("version", "");
    const std::string rest = "what is no option";   // nobody can type this as the name of one
    po::positional_options_description in_order;
    if (rest_ != nullptr) {
        known.add_options()(rest.c_str(), po::value(rest_), "");
        in_order.add(rest.c_str(), -1);
    }
    po::variables_map given;
    try {
        // No guessing: an abbreviation that works today would break when an option is added.
        const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
        po::store(po::command_line_parser(argc, argv).options(known).positional(in_order).style(style).run(), given);
        po::notify(given);
    } catch (const po::error& error) {
        return refuse(error.what());
    }
    if (given.count("help") > 0) return std::cout << help(), 0;
    if (given.count("version") > 0) return std::cout << name_ << " " HAWSER_VERSION "\n", 0;
    for (const option& one : options_) {
        if (given.count(one.name) == 0) continue;
        if (one.flag != nullptr) {
            *one.flag = true;
            continue;
        }
        const auto& values = given[one.name].as<std::vector<std::string>>();
        if (const auto refused = take(one, values)) return refused;
    }
    return std::nullopt;
}

std::optional<int> command_line::take(const option& one, const std::vector<std::string>& values) const {
    if (values.size() > 1 && !one.repeatable) return refuse("option '--" + one.name + "' is given more than once");
    for (const std::string& value : values) {
        try {
            if (!one.take(value)) return refuse("'" + value + "' is no value for --" + one.name + ": " + one.help);
        } catch (const std::invalid_argument& error) {
            return refuse("--" + one.name + ": " + error.what());
        }
    }
    return std::nullopt;
}

int command_line::refuse(const std::string& message) const {
    std::cerr << name_ << ": " << one_line(message) << " (try --help)\n";
    return 2;
}

int command_line::fail(const std::string& message) const {
    std::cerr << name_ << ": " << one_line(message) << '\n';
    return 1;
}

std::string command_line::help() const {
    std::ostringstream text;
    text.imbue(std::locale::classic());
    text << "Usage: " << name_ << ' ' << usage_ << "\n\n" << about_ << "\n\nOptions:\n";
    const auto row = [&text](std::string left, const std::string& right) {
        constexpr std::size_t column = 30;
        left.resize(std::max(column, left.size() + 2), ' ');
        text << left << right << '\n';
    };
    for (const option& one : options_)
        row("  --" + one.name + (one.value.empty() ? "" : " " + one.value) + (one.repeatable ? "..." : ""), one.help);
    row("  --help", "this text");
    row("  --version", "the version");
    if (!more_.empty()) text << '\n' << more_;
    return text.str();
}

}  // namespace hawser::tools
