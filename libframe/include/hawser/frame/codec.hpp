// The codec concept: how a byte stream is cut into frames, and how a body becomes one. A pure value: no buffer, no
// socket, no clock.
//
// Laws, to which hawser/testing/codec_laws.hpp holds every codec, yours too:
//   - prefix-stable: more input never changes an earlier answer, except that a skip may grow;
//   - need_more(n) means that n is more than was shown, and never comes when the window is at the end;
//   - a skip always advances; no byte is scanned more than a constant number of times (by a
//     codec with a memory: with it);
//   - decode(encode(b)) is b for every body that encode accepts (or b with its length filled in, if the codec fills one
//     in), and every split point gives the same answers;
//   - the limit is checked on the length field, before a byte is allocated for what it claims.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/error.hpp>
#include <hawser/frame/decoded.hpp>

#include <concepts>

namespace hawser::inline v0::frame {

/// The limit on a whole frame where none is given. 1 MiB: room for any message, small enough that a thousand hostile
/// peers do not fill a machine.
inline constexpr std::size_t default_max_frame = 1024 * 1024;

/// What a codec is shown: the bytes not yet consumed.
struct window {
    bytes data;
    std::size_t scanned = 0;      ///< as many of them as the last need_more() said need not be looked at again
    bool at_end = false;          ///< nothing follows
    std::uint64_t position = 0;   ///< of the first of them in the stream; counts for a codec with a memory only
};

template <class Codec>
concept codec = requires(const Codec& codec, const window& seen, bytes body, byte_buffer& out) {
    { codec.decode(seen) } noexcept -> std::same_as<decoded>;
    /// Appends the frame of `body` to `out`, or refuses and leaves `out` as it was.
    { codec.encode(body, out) } -> std::same_as<error_code>;
    /// The longest frame that is read or written, in bytes, header included.
    { codec.max_frame() } noexcept -> std::same_as<std::size_t>;
};

/// Where a frame lies that begins at the front: behind its first `strip` bytes is its body, up to `total`.
struct extent {
    std::size_t strip = 0;
    std::size_t total = 0;   ///< 0: it is no whole frame, as far as is known
};

/// A codec that can tell of most frames in a few steps where they lie: a reader asks for that first.
template <class Codec>
concept measuring_codec = codec<Codec> && requires(const Codec& codec, bytes data) {
    /// Of the frame at the front if all of it is there, as decode() says, which knows of the rest and has nothing
    /// scanned of what is measured.
    { codec.measure(data) } noexcept -> std::same_as<extent>;
};

/// A codec whose bodies are written in another form, as base64 is. decode() has checked that form; unwrap() undoes it
/// in place, in memory that is the reader's, and gives the body that the user sees.
template <class Codec>
concept wrapping_codec = codec<Codec> && requires(const Codec& codec, mutable_bytes body) {
    { codec.unwrap(body) } noexcept -> std::same_as<mutable_bytes>;
};

/// A codec whose frame is the body behind a prefix that depends on nothing but its size, so that a body can be written
/// where it belongs instead of being copied there.
template <class Codec>
concept prefixing_codec = codec<Codec> && requires(const Codec& codec, std::size_t size, std::byte* to) {
    /// The bytes before a body of `size` bytes; 0 if it has no such frame, or what comes before it depends on
    /// the body: encode() knows.
    { codec.prefix_size(size) } noexcept -> std::same_as<std::size_t>;
    /// Writes them, if there are any, to where there is room, and says where they end.
    { codec.write_prefix(size, to) } noexcept -> std::same_as<std::byte*>;
};

/// A codec that keeps what it has worked out about bytes that are not consumed yet, where a peer could make it work
/// that out again and again. The reader has the memory, one a stream. It saves work, and changes no answer.
template <class Codec>
concept remembering_codec = codec<Codec> && std::default_initializable<typename Codec::memory> &&
                            requires(const Codec& codec, const window& seen, typename Codec::memory& memory) {
                                { codec.decode(seen, memory) } noexcept -> std::same_as<decoded>;
                            };

/// What a reader keeps for its codec; nothing for most.
template <class Codec>
struct memory_of {
    struct type {};
};
template <remembering_codec Codec>
struct memory_of<Codec> {
    using type = typename Codec::memory;
};

}   // namespace hawser::frame
