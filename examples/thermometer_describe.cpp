// A protocol of one's own for others: thermometer_describe dissector > thermometer.lua, or page > thermometer.md.
#include "thermometer.hpp"

#include <hawser/protocol/dissector.hpp>
#include <hawser/protocol/page.hpp>

#include <iostream>

int main(int argc, char** argv) {
    const auto what = hawser::packet::describe<thermometer::protocol>();
    const hawser::protocol::wire_format format;   // as in your server's config: {.codec = ..., .answer_codec = ...}
    const std::string_view wanted = argc > 1 ? argv[1] : "";
    if (wanted == "dissector") {
        std::cout << hawser::protocol::dissector(what, format, 8888);
    } else if (wanted == "page") {
        std::cout << hawser::protocol::page(what, format);
    } else {
        std::cerr << "usage: thermometer_describe dissector|page\n";
        return 2;
    }
    if (std::cout.flush()) return 0;
    std::cerr << "thermometer_describe: cannot write to standard output\n";
    return 1;
}
