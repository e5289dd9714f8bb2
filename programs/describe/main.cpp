// hawser-describe: the default protocol as a Wireshark dissector, or as a Markdown page. For a protocol of your own,
// see examples/thermometer_describe.cpp.
#include <hawser/packet/packets.hpp>
#include <hawser/protocol/dissector.hpp>
#include <hawser/protocol/page.hpp>
#include <tools/command_line.hpp>

#include <cstdint>
#include <fstream>
#include <iostream>
#include <locale>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

using namespace hawser;

struct options {
    protocol::wire_format format;
    std::optional<std::uint32_t> port;
    std::string around;
};

tools::command_line describe(options& options) {
    tools::command_line line(
        "hawser-describe", "dissector|page [options]",
        "Prints what others need to read the default protocol:\n"
        "  dissector   a Lua file for Wireshark and tshark, 4.0 or later\n"
        "  page        a Markdown page with a diagram of the bytes of each packet",
        "Examples (make the folder of the first one before):\n"
        "  hawser-describe dissector > ~/.local/lib/wireshark/plugins/hawser.lua\n"
        "  tshark -X lua_script:hawser.lua -r capture.pcap \\\n"
        "      -Y 'hawser.submit_ack.result == \"error\"'\n"
        "  tshark -X lua_script:hawser.lua -i lo -d tcp.port==7777,hawser\n"
        "  hawser-describe page --around docs/wire-format.in.md > docs/wire-format.md\n\n"
        "For a protocol of your own: examples/thermometer_describe.cpp is the same in a few lines.\n");
    line.add("format", "SPEC", "how frames are cut; default prefix-self (see hawser-frame --help)",
             tools::into_format(options.format.codec));
    line.add("answer-format", "SPEC", "how those from the server are cut, if otherwise",
             [&options](const std::string& text) {
                 options.format.answer_codec = frame::any_codec::parse(text);
                 return true;
             });
    line.add("port", "N", "(dissector) the servers' port; default 8888, 0 for none",
             [&options](const std::string& text) { return tools::into_count(options.port.emplace(), 0, 65535)(text); });
    line.add("around", "FILE", "(page) a text with the lines that say where the generated parts go",
             tools::into_file(options.around));
    return line;
}

int print_page(const tools::command_line& line, const options& options, const packet::description& what) {
    if (options.around.empty()) {
        std::cout << protocol::page(what, options.format);
        return 0;
    }
    const std::ifstream file(options.around);
    std::ostringstream around;
    around.imbue(std::locale::classic());
    if (file) around << file.rdbuf();
    if (!file || around.bad()) return line.fail("cannot read " + options.around);   // bad: a folder, for one
    try {
        std::cout << protocol::page_around(around.str(), what, options.format);
    } catch (const std::invalid_argument& error) {
        return line.fail(options.around + ": " + error.what());
    }
    return 0;
}

}   // namespace

int main(int argc, char** argv) {
    // The first word, if it is one, says what to print; the rest are options.
    const bool has_word = argc > 1 && argv[1][0] != '-';
    const std::string_view word = has_word ? argv[1] : "";
    options options;
    const tools::command_line line = describe(options);
    if (has_word && word != "dissector" && word != "page")
        return line.refuse("'" + std::string(word) + "' is neither dissector nor page");
    if (const auto status = line.parse(argc - (has_word ? 1 : 0), argv + (has_word ? 1 : 0))) return *status;
    if (!has_word) return line.refuse("say what to print: dissector or page");
    if (word == "page" && options.port) return line.refuse("--port is for dissector");
    if (word == "dissector" && !options.around.empty()) return line.refuse("--around is for page");

    const packet::description what = packet::describe<packet::default_protocol>();
    if (word == "page") return print_page(line, options, what);
    std::cout << protocol::dissector(what, options.format, static_cast<std::uint16_t>(options.port.value_or(8888)));
    return 0;
}
