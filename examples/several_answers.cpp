// A handler that has several answers, and what no handler takes: answered too, instead of the end of the connection.
#include "program.hpp"

#include <iostream>
#include <variant>

using namespace hawser;

struct level {
    static constexpr packet::command<std::uint8_t> code{0x90};
    std::uint8_t tank;
    boost::endian::big_uint16_t millimetres;
};
BOOST_DESCRIBE_STRUCT(level, (), (tank, millimetres))

struct refusal {
    enum class reason : std::uint8_t { unknown_function = 1, no_such_tank = 2, malformed = 3 };
    static constexpr packet::command<std::uint8_t> code{0xff};
    std::uint8_t function;
    reason why;
};
BOOST_DESCRIBE_STRUCT(refusal, (), (function, why))

struct ask_level {
    static constexpr packet::command<std::uint8_t> code{0x10};
    std::uint8_t tank;
};
BOOST_DESCRIBE_STRUCT(ask_level, (), (tank))

// What this server knows nothing of, and what ends too early.
struct calibrate {
    static constexpr packet::command<std::uint8_t> code{0x2a};
    std::uint8_t tank;
};
BOOST_DESCRIBE_STRUCT(calibrate, (), (tank))
struct ask_nothing {
    static constexpr packet::command<std::uint8_t> code{0x10};
};
BOOST_DESCRIBE_STRUCT(ask_nothing, (), ())

struct tanks : packet::protocol<ask_level, level, refusal> {};

// One of several answers.
std::variant<level, refusal> on_ask(server::context&, const ask_level& asked) {
    if (asked.tank > 3) return refusal{ask_level::code.value, refusal::reason::no_such_tank};
    return level{asked.tank, 1200};
}

// Whatever has no handler: a function that this server does not know, or a body that is malformed. Without a function
// there is nothing to answer, and that is the end.
std::variant<refusal, server::breach> on_other(server::context&, const server::unhandled& what) {
    if (what.body.empty()) return server::breach();
    const bool is_unknown = what.why == packet::errc::unknown_command;
    return refusal{std::to_integer<std::uint8_t>(what.body.front()),
                   is_unknown ? refusal::reason::unknown_function : refusal::reason::malformed};
}

// Sends a packet and says what comes back.
template <class Packet>
io::task<std::string> exchange(client::client& with, Packet asked) {
    if (!co_await with.send(asked)) co_return "nothing";
    const auto back = co_await with.next();
    if (!back) co_return back.error().message();
    if (const auto is = packet::decode_as<level>(back->view())) co_return std::to_string(is->millimetres) + " mm";
    const auto no = packet::decode_as<refusal>(back->view());
    co_return no ? "refused, " + std::to_string(static_cast<int>(no->why)) : "no packet";
}

io::task<bool> converse(io::address where) {
    const client::options settings{.speaks = tanks()};
    auto client = co_await client::client::connect(where, settings);
    if (!client) co_return false;
    const std::string there = co_await exchange(*client, ask_level{1});
    const std::string elsewhere = co_await exchange(*client, ask_level{9});
    const std::string unknown = co_await exchange(*client, calibrate{1});
    const std::string malformed = co_await exchange(*client, ask_nothing());
    std::cout << there << '\n' << elsewhere << '\n' << unknown << '\n' << malformed << '\n';
    co_await client->close();
    co_return there == "1200 mm" && elsewhere == "refused, 2" && unknown == "refused, 1" && malformed == "refused, 3";
}

int main(int argc, char** argv) {
    example::options given(argc, argv, example::side::both, "Several answers, and an answer to what is unknown.");
    server::router router(tanks{});
    router.on<ask_level>(on_ask).otherwise(on_other);
    server::server server(given.config(), router);
    return example::run(given, server, converse);
}
