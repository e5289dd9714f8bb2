// cutting: what a stream consists of, told in two ways that must agree: by the simplest reading there is (cut_at_once:
// decode what is there, drop it, go on), and by a frame::reader that is given the stream in pieces.
//
//   laws::cut_at_once(codec, stream) == laws::cut_in_pieces(codec, stream, {3, 7}, frame::fill::greedy)
//
// No test framework in here: a broken law is thrown, for Boost.Test and for a fuzzer alike. Corrupt bytes on end are
// one answer and have no size, as in frame::reader: a skip may grow when more is seen.
#pragma once

#include <hawser/frame/reader.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hawser::inline v0::laws {

using frame::decoded;

/// A law of hawser/frame/codec.hpp, or a promise of the reader, that does not hold.
struct broken_law : std::logic_error {
    using std::logic_error::logic_error;
};

/// Throws broken_law unless it holds.
inline void law(bool holds, const char* what) {
    if (!holds) throw broken_law(what);
}

/// One thing that was said about a stream.
struct answer {
    decoded::kind what{};
    std::string body = {};
    std::size_t used = 0;   ///< 0 for corrupt bytes
    error_code error = {};
    std::uint64_t position = 0;   ///< where the stream goes on, or where it failed

    friend bool operator==(const answer&, const answer&) = default;
};

/// For a report.
[[nodiscard]] inline std::string text_of(const answer& shown) {
    return std::string(name_of(shown.what)) + " '" + escaped(as_bytes(shown.body)) + "' used " +
           std::to_string(shown.used) + " error " + shown.error.message() + " at " + std::to_string(shown.position);
}

/// The same.
inline std::ostream& operator<<(std::ostream& out, const answer& shown) { return out << text_of(shown); }

/// Whether `part` is a piece of `whole`; an empty one is of any.
[[nodiscard]] inline bool is_within(bytes part, bytes whole) noexcept {
    return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

/// What an answer to these bytes has to keep whatever it is, before anybody believes it.
inline void answer_is_possible(const decoded& told, bytes seen) {
    if (told.what() == decoded::kind::need_more) {
        law(told.total() > seen.size(),
            "need_more says more than it saw: all that the frame takes, not what is missing");
        law(told.scanned() <= seen.size(), "need_more has scanned no more than it saw");
    }
    if (!told.is_frame()) return;
    law(told.used() > 0 && told.used() <= seen.size(), "a frame is what has come");
    law(is_within(told.body(), seen.first(told.used())), "a body lies in its frame");
}

/// A body as its user sees it.
template <frame::codec Codec>
[[nodiscard]] std::string seen_body(const Codec& codec, bytes body) {
    std::string text(as_text(body));
    if constexpr (frame::wrapping_codec<Codec>) {
        const mutable_bytes all = std::as_writable_bytes(std::span(text));
        const mutable_bytes inside = codec.unwrap(all);
        law(is_within(inside, all), "unwrap() stays in place");
        text = std::string(as_text(inside));
    }
    return text;
}

/// An answer of decode() or of reader::next(); the body as it is in there.
[[nodiscard]] inline answer said(const decoded& told) {
    answer made{.what = told.what()};
    switch (told.what()) {
        case decoded::kind::frame:
            made.body = as_text(told.body());
            made.used = told.used();
            break;
        case decoded::kind::skip:
            made.error = told.error();
            made.used = made.error == errc::corrupt ? 0 : told.used();
            break;
        case decoded::kind::failed: made.error = told.error(); break;
        case decoded::kind::need_more: break;
    }
    return made;
}

/// Whether it is a stretch of corrupt bytes.
[[nodiscard]] inline bool is_corrupt_skip(const answer& one) {
    return one.what == decoded::kind::skip && one.error == errc::corrupt;
}

/// What a whole stream consists of, by the codec alone.
template <frame::codec Codec>
[[nodiscard]] std::vector<answer> cut_at_once(const Codec& codec, std::string_view stream) {
    std::vector<answer> all;
    std::size_t position = 0;
    std::size_t skipped_from = 0;
    while (position < stream.size()) {
        const decoded next = codec.decode({as_bytes(stream.substr(position)), 0, true});
        law(next.what() != decoded::kind::need_more, "need_more never comes when the window is at the end");
        answer_is_possible(next, as_bytes(stream.substr(position)));
        answer made = said(next);
        made.position = position + (next.is_frame() ? made.used : 0);
        if (next.is_frame()) made.body = seen_body(codec, next.body());
        const bool goes_on = is_corrupt_skip(made) && !all.empty() && is_corrupt_skip(all.back());
        if (!goes_on) all.push_back(made);
        if (next.what() == decoded::kind::failed) return all;
        law(next.used() > 0, "an answer always advances");
        if (next.what() == decoded::kind::skip && !goes_on) skipped_from = position;
        position += std::min(next.used(), 2 * stream.size() + 1);   // a skip may reach as far as it likes
    }
    const bool inside = position > stream.size();
    all.push_back({.what = decoded::kind::failed,
                   .error = inside ? errc::truncated : errc::end_of_stream,
                   .position = inside ? skipped_from : position});
    return all;
}

/// A peer that sends `stream` in pieces that end at `cuts`, and a reader that takes it.
template <frame::codec Codec>
class piecewise {
public:
    piecewise(const Codec& codec, std::string_view stream, std::vector<std::size_t> cuts, frame::fill policy)
        : reader_(codec), stream_(stream), cuts_(std::move(cuts)), policy_(policy) {
        std::erase_if(cuts_, [&](std::size_t cut) { return cut >= stream.size(); });
        cuts_.push_back(stream.size());
        std::ranges::sort(cuts_);
    }

    /// Reads all of it.
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
            // Unless it is what a frame that was none had asked for.
            const bool exactly = policy_ == frame::fill::exact && next.is_frame() && reader_.skips() == 0;
            law(!exactly || reader_.unread().empty(), "an exact fill reads nothing behind the frame");
            if (next.what() != decoded::kind::failed) continue;
            check_counts(all);
            return all;
        }
    }

