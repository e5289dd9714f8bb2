// The laws of a codec (hawser/frame/codec.hpp), to be held against one in any test framework, or in a main().
//
//   laws::codec_laws(netstring(), {"", "abc"}, {good_stream, hostile_stream});      // throws laws::broken_law
//   laws::any_stream_is_cut(netstring(), input);                                    // for a fuzzer, of any input
//
// The laws cut each stream at every single point, so keep those to some hundred bytes. How a stream should be cut is
// told by cut_at_once(), the simplest reading there is; a frame::reader must tell the same whatever the pieces that the
// bytes come in. Whether the work stays in proportion to the input is counted by codec_work.hpp.
#pragma once

#include <hawser/testing/cutting.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::inline v0::laws {

/// A stream that is told in another way is told in the same.
inline void same_answers(const std::vector<answer>& right, const std::vector<answer>& told, const std::string& how) {
    if (right == told) return;
    std::string text = "every split point gives the same answers, but " + how + " there are\n";
    for (const answer& one : told) text += "  " + text_of(one) + '\n';
    text += "and at once\n";
    for (const answer& one : right) text += "  " + text_of(one) + '\n';
    throw broken_law(text);
}

/// In one piece, byte by byte, and cut in two anywhere; read exactly, and as much as there is.
template <frame::codec Codec>
void every_split_point_gives_the_same_answers(const Codec& codec, std::string_view stream) {
    const std::vector<answer> right = cut_at_once(codec, stream);
    const std::vector<std::size_t> every_byte = every_cut(stream.size());
    for (const frame::fill policy : {frame::fill::exact, frame::fill::greedy}) {
        const std::string filled = policy == frame::fill::exact ? " (exact fill)" : " (greedy fill)";
        same_answers(right, cut_in_pieces(codec, stream, {}, policy), "in one piece" + filled);
        same_answers(right, cut_in_pieces(codec, stream, every_byte, policy), "byte by byte" + filled);
        for (const std::size_t cut : every_byte)
            same_answers(right, cut_in_pieces(codec, stream, {cut}, policy), "cut at " + std::to_string(cut) + filled);
    }
}

/// For the front of `stream`: as it grows, byte by byte, the codec asks for more and then says one thing for ever; only
/// a skip of corrupt bytes may grow.
template <frame::codec Codec>
void more_input_never_changes_an_answer(const Codec& codec, std::string_view stream) {
    std::optional<answer> settled;
    std::size_t skipped = 0;
    for (std::size_t shown = 0; shown <= stream.size(); ++shown) {
        const bytes seen = as_bytes(stream.substr(0, shown));
        const decoded open = codec.decode({seen, 0, false});
        answer_is_possible(open, seen);
        if (open.what() == decoded::kind::need_more) {
            law(!settled.has_value(), "more input never changes an answer: it asks for more after one");
            law(open.total() <= codec.max_frame(), "need_more says no more than a frame can have");
        } else {
            if (!settled) settled = said(open);
            law(said(open) == *settled, "more input never changes an answer");
        }
        if (open.what() == decoded::kind::skip) {
            law(open.used() >= std::max<std::size_t>(skipped, 1), "a skip always advances, and never shrinks");
            skipped = open.used();
        }
        if (shown == 0) continue;
        const decoded closed = codec.decode({seen, 0, true});
        law(closed.what() != decoded::kind::need_more, "need_more never comes when the window is at the end");
        answer_is_possible(closed, seen);
        law(!settled || said(closed) == *settled, "the end never changes an answer");
        law(closed.what() != decoded::kind::skip || closed.used() > 0, "a skip always advances");
    }
}

/// What a codec has once scanned it may be told not to look at again: that must not change what it says.
template <frame::codec Codec>
void what_was_scanned_is_not_looked_at_again(const Codec& codec, std::string_view stream) {
    std::size_t scanned = 0;
    for (std::size_t shown = 0; shown <= stream.size(); ++shown) {
        const bytes seen = as_bytes(stream.substr(0, shown));
        const answer fresh = said(codec.decode({seen, 0, false}));
        const decoded resumed = codec.decode({seen, scanned, false});
        law(said(resumed) == fresh, "what was scanned changes no answer");
        if (resumed.what() != decoded::kind::need_more) return;
        law(resumed.scanned() >= scanned, "what was scanned stays so");
        scanned = resumed.scanned();
    }
}

/// A body behind the prefix for its size is the frame that encode() makes; there is none for what encode() refuses.
template <frame::prefixing_codec Codec>
void a_body_behind_its_prefix_is_the_frame_encoded(const Codec& codec, std::string_view text) {
    const std::size_t prefix = codec.prefix_size(text.size());
    if (prefix == 0) return;
    byte_buffer whole;
    law(!codec.encode(as_bytes(text), whole), "what has a prefix is encoded");
    std::vector<std::byte> made(prefix + text.size() + 1);   // one more, which stays as it is
    law(codec.write_prefix(text.size(), made.data()) == made.data() + prefix, "a prefix is as long as it says");
    std::ranges::copy(as_bytes(text), made.data() + prefix);
    law(as_text(made) == std::string(as_text(whole.view())) + '\0', "a body behind its prefix is the frame encoded");
}

