// The laws of a codec (hawser/frame/codec.hpp), as one test for all of them.
//
//   test::codec_laws(frame::length_field::prefix_self(4, 64), {"", "abc"}, {text_of_good_bytes, text_of_hostile_bytes});
//
// Streams are cut at every single point, so keep them to some hundred bytes. How a stream should be cut is told by the
// simplest reading there is, cut_at_once(): decode what is there, drop it, go on. The reader must tell the same
// whatever the pieces that the bytes come in.
#pragma once

#include "print.hpp"

#include <hawser/frame/reader.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::test {

using frame::decoded;

/// One thing that was said about a stream.
struct answer {
    decoded::kind what{};
    std::string body = {};
    std::size_t used = 0;
    error_code error = {};
    std::uint64_t position = 0;   ///< where the stream goes on, or where it failed

    friend bool operator==(const answer&, const answer&) = default;
};

inline std::ostream& operator<<(std::ostream& out, const answer& shown) {
    return out << name_of(shown.what) << " '" << escaped(as_bytes(shown.body)) << "' used " << shown.used << " error "
               << shown.error.message() << " at " << shown.position;
}

[[nodiscard]] inline answer said(const decoded& by_codec) {
    answer made{.what = by_codec.what()};
    switch (by_codec.what()) {
        case decoded::kind::frame:
            made.body = as_text(by_codec.body());
            made.used = by_codec.used();
            break;
        case decoded::kind::skip:
            made.used = by_codec.used();
            made.error = by_codec.error();
            break;
        case decoded::kind::failed: made.error = by_codec.error(); break;
        case decoded::kind::need_more: break;
    }
    return made;
}

/// What a whole stream consists of, by the codec alone.
template <frame::codec Codec>
[[nodiscard]] std::vector<answer> cut_at_once(const Codec& codec, std::string_view stream) {
    std::vector<answer> all;
    std::size_t position = 0;
    std::size_t skipped_from = 0;
    while (position < stream.size()) {
        const decoded next = codec.decode({as_bytes(stream.substr(position)), 0, true});
        answer made = said(next);
        if (next.is_frame()) position += made.used;
        made.position = position;
        all.push_back(made);
        if (next.what() == decoded::kind::skip) {
            skipped_from = position;
            position += made.used;
        }
        if (next.what() == decoded::kind::failed) return all;
    }
    const errc end = position > stream.size() ? errc::truncated : errc::end_of_stream;
    all.push_back({.what = decoded::kind::failed, .error = end,
                   .position = position > stream.size() ? skipped_from : position});
    return all;
}

/// A peer that sends `stream` in pieces that end at `cuts`, and a reader that takes it.
template <frame::codec Codec>
class piecewise {
public:
    piecewise(const Codec& codec, std::string_view stream, std::vector<std::size_t> cuts, frame::fill policy)
        : reader_(codec), stream_(stream), cuts_(std::move(cuts)), policy_(policy) {
        cuts_.push_back(stream.size());
    }

    [[nodiscard]] std::vector<answer> run() {
        std::vector<answer> all;
        for (;;) {
            const decoded next = reader_.next();
            if (next.what() == decoded::kind::need_more) {
                give(next.total());
                continue;
            }
            all.push_back(said(next));
            all.back().position = reader_.position();
            if (next.what() == decoded::kind::failed) return all;
        }
    }

private:
    // One read: what has arrived, at most what there is room for.
    void give(std::size_t total) {
        BOOST_TEST_REQUIRE(total > reader_.unread().size(), "need_more says less than it saw");
        if (given_ == stream_.size()) return reader_.end();
        const std::size_t here = *std::ranges::find_if(cuts_, [this](std::size_t cut) { return cut > given_; });
        const mutable_bytes space = reader_.space(policy_);
        BOOST_TEST_REQUIRE(!space.empty(), "no space to read into");
        check_memory(space);
        const std::size_t count = std::min(space.size(), here - given_);
        std::memcpy(space.data(), stream_.data() + given_, count);
        reader_.commit(count);
        given_ += count;
    }

    // The limit is for the claim; memory is only for what has come.
    void check_memory(mutable_bytes space) {
        const std::size_t arrived = std::max(most_unread_, reader_.unread().size());
        most_unread_ = arrived;
        const std::size_t most = arrived + std::max(arrived, frame::reader<Codec>::first_growth);
        BOOST_TEST_REQUIRE(reader_.unread().size() + space.size() <= most, "memory for more than has arrived");
    }

