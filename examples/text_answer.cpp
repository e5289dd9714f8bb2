// Answers with text in them: encoded while the text is there, or owning it; and a handler that says goodbye.
#include "program.hpp"

#include <algorithm>
#include <iostream>
#include <string>
#include <utility>

using namespace hawser;

struct meaning {
    static constexpr packet::command<std::uint8_t> code{0xa1};
    packet::id id;
    packet::rest_text text;   // a view
};
BOOST_DESCRIBE_STRUCT(meaning, (), (id, text))

struct look_up {
    static constexpr packet::command<std::uint8_t> code{0x21};
    using reply = meaning;
    packet::id id;
    packet::rest_text word;
};
BOOST_DESCRIBE_STRUCT(look_up, (), (id, word))

struct reversed {
    static constexpr packet::command<std::uint8_t> code{0xa2};
    packet::id id;
    packet::text<std::uint8_t, std::string> text;   // its own
};
BOOST_DESCRIBE_STRUCT(reversed, (), (id, text))

struct reverse {
    static constexpr packet::command<std::uint8_t> code{0x22};
    using reply = reversed;
    packet::id id;
    packet::text<std::uint8_t> text;
};
BOOST_DESCRIBE_STRUCT(reverse, (), (id, text))

struct left {
    static constexpr packet::command<std::uint8_t> code{0xa3};
    packet::id id;
};
BOOST_DESCRIBE_STRUCT(left, (), (id))

struct leave {
    static constexpr packet::command<std::uint8_t> code{0x23};
    using reply = left;
    packet::id id;
};
BOOST_DESCRIBE_STRUCT(leave, (), (id))

struct dictionary : packet::protocol<look_up, meaning, reverse, reversed, leave, left> {};

// The text ends with this function: here.answer() encodes the packet before.
server::answered on_look_up(server::context& here, const look_up& asked) {
    const std::string text = std::string(asked.word) + ": a thick rope for mooring a ship";
    return here.answer(meaning{asked.id, text});
}

// This packet owns its text, so it can be returned.
reversed on_reverse(server::context&, const reverse& asked) {
    std::string text(asked.text);
    std::ranges::reverse(text);
    return {asked.id, std::move(text)};
}

// The answer still leaves, and all that was answered before; then the connection ends.
left on_leave(server::context& here, const leave& asked) {
    here.finish();
    return {asked.id};
}

io::task<bool> converse(io::address where) {
    const client::options settings{.speaks = dictionary()};
    auto client = co_await client::client::connect(where, settings);
    if (!client) co_return false;
    const look_up question{.id = {}, .word = "hawser"};
    const auto found = co_await client->request(question);
    const reverse wish{.id = {}, .text = "stressed"};
    const auto turned = co_await client->request(wish);
    const leave goodbye{};
    const auto gone = co_await client->request(goodbye);
    const auto end = co_await client->next();   // nothing comes any more
    if (!found || !turned || !gone) co_return false;
    std::cout << found->text << '\n' << turned->text << '\n';
    co_return found->text == "hawser: a thick rope for mooring a ship" && turned->text == "desserts" && !end;
}

int main(int argc, char** argv) {
    example::options given(argc, argv, example::side::both, "Answers with text in them.");
    server::router router(dictionary{});
    router.on<look_up>(on_look_up).on<reverse>(on_reverse).on<leave>(on_leave);
    server::server server(given.config(), router);
    return example::run(given, server, converse);
}
