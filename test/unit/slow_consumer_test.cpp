// What becomes of pushes to a peer that is slow: the backlog alone, and a frame_stream whose peer does not read.
#include "support/frames.hpp"
#include "support/transports.hpp"

#include <hawser/frame/backlog.hpp>
#include <hawser/io/frame_stream.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

namespace hawser::io {

namespace {

using namespace std::chrono_literals;
using frame::any_codec;
using frame::backlog;
using frame::label;
using frame::length_field;
using frame::shared_frame;
using frame::slow_consumer;
using placed = backlog::placed;
using namespace test;   // every word of a conversation

shared_frame frame_of(std::string_view body) {
    byte_buffer wire;
    BOOST_TEST(!any_codec().encode(as_bytes(body), wire));
    return std::make_shared<const byte_buffer>(std::move(wire));
}

std::string body_of(const shared_frame& frame) { return std::string(as_text(frame->view().subspan(4))); }

std::string all_of(backlog& of) {
    std::string all;
    while (const shared_frame next = of.take()) all += body_of(next) + " ";
    return all;
}

// Room for three frames of one letter.
constexpr std::size_t three = 3 * (5 + backlog::entry_cost);

placed put(backlog& into, std::string_view body, slow_consumer policy, label as = {}) {
    return into.put(frame_of(body), as, policy, three);
}

constexpr frame_limits small{.outbound_cap = 64 * 1024,
                             .first_frame_timeout = duration::zero(),
                             .frame_timeout = duration::zero(),
                             .idle_timeout = duration::zero(),
                             .write_stall_timeout = duration::zero(),
                             .push_timeout = 30ms};

const std::string kilobyte(1024, 'x');

any_codec short_frames() { return length_field::prefix_self(4, 4096); }

// So much that no kernel takes it all: 8 MiB where the buffers of a test hold 64 KiB each.
constexpr int too_many = 8 * 1024;

// Sends numbered frames of a kilobyte without waiting.
void offers(frame_stream& to, int count, slow_consumer policy, std::uint64_t keys = 1) {
    for (int number = 0; number < count && !to.failure(); ++number) {
        const label as{.key = static_cast<std::uint64_t>(number) % keys};
        static_cast<void>(to.offer(frame_of(std::to_string(number) + ' ' + kilobyte), as, policy));
    }
}

// Reads what comes until the end, and gives the numbers.
task<void> hears(frame_stream& from, std::vector<int>& into) {
    for (;;) {
        const result<bytes> body = co_await from.read_frame();
        if (!body) break;
        into.push_back(std::stoi(std::string(as_text(*body))));
    }
    co_await from.finish(linger);
}

task<void> finishes(frame_stream& which) { co_await which.finish(linger); }

// Offers more than fits, then lets the peer read all that is left, which is in order.
task<std::vector<int>> what_is_left(frame_stream& server, frame_stream& client, slow_consumer policy,
                                    std::uint64_t keys) {
    offers(server, too_many, policy, keys);
    BOOST_TEST(server.out().queued() <= small.outbound_cap);
    std::vector<int> heard;
    co_await together(finishes(server), hears(client, heard));
    BOOST_TEST(std::is_sorted(heard.begin(), heard.end()));
    co_return heard;
}

task<void> drops_the_newest(transport ours, transport theirs) {
    frame_stream client(std::move(ours), short_frames(), small);
    frame_stream server(std::move(theirs), short_frames(), small);
    const std::vector<int> heard = co_await what_is_left(server, client, slow_consumer::drop_newest, 1);
    BOOST_TEST(heard.size() + server.out().offered().dropped_newest == static_cast<std::size_t>(too_many));
    BOOST_TEST(heard.back() == static_cast<int>(heard.size()) - 1);   // the first ones, without a gap
}

task<void> drops_the_oldest(transport ours, transport theirs) {
    frame_stream client(std::move(ours), short_frames(), small);
    frame_stream server(std::move(theirs), short_frames(), small);
    const std::vector<int> heard = co_await what_is_left(server, client, slow_consumer::drop_oldest, 1);
    BOOST_TEST(heard.size() + server.out().offered().dropped_oldest == static_cast<std::size_t>(too_many));
    BOOST_TEST(heard.back() == too_many - 1);   // the last one is always there
}

task<void> keeps_the_last_of_each_key(transport ours, transport theirs) {
    constexpr int keys = 10;
    frame_stream client(std::move(ours), short_frames(), small);
    frame_stream server(std::move(theirs), short_frames(), small);
    std::vector<int> heard;
    offers(server, too_many, slow_consumer::coalesce, keys);
    co_await together(finishes(server), hears(client, heard));
    BOOST_TEST(heard.size() + server.out().offered().coalesced == static_cast<std::size_t>(too_many));
    BOOST_TEST(server.out().offered().dropped_oldest == 0U);
    const std::set<int> last(heard.end() - keys, heard.end());
    for (int key = 0; key < keys; ++key) BOOST_TEST(last.count(too_many - 1 - key) == 1U);
}

task<void> closes(transport ours, transport theirs) {
    const stream client(std::move(ours));
    frame_stream server(std::move(theirs), short_frames(), small);
    offers(server, too_many, slow_consumer::close);
    BOOST_TEST(server.failure() == errc::slow_consumer);
    co_await server.finish(linger);
}

task<void> waits_and_gives_up(transport ours, transport theirs) {
    frame_stream client(std::move(ours), short_frames(), small);
    frame_stream server(std::move(theirs), short_frames(), small);
    int taken = 0;
    result<void> pushed;
    while (pushed) {
        const shared_frame frame = frame_of(std::to_string(taken) + ' ' + kilobyte);
        pushed = co_await server.publish(frame, {}, slow_consumer::wait);
        if (pushed) ++taken;
    }
    BOOST_TEST(pushed.error() == errc::write_timeout);
    BOOST_TEST(!server.failure());
    BOOST_TEST(server.out().offered().waited >= 1U);
    BOOST_TEST(server.out().offered().timed_out == 1U);
    std::vector<int> heard;
    co_await together(finishes(server), hears(client, heard));
    BOOST_TEST(heard.size() == static_cast<std::size_t>(taken));
}

task<void> an_answer_overtakes_pushes(transport ours, transport theirs) {
    frame_stream client(std::move(ours), short_frames(), small);
    frame_stream server(std::move(theirs), short_frames(), small);
    // Until some wait behind what flies, with room left.
    for (int number = 0; server.out().queued() < 40 * 1024; ++number)
        BOOST_TEST(!server.offer(frame_of(std::to_string(number) + ' ' + kilobyte), {}, slow_consumer::wait));
    co_await sends(server, "-1 the answer");
    std::vector<int> heard;
    co_await together(finishes(server), hears(client, heard));
    BOOST_TEST(std::count(heard.begin(), heard.end(), -1) == 1);
    std::erase(heard, -1);
    BOOST_TEST(std::is_sorted(heard.begin(), heard.end()));
    BOOST_TEST(server.out().offered().dropped_newest + server.out().offered().dropped_oldest == 0U);
}

}   // namespace

BOOST_AUTO_TEST_SUITE(slow_consumers)

BOOST_AUTO_TEST_CASE(a_backlog_keeps_the_order_and_counts_what_it_costs) {
    backlog box;
    BOOST_TEST(box.empty());
    BOOST_TEST(box.take() == nullptr);
    for (const std::string_view body : {"a", "b", "c"})
        BOOST_TEST((put(box, body, slow_consumer::wait) == placed::kept));
    BOOST_TEST(box.bytes() == three);
    BOOST_TEST(box.size() == 3U);
    BOOST_TEST(all_of(box) == "a b c ");
    BOOST_TEST(box.empty());
}

BOOST_AUTO_TEST_CASE(a_full_backlog_changes_nothing_for_those_who_wait_or_close) {
    backlog box;
    for (const std::string_view body : {"a", "b", "c"})
        BOOST_TEST((put(box, body, slow_consumer::wait) == placed::kept));
    BOOST_TEST((put(box, "d", slow_consumer::wait) == placed::no_room));
    BOOST_TEST((put(box, "d", slow_consumer::close) == placed::no_room));
    BOOST_TEST(all_of(box) == "a b c ");
}

BOOST_AUTO_TEST_CASE(a_full_backlog_drops_the_newest_or_the_oldest) {
    backlog box;
    for (const std::string_view body : {"a", "b", "c"}) static_cast<void>(put(box, body, slow_consumer::wait));
    BOOST_TEST((put(box, "d", slow_consumer::drop_newest) == placed::dropped));
    BOOST_TEST((put(box, "e", slow_consumer::drop_oldest) == placed::kept));
    BOOST_TEST(box.counts().dropped_newest == 1U);
    BOOST_TEST(box.counts().dropped_oldest == 1U);
    BOOST_TEST(all_of(box) == "b c e ");
}

BOOST_AUTO_TEST_CASE(only_those_of_its_own_class_make_room_for_a_push) {
    backlog box;
    static_cast<void>(put(box, "a", slow_consumer::wait, {.message_class = 1}));
    static_cast<void>(put(box, "b", slow_consumer::wait, {.message_class = 2}));
    static_cast<void>(put(box, "c", slow_consumer::wait, {.message_class = 1}));
    BOOST_TEST((put(box, "d", slow_consumer::drop_oldest, {.message_class = 2}) == placed::kept));
    BOOST_TEST((put(box, "e", slow_consumer::drop_oldest, {.message_class = 3}) == placed::dropped));
    BOOST_TEST(all_of(box) == "a c d ");
}

BOOST_AUTO_TEST_CASE(a_push_takes_the_place_of_the_one_with_its_key) {
    backlog box;
    static_cast<void>(put(box, "a", slow_consumer::coalesce, {.key = 1}));
    static_cast<void>(put(box, "b", slow_consumer::coalesce, {.key = 2}));
    BOOST_TEST((put(box, "c", slow_consumer::coalesce, {.key = 1}) == placed::kept));
    BOOST_TEST((put(box, "d", slow_consumer::coalesce, {.message_class = 1, .key = 1}) == placed::kept));
    BOOST_TEST(box.counts().coalesced == 1U);
    BOOST_TEST(all_of(box) == "c b d ");
    BOOST_TEST((put(box, "again", slow_consumer::coalesce, {.key = 1}) == placed::kept));
    BOOST_TEST(box.counts().coalesced == 1U);   // the one with its key had left
}

BOOST_AUTO_TEST_CASE(a_push_that_is_too_long_for_the_place_of_the_one_with_its_key_leaves_no_older_one_behind) {
    backlog box;
    static_cast<void>(put(box, std::string(backlog::entry_cost, 'x'), slow_consumer::coalesce, {.key = 1}));
    static_cast<void>(put(box, "1", slow_consumer::coalesce, {.key = 2}));
    // In the room of the first key.
    BOOST_TEST((put(box, "2, longer", slow_consumer::coalesce, {.key = 2}) == placed::kept));
    BOOST_TEST((put(box, "3", slow_consumer::coalesce, {.key = 2}) == placed::kept));
    BOOST_TEST(box.counts().coalesced == 2U);
    BOOST_TEST(box.counts().dropped_oldest == 1U);
    BOOST_TEST(all_of(box) == "3 ");
    BOOST_TEST(box.bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(a_push_that_could_never_fit_leaves_the_one_with_its_key) {
    backlog box;
    static_cast<void>(put(box, "a", slow_consumer::coalesce, {.key = 1}));
    BOOST_TEST((put(box, std::string(1000, 'x'), slow_consumer::coalesce, {.key = 1}) == placed::dropped));
    BOOST_TEST(all_of(box) == "a ");
}

BOOST_AUTO_TEST_CASE(keys_without_number_stay_within_the_room_too) {
    backlog box;
    for (std::uint64_t key = 0; key < 100; ++key) {
        static_cast<void>(put(box, "a", slow_consumer::coalesce, {.key = key}));
        BOOST_TEST(box.bytes() <= three);
    }
    BOOST_TEST(box.counts().dropped_oldest == 97U);
}

BOOST_AUTO_TEST_CASE(a_push_that_could_never_fit_drops_nobody_else) {
    backlog box;
    static_cast<void>(put(box, "a", slow_consumer::wait));
    BOOST_TEST((put(box, std::string(1000, 'x'), slow_consumer::drop_oldest) == placed::dropped));
    BOOST_TEST(all_of(box) == "a ");
}

BOOST_AUTO_TEST_CASE(a_slow_peer_gets_the_first_of_what_is_pushed) { over_every_transport(drops_the_newest); }

BOOST_AUTO_TEST_CASE(a_slow_peer_gets_the_last_of_what_is_pushed) { over_every_transport(drops_the_oldest); }

BOOST_AUTO_TEST_CASE(a_slow_peer_gets_the_last_of_each_key) { over_every_transport(keeps_the_last_of_each_key); }

BOOST_AUTO_TEST_CASE(a_slow_peer_is_closed) { over_every_transport(closes); }

BOOST_AUTO_TEST_CASE(a_push_waits_for_its_time_out_and_nothing_that_was_taken_is_lost) {
    over_every_transport(waits_and_gives_up);
}

BOOST_AUTO_TEST_CASE(pushes_keep_their_order_and_answers_are_never_dropped_for_them) {
    over_every_transport(an_answer_overtakes_pushes);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
