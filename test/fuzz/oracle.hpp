// oracle: what must hold whatever a peer sends. A stream is a row of frames, dropped stretches and at last a named
// error; it is the same row in one piece, byte by byte and in pieces of any other size; memory is for what has arrived;
// and every body that came out goes in again.
//
//   fuzz::oracle(codec, stream, fuzz::bodies::all_encode);
//
// A law that is broken is thrown (test::broken_law), an assertion aborts: both are what a fuzzer looks for.
#pragma once

#include <test/support/cutting.hpp>

#include <cstdio>
#include <cstdlib>
#include <sstream>

namespace hawser::fuzz {

/// What becomes of a body that came out when it goes in again.
enum class bodies : unsigned char {
    same_frame,       ///< there is one frame for it: the very bytes that it came in
    all_encode,       ///< it is taken; its frame may be another, as what was stripped is not known
    may_be_refused,   ///< a line whose delimiter was the longer one of two, for one
};

inline std::string shown(const std::vector<test::answer>& all) {
    std::ostringstream text;
    for (const test::answer& one : all) text << "  " << one << '\n';
    return text.str();
}

inline void same(const std::vector<test::answer>& right, const std::vector<test::answer>& told, const char* how) {
    if (right == told) return;
    throw test::broken_law(std::string(how) + " is cut differently:\n" + shown(told) + "and at once:\n" + shown(right));
}

// Where to cut, from the stream itself: the same input is always cut in the same way.
inline std::vector<std::size_t> drawn_cuts(std::string_view stream) {
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

inline void check_errors(const std::vector<test::answer>& all) {
    for (const test::answer& one : all) {
        if (one.what == frame::decoded::kind::frame) continue;
        const bool named = one.error == errc::too_long || one.error == errc::too_short ||
                           one.error == errc::truncated || one.error == errc::corrupt ||
                           one.error == errc::end_of_stream;
        test::law(named, "what is no frame has one of the errors of framing");
    }
}

template <frame::codec Codec>
void oracle(const Codec& codec, bytes input, bodies which) {
    using frame::fill;
    const std::string stream(as_text(input));
    const auto right = test::cut_at_once(codec, stream);
    check_errors(right);
    same(right, test::cut_in_pieces(codec, stream, {}, fill::greedy), "the stream in one piece");
    same(right, test::cut_in_pieces(codec, stream, {}, fill::exact), "the stream, read exactly");
    same(right, test::cut_in_pieces(codec, stream, test::every_cut(stream.size()), fill::greedy),
         "the stream byte by byte");
    same(right, test::cut_in_pieces(codec, stream, drawn_cuts(stream), fill::greedy), "the stream in pieces");
    for (const test::answer& one : right) {
        if (one.what != frame::decoded::kind::frame) continue;
        const bool taken = test::comes_back(codec, one.body);
        test::law(taken || which == bodies::may_be_refused, "a body that came out goes in again");
        if (which != bodies::same_frame) continue;
        byte_buffer again;
        static_cast<void>(codec.encode(as_bytes(one.body), again));
        test::law(as_text(again.view()) == std::string_view(stream).substr(one.position - one.used, one.used),
                  "a body is written in the bytes that it came in");
    }
}

/// What the entry point of a target does: a broken law is told and ends the process, as an assertion does.
template <class Function>
int judged(Function target, const std::uint8_t* data, std::size_t size) {
    try {
        return target(std::as_bytes(std::span(data, size)));
    } catch (const std::exception& broken) {
        std::fprintf(stderr, "%s\n", broken.what());
        std::abort();
    }
}

}   // namespace hawser::fuzz
