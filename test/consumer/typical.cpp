// What a user's program does with the libraries, in one file: compiled with the user's warnings and optimised, and
// never run. arch.user_warnings puts all public headers in front of it.
#include <hawser/client.hpp>
#include <hawser/io/datagram_socket.hpp>
#include <hawser/io/dial.hpp>
#include <hawser/io/frame_stream.hpp>
#include <hawser/io/offload.hpp>
#include <hawser/io/queue.hpp>
#include <hawser/io/run.hpp>
#include <hawser/server.hpp>
#include <hawser/swarm/swarm.hpp>

#include <array>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace hawser;
using namespace std::chrono_literals;

namespace typical {

enum class state : std::uint8_t { fine = 0, alarm = 1 };
BOOST_DESCRIBE_ENUM(state, fine, alarm)

struct corner {
    boost::endian::big_int16_t across;
    boost::endian::big_int16_t down;
};
BOOST_DESCRIBE_STRUCT(corner, (), (across, down))

struct reading_ack {
    static constexpr packet::command<std::uint8_t> code{0xa0};
    packet::id id;
    state result;
    packet::text<std::uint8_t, std::string> why;
};
BOOST_DESCRIBE_STRUCT(reading_ack, (), (id, result, why))

struct reading {
    static constexpr packet::command<std::uint8_t> code{0x20};
    using reply = reading_ack;
    packet::id id;
    boost::endian::big_uint16_t sensor;
    packet::fixed_text<8> ship;
    packet::text<std::uint8_t> place;
    packet::octets<boost::endian::big_uint32_t> blob;
    packet::array<corner, std::uint8_t> corners;
    packet::array<packet::text<std::uint8_t>, std::uint8_t> words;
    packet::rest note;
};
BOOST_DESCRIBE_STRUCT(reading, (), (id, sensor, ship, place, blob, corners, words, note))

struct found {
    static constexpr packet::command<std::uint8_t> code{0xa1};
    packet::id id;
    packet::text<std::uint8_t> text;
    packet::octets<std::uint8_t> blob;
};
BOOST_DESCRIBE_STRUCT(found, (), (id, text, blob))

struct find {
    static constexpr packet::command<std::uint8_t> code{0x21};
    using reply = found;
    packet::id id;
    packet::rest_text word;
};
BOOST_DESCRIBE_STRUCT(find, (), (id, word))

struct kept {
    static constexpr packet::command<std::uint8_t> code{0x22};
    std::string note;
};
BOOST_DESCRIBE_STRUCT(kept, (), (note))

struct protocol : packet::protocol<reading, reading_ack, find, found, kept> {};

struct counters {
    int readings = 0;
};

// Packets made of constants, where an optimiser sees every size.
std::size_t encode_constants(byte_buffer& out) {
    static_cast<void>(packet::encode(found{{}, "bridge", as_bytes("x")}, out));
    static_cast<void>(packet::encode(found{{}, {}, {}}, out));
    static_cast<void>(packet::encode(find{{}, "hawser"}, out));
    packet::encode(packet::submit{{}, as_bytes("x")}, out);
    packet::encode(packet::submit_ack{}, out);
    packet::encode(kept{"note"}, out);
    const std::array<corner, 2> corners = {corner{1, 2}, corner{3, 4}};
    const reading made{.id = {},
                       .sensor = 1,
                       .ship = "ferry",
                       .place = "bridge",
                       .blob = as_bytes("xyz"),
                       .corners = corners,
                       .words = {"one", "two"},
                       .note = as_bytes("note")};
    static_cast<void>(packet::encode(made, out));
    byte_buffer fresh;
    static_cast<void>(packet::encode(found{{}, "deck", as_bytes("y")}, fresh));
    byte_buffer wire;
    static_cast<void>(frame::any_codec().encode(fresh.view(), wire));
    static_cast<void>(frame::length_field::prefix_body(2).encode(fresh.view(), wire));
    return out.size() + wire.size();
}

std::size_t decode(bytes body) {
    const auto read = packet::decode<protocol>(body);
    if (!read) return read.error().message().size();
    if (const auto* one = std::get_if<reading>(&*read)) return one->place.size() + one->words.size();
    const auto same = packet::decode_as<kept>(body);
    return same ? same->note.size() : 0;
}

reading_ack on_reading(server::context& here, const reading& r) {
    here.state<counters>().readings += 1;
    if (r.place == "bridge") return {r.id, state::fine, "all well"};
    return {r.id, state::alarm, std::string(r.place)};
}

server::answered on_find(server::context& here, const find& asked) {
    const std::string text = std::string(asked.word) + "!";
    return here.answer(found{asked.id, text, as_bytes(text)});
}

io::task<server::answered> find_later(server::context& here, const find& asked) {
    co_await io::sleep(1ms);
    const std::string text(asked.word);
    co_return here.answer(found{asked.id, text, {}});
}

io::task<packet::submit_ack> on_submit(server::context& here, const packet::submit& s) {
    const packet::go_away notice{};
    const auto sent = co_await here.send(notice);
    const auto pushed = co_await here.push(s);
    co_return packet::submit_ack{s.id, sent && pushed ? packet::outcome::ok : packet::outcome::error};
}

io::task<void> serve(server::connection& conn) {
    conn.set_deadline(io::clock::now() + 5s);
    while (const auto body = co_await conn.read_frame()) {
        const auto sent = co_await conn.send(*body);
        if (!sent) break;
        if (body->empty()) conn.finish();
    }
    static_cast<void>(co_await conn.flush());
}

int run_server() {
    server::router router(protocol{});
    router.on<reading>(on_reading).on<find>(on_find).on<kept>([](server::context& here, const kept&) { here.close(); });
    router.on_open([](server::context& here) { static_cast<void>(here.handle()); });
    router.on_close([](server::context&, const server::ending& how) { std::cout << how.text() << '\n'; });
    server::events told;
    server::server server({.listen = {":8888"}, .threads = 2, .events = {&told}}, router);
    return server.run().exit_status();
}

int run_others() {
    server::router router;
    router.on<packet::submit>(on_submit, server::concurrent(8)).on<find>(find_later);
    server::server first({.listen = {"127.0.0.1:0"}}, router);
    server::server second({.listen = {"unix:/tmp/typical"}, .codec = frame::delimiter::lines()}, serve);
    if (!first.start() || !second.start()) return 1;
    const auto frame = first.frame_of(packet::submit{{}, as_bytes("news")});
    if (frame) static_cast<void>(first.try_publish(*frame));
    first.stop(5s);
    second.stop();
    return first.wait().exit_status() + second.wait().exit_status();
}

io::task<bool> ask(client::requester& via) {
    const find question{.id = {}, .word = "hawser"};
    const auto got = co_await via.request(question, 2s);
    const kept note{"kept"};
    const auto sent = co_await via.send(note);
    co_return (got && sent && got->text == "hawser!");
}

io::task<bool> converse(io::address where) {
    const client::options settings{.speaks = protocol()};
    auto client = co_await client::client::connect(where, settings);
    if (!client) co_return false;
    const bool good = co_await ask(*client);
    const auto pushed = co_await client->next();
    co_await client->close();
    const io::executor here = co_await io::this_executor;
    client::reconnecting_client keeps(here, where, {.connection = settings, .connections = 2});
    const bool again = co_await ask(keeps);
    co_await keeps.close();
    co_return (good && again && pushed);
}

io::task<bool> frames(io::address where) {
    auto carrier = co_await io::dial(where, 5s);
    if (!carrier) co_return false;
    io::frame_stream both(std::move(*carrier), frame::any_codec());
    static_cast<void>(both.push(as_bytes("ada")));
    const auto answer = co_await both.read_frame();
    co_await both.finish(1s);
    co_return answer.has_value();
}

io::task<void> try_frames(io::address where) {
    const bool good = co_await frames(where);
    if (!good) std::cout << "no frames\n";
}

io::task<int> tools(io::address where) {
    const io::executor here = co_await io::this_executor;
    io::group children(here);
    children.spawn(try_frames(where));
    io::queue<std::string> words(here, 4);
    const std::string word = "word";
    static_cast<void>(co_await words.push(word));
    const auto back = co_await words.pop();
    const int many = co_await io::offload([] { return 7; });
    co_await children.join();
    co_return back ? many : 0;
}

io::task<bool> load(io::address where) {
    const swarm::traffic readings = swarm::traffic_of<reading>(protocol());
    swarm::swarm swarm({.connect = where, .traffic = readings, .clients = 2, .count = 10, .interval = 0s});
    const swarm::report report = co_await swarm.run();
    co_return report.good();
}

}   // namespace typical

int main() {
    const io::address where = *io::address::parse("127.0.0.1:8888");
    byte_buffer out;
    std::cout << typical::encode_constants(out) + typical::decode(out.view()) << '\n';
    const bool good = io::run(typical::converse(where)) && io::run(typical::load(where));
    return good && io::run(typical::tools(where)) > 0 ? typical::run_server() + typical::run_others() : 1;
}