private:
    // One read: what has arrived, at most what there is room for.
    void give(std::size_t total) {
        law(total > reader_.unread().size(), "need_more says more than it saw");
        if (given_ == stream_.size()) return reader_.end();
        while (cuts_[next_cut_] <= given_) ++next_cut_;
        const mutable_bytes space = reader_.space(policy_);
        law(!space.empty(), "there is room to read into");
        check_memory(space);
        const std::size_t count = std::min(space.size(), cuts_[next_cut_] - given_);
        std::memcpy(space.data(), stream_.data() + given_, count);
        reader_.commit(count);
        given_ += count;
        law(policy_ == frame::fill::greedy || reader_.unread().size() <= total,
            "an exact fill reads no more than is missing");
    }

    // The limit is for the claim; memory is only for what has come.
    void check_memory(mutable_bytes space) {
        most_unread_ = std::max(most_unread_, reader_.unread().size());
        const std::size_t most = most_unread_ + std::max(most_unread_, frame::reader<Codec>::first_growth);
        law(reader_.unread().size() + space.size() <= most, "no memory for more than has arrived");
    }

    void check_counts(const std::vector<answer>& all) const {
        const auto count = [&all](decoded::kind what) {
            return static_cast<std::uint64_t>(std::ranges::count(all, what, &answer::what));
        };
        law(reader_.frames() == count(decoded::kind::frame), "every frame is counted");
        law(reader_.skips() == count(decoded::kind::skip), "every dropped stretch is counted");
    }

    frame::reader<Codec> reader_;
    std::string_view stream_;
    std::vector<std::size_t> cuts_;   // ascending
    frame::fill policy_;
    std::size_t next_cut_ = 0;
    std::size_t given_ = 0;
    std::size_t most_unread_ = 0;
};

/// What a whole stream consists of, by a reader that gets it in pieces.
template <frame::codec Codec>
[[nodiscard]] std::vector<answer> cut_in_pieces(const Codec& codec, std::string_view stream,
                                                std::vector<std::size_t> cuts, frame::fill policy) {
    return piecewise<Codec>(codec, stream, std::move(cuts), policy).run();
}

/// Every place where a stream of this size can be cut.
[[nodiscard]] inline std::vector<std::size_t> every_cut(std::size_t size) {
    std::vector<std::size_t> cuts;
    for (std::size_t cut = 1; cut < size; ++cut) cuts.push_back(cut);
    return cuts;
}

/// Whether `codec` accepts the body. If it does, its frame must bring the body back, but for a length in it that
/// encode() has filled in; if not, nothing may be left of it.
template <frame::codec Codec>
bool comes_back(const Codec& codec, std::string_view body) {
    byte_buffer wire;
    wire.append(as_bytes("before"));
    const error_code refused = codec.encode(as_bytes(body), wire);
    law(as_text(wire.view().first(6)) == "before", "encode() appends");
    const bytes made = wire.view().subspan(6);
    if (refused) {
        law(made.empty(), "a body that is refused leaves nothing behind");
        return false;
    }
    law(made.size() <= codec.max_frame(), "no frame is written over the limit");
    const decoded again = codec.decode({made, 0, false});
    answer_is_possible(again, made);
    law(again.is_frame() && again.used() == made.size(), "what is written is one frame, by itself");
    const std::string back = seen_body(codec, again.body());
    if (back == body) return true;
    byte_buffer filled;
    const bool is_same = back.size() == body.size() && !codec.encode(as_bytes(back), filled) &&
                         as_text(filled.view()) == as_text(made);
    law(is_same, "decode(encode(b)) is b, or b with its length filled in");
    return true;
}

}   // namespace hawser::laws