/// Of what is at the front, byte by byte, a codec measures what it says is a frame, and nothing
/// else. It need not measure all.
template <frame::measuring_codec Codec>
void what_is_measured_is_the_frame_decoded(const Codec& codec, std::string_view stream) {
    for (std::size_t shown = 0; shown <= stream.size(); ++shown) {
        const bytes seen = as_bytes(stream.substr(0, shown));
        const frame::extent where = codec.measure(seen);
        if (where.total == 0) continue;
        const decoded told = codec.decode({seen, 0, false});
        const bool same = told.is_frame() && told.used() == where.total &&
                          told.body().data() == seen.data() + where.strip &&
                          told.body().size() == where.total - where.strip;
        law(same, "what is measured is the frame decoded");
    }
}

/// All of them for one stream. A reader believes what a codec says, so it comes last.
template <frame::codec Codec>
void stream_laws(const Codec& codec, std::string_view stream) {
    more_input_never_changes_an_answer(codec, stream);
    for (const answer& each : cut_at_once(codec, stream)) {
        if (each.position >= stream.size()) continue;
        const std::string_view rest = stream.substr(each.position);
        more_input_never_changes_an_answer(codec, rest);
        what_was_scanned_is_not_looked_at_again(codec, rest);
        if constexpr (frame::measuring_codec<Codec>) what_is_measured_is_the_frame_decoded(codec, rest);
    }
    every_split_point_gives_the_same_answers(codec, stream);
}

/// Throws broken_law, with the law and what it is broken by, unless the codec keeps all of them: for these bodies
/// (those that encode() refuses have to leave nothing), for these streams, and for the stream that the bodies make.
template <frame::codec Codec>
void codec_laws(const Codec& codec, const std::vector<std::string>& bodies, const std::vector<std::string>& streams) {
    const auto held = [](const std::string& by, const auto& laws) {
        try {
            laws();
        } catch (const broken_law& law) {
            throw broken_law(std::string(law.what()) + "; broken by " + by);
        }
    };
    byte_buffer wire;
    for (const std::string& body : bodies)
        held("the body '" + escaped(as_bytes(body), 200) + "'", [&] {
            static_cast<void>(comes_back(codec, body));
            static_cast<void>(codec.encode(as_bytes(body), wire));
            if constexpr (frame::prefixing_codec<Codec>) a_body_behind_its_prefix_is_the_frame_encoded(codec, body);
        });
    std::vector<std::string> all_streams = streams;
    if (wire.size() <= 1000) all_streams.emplace_back(as_text(wire.view()));
    for (const std::string& stream : all_streams)
        held("the stream '" + escaped(as_bytes(stream), 200) + "'", [&] { stream_laws(codec, stream); });
}

/// What becomes of a body that came out when it goes in again.
enum class bodies : unsigned char {
    same_frame,       ///< there is one frame for it: the very bytes that it came in
    all_encode,       ///< it is taken; its frame may be another, as what was stripped is not known
    may_be_refused,   ///< a line whose delimiter was the longer one of two, for one
};

/// Where to cut, from the stream itself: the same input is always cut in the same way.
[[nodiscard]] inline std::vector<std::size_t> drawn_cuts(std::string_view stream) {
    std::vector<std::size_t> cuts;
    std::uint32_t state = static_cast<std::uint32_t>(stream.size()) * 2'654'435'761U + 1;
    for (std::size_t at = 0;;) {
        state = state * 1'664'525U + 1'013'904'223U;
        at += 1 + (state >> 24) % 32;
        if (at >= stream.size()) return cuts;
        cuts.push_back(at);
        state += static_cast<unsigned char>(stream[at]);
    }
}

/// What must hold whatever a peer sends, quickly enough for a fuzzer: a stream is a row of frames, dropped stretches
/// and at last a named error; it is the same row in one piece, byte by byte and in pieces of any other size; memory is
/// for what has arrived; and every body that came out goes in again. Throws broken_law.
template <frame::codec Codec>
void any_stream_is_cut(const Codec& codec, bytes input, bodies which = bodies::may_be_refused) {
    using frame::fill;
    const std::string stream(as_text(input));
    const auto right = cut_at_once(codec, stream);
    same_answers(right, cut_in_pieces(codec, stream, {}, fill::greedy), "in one piece");
    same_answers(right, cut_in_pieces(codec, stream, {}, fill::exact), "read exactly");
    same_answers(right, cut_in_pieces(codec, stream, every_cut(stream.size()), fill::greedy), "byte by byte");
    same_answers(right, cut_in_pieces(codec, stream, drawn_cuts(stream), fill::greedy), "in pieces");
    for (const answer& one : right) {
        if (one.what != decoded::kind::frame) {
            const bool named = one.error == errc::too_long || one.error == errc::too_short ||
                               one.error == errc::truncated || one.error == errc::corrupt ||
                               one.error == errc::end_of_stream;
            law(named, "what is no frame has one of the errors of framing");
            continue;
        }
        const bool taken = comes_back(codec, one.body);
        law(taken || which == bodies::may_be_refused, "a body that came out goes in again");
        if (which != bodies::same_frame) continue;
        byte_buffer again;
        static_cast<void>(codec.encode(as_bytes(one.body), again));
        law(as_text(again.view()) == std::string_view(stream).substr(one.position - one.used, one.used),
            "a body is written in the bytes that it came in");
    }
}

}   // namespace hawser::laws