    frame::reader<Codec> reader_;
    std::string_view stream_;
    std::vector<std::size_t> cuts_;
    frame::fill policy_;
    std::size_t given_ = 0;
    std::size_t most_unread_ = 0;
};

template <frame::codec Codec>
void every_split_point_gives_the_same_answers(const Codec& codec, std::string_view stream) {
    const std::vector<answer> right = cut_at_once(codec, stream);
    std::vector<std::size_t> every_byte;
    for (std::size_t cut = 1; cut < stream.size(); ++cut) every_byte.push_back(cut);
    for (const frame::fill policy : {frame::fill::exact, frame::fill::greedy}) {
        BOOST_TEST_CONTEXT((policy == frame::fill::exact ? "exact" : "greedy") << " fill") {
            BOOST_TEST(piecewise<Codec>(codec, stream, {}, policy).run() == right, boost::test_tools::per_element());
            BOOST_TEST(piecewise<Codec>(codec, stream, every_byte, policy).run() == right,
                       boost::test_tools::per_element());
            for (const std::size_t cut : every_byte)
                BOOST_TEST_CONTEXT("cut at " << cut)
                BOOST_TEST(piecewise<Codec>(codec, stream, {cut}, policy).run() == right,
                           boost::test_tools::per_element());
        }
    }
}

// For the front of `stream`: as it grows, byte by byte, the codec asks for more and then says one thing for ever.
template <frame::codec Codec>
void more_input_never_changes_an_answer(const Codec& codec, std::string_view stream) {
    std::optional<answer> settled;
    for (std::size_t shown = 0; shown <= stream.size(); ++shown) {
        const bytes seen = as_bytes(stream.substr(0, shown));
        const decoded open = codec.decode({seen, 0, false});
        if (open.what() == decoded::kind::need_more) {
            BOOST_TEST(!settled.has_value(), "asks for more after an answer");
            BOOST_TEST(open.total() > shown);
            BOOST_TEST(open.total() <= codec.max_frame());
            BOOST_TEST(open.scanned() <= shown);
        } else {
            if (!settled) settled = said(open);
            BOOST_TEST(said(open) == *settled);
        }
        if (shown == 0) continue;
        const decoded closed = codec.decode({seen, 0, true});
        BOOST_TEST(closed.what() != decoded::kind::need_more);
        if (settled) BOOST_TEST(said(closed) == *settled);
        if (closed.is_frame()) BOOST_TEST(closed.used() <= shown);
        if (closed.what() == decoded::kind::skip) BOOST_TEST(closed.used() > 0U);
    }
}

template <frame::codec Codec>
void bodies_come_back(const Codec& codec, std::string_view body) {
    byte_buffer wire;
    wire.append(as_bytes("before"));
    const std::size_t before = wire.size();
    if (const error_code refused = codec.encode(as_bytes(body), wire)) {
        BOOST_TEST(as_text(wire.view()) == "before");
        return;
    }
    const bytes made = wire.view().subspan(before);
    BOOST_TEST(as_text(wire.view().first(before)) == "before");
    BOOST_TEST(made.size() <= codec.max_frame());
    const decoded again = codec.decode({made, 0, false});
    BOOST_TEST_REQUIRE(again.is_frame());
    BOOST_TEST(again.used() == made.size());
    BOOST_TEST(as_text(again.body()) == body);
}

template <frame::codec Codec>
void codec_laws(const Codec& codec, const std::vector<std::string>& bodies, const std::vector<std::string>& streams) {
    std::vector<std::string> all_streams = streams;
    byte_buffer wire;
    for (const std::string& body : bodies) {
        BOOST_TEST_CONTEXT("a body of " << body.size() << " bytes") bodies_come_back(codec, body);
        static_cast<void>(codec.encode(as_bytes(body), wire));   // those it refuses add nothing
    }
    if (wire.size() <= 1000) all_streams.emplace_back(as_text(wire.view()));
    for (const std::string& stream : all_streams) {
        BOOST_TEST_CONTEXT("stream " << escaped(as_bytes(stream), 200)) {
            every_split_point_gives_the_same_answers(codec, stream);
            for (const answer& each : cut_at_once(codec, stream)) {
                if (each.position >= stream.size()) continue;
                more_input_never_changes_an_answer(codec, std::string_view(stream).substr(each.position));
            }
            more_input_never_changes_an_answer(codec, stream);
        }
    }
}

}  // namespace hawser::test
