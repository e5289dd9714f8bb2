#include <tools/command_line.hpp>

#include <tools/standard_output.hpp>

#include <hawser/io/process.hpp>
#include <tools/nearest.hpp>
#include <tools/wrapping.hpp>

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

// A value may have control characters, and a message is one line.
std::string one_line(std::string text) {
    std::ranges::replace_if(text, [](char letter) { return (letter >= 0 && letter < ' ') || letter == 0x7f; }, '?');
    return text;
}

// The word that was typed with one dash, as in Go: it was read as single letters, and the message should show the whole
// word.
std::optional<std::string> word_with(char letter, std::span<const char* const> words) {
    for (const std::string_view word : words) {
        const bool is_short = word.size() > 2 && word[0] == '-' && word[1] != '-';
        if (is_short && word.find(letter) != word.npos) return std::string(word);
    }
    return std::nullopt;
}

}   // namespace

value_parser into_count(std::uint32_t& value, std::uint32_t least, std::uint32_t most) {
    return [&value, least, most](const std::string& text) {
        const std::optional<std::uint64_t> number = parse_count(text);
        if (!number || *number < least || *number > most) return false;
        value = static_cast<std::uint32_t>(*number);
        return true;
    };
}

value_parser into_size(std::size_t& value) {
    return [&value](const std::string& text) {
        value = size_of(text);
        return true;
    };
}

value_parser into_size(std::optional<std::size_t>& value) {
    return [&value](const std::string& text) {
        value = size_of(text);
        return true;
    };
}

value_parser into_duration(io::duration& value) {
    return [&value](const std::string& text) {
        value = duration_of(text);
        return true;
    };
}

value_parser into_positive_duration(io::duration& value) {
    return [&value](const std::string& text) {
        value = duration_of(text);
        if (value == io::duration::zero()) throw std::invalid_argument("it has to be more than 0");
        return true;
    };
}

value_parser into_address(std::optional<io::address>& value) {
    return [&value](const std::string& text) {
        const result<io::address> where = io::address::parse(text);
        if (where) value = *where;
        return where.has_value();
    };
}

value_parser into_addresses(std::vector<std::string>& values) {
    return [&values](const std::string& text) {
        values.push_back(text);
        return io::address::parse(text).has_value();
    };
}

value_parser into_file(std::string& value) {
    return [&value](const std::string& text) {
        value = text;
        return !text.empty();
    };
}

value_parser into_format(frame::any_codec& value) {
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

void command_line::add(const std::string& name, const std::string& value, const std::string& help, value_parser parse,
                       bool repeatable) {
    options_.push_back({name, value, help, std::move(parse), repeatable, nullptr});
}

void command_line::add_switch(const std::string& name, const std::string& help, bool& value) {
    options_.push_back({name, {}, help, {}, false, &value});
}

void command_line::name_all(po::options_description& into) const {
    for (const option& one : options_) {
        if (one.flag != nullptr) into.add_options()(one.name.c_str(), "");
        else into.add_options()(one.name.c_str(), po::value<std::vector<std::string>>(), "");
    }
    into.add_options()("help,h", "")("version", "");
}

std::optional<int> command_line::parse(int argc, const char* const* argv) const {
    po::options_description known;
    name_all(known);
    constexpr const char* rest = "what is no option";   // nobody can type this as the name of one
    std::vector<std::string> words;
    known.add_options()(rest, po::value(&words), "");
    po::positional_options_description in_order;
    in_order.add(rest, -1);
    po::variables_map given;
    try {
        // No guessing: an abbreviation that works today would break when an option is added.
        const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
        po::store(po::command_line_parser(argc, argv).options(known).positional(in_order).style(style).run(), given);
        po::notify(given);
    } catch (const po::unknown_option& error) {
        return refuse(unknown(error.get_option_name(), {argv, static_cast<std::size_t>(argc)}));
    } catch (const po::error& error) {
        return refuse(error.what());
    }
    if (given.count("help") > 0) std::cout << help();
    else if (given.count("version") > 0) std::cout << name_ << " " HAWSER_VERSION "\n";
    if (given.count("help") + given.count("version") > 0) return 0;
    if (rest_ != nullptr) *rest_ = std::move(words);
    else if (!words.empty()) return refuse("'" + words.front() + "' is no option");
    return take_all(given);
}

std::optional<int> command_line::take_all(const po::variables_map& given) const {
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
            if (!one.parse(value)) return refuse("'" + value + "' is no value for --" + one.name + ": " + one.help);
        } catch (const std::invalid_argument& error) {
            return refuse("--" + one.name + ": " + error.what());
        }
    }
    return std::nullopt;
}

std::string command_line::unknown(const std::string& name, std::span<const char* const> words) const {
    std::string typed = name.size() == 2 ? word_with(name.back(), words).value_or(name) : name;
    typed.resize(std::min(typed.find('='), typed.size()));
    std::vector<std::string> names{"help", "version"};
    for (const option& one : options_) names.push_back(one.name);
    const std::string meant = nearest(typed.substr(std::min(typed.find_first_not_of('-'), typed.size())), names);
    return "unknown option '" + typed + "'" + (meant.empty() ? "" : ": did you mean --" + meant + "?");
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
    row("  -h, --help", "this text");
    row("  --version", "the version");
    const auto has = [this](std::string_view value) {
        return std::ranges::any_of(options_, [value](const option& one) { return one.value == value; });
    };
    if (has("TIME") || has("SIZE")) text << '\n';
    if (has("TIME")) text << "TIME is a number and its unit: " << duration_units << ".\n";
    if (has("SIZE")) text << "SIZE is a number of bytes, or of KiB, MiB or GiB.\n";
    if (!more_.empty()) text << '\n' << more_;
    return wrapped(text.str());
}

}   // namespace hawser::tools
