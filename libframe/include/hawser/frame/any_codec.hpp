// any_codec: one of the built-in codecs, or one of your own, chosen at run time; a built-in one also from text. What
// servers, clients and programs are told.
//
//   const frame::any_codec ours;                                                  // the default protocol's
//   const frame::any_codec lines = frame::delimiter::lines();
//   const auto theirs = frame::any_codec::parse("length-field:order=little,width=2,max=64KiB");
//   const auto yours = frame::any_codec::own(tagged(), "tagged");   // your class
//
// The text is a name and its keys; docs/framing.md has all of them. Copies share one immutable codec, so it costs a
// connection a pointer. That codec is never freed: there are as many as a program has been told of formats, which is
// few, and so a connection counts no references, and options that hold a format may be written inside of a co_await
// (g++ 12 destroys twice what is not trivially destructible there). Thread-safe.
#pragma once

#include <hawser/frame/base64_lines.hpp>
#include <hawser/frame/cobs.hpp>
#include <hawser/frame/delimiter.hpp>
#include <hawser/frame/fixed_length.hpp>
#include <hawser/frame/http_chunk.hpp>
#include <hawser/frame/length_field.hpp>
#include <hawser/frame/marked_crc.hpp>
#include <hawser/frame/netstring.hpp>
#include <hawser/frame/own_codec.hpp>
#include <hawser/frame/slip.hpp>
#include <hawser/frame/varint_prefix.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace hawser::inline v0::frame {

class any_codec {
public:
    using alternatives = std::variant<length_field, varint_prefix, delimiter, fixed_length, marked_crc, netstring,
                                      http_chunk, base64_lines, cobs, slip, own_codec>;

    /// The default protocol: length_field::prefix_self(), with default_max_frame.
    any_codec();
    template <codec Codec>
        requires std::constructible_from<alternatives, Codec>
    any_codec(Codec codec) : chosen_(kept(alternatives(std::move(codec)))) {}

    /// A codec of your own: any class that satisfies frame::codec, and can be copied and compared. One of each value is
    /// kept for ever, so its values should be few. `name` is for people: logs and pages.
    template <class Codec>
    [[nodiscard]] static any_codec own(Codec codec, std::string name = "own") {
        static_assert(
            requires(const Codec& one, const window& seen) {
                { one.decode(seen) } noexcept -> std::same_as<decoded>;
            }, "an own codec cuts: it needs `frame::decoded decode(const frame::window& seen) const noexcept`");
        static_assert(
            requires(const Codec& one, bytes body, byte_buffer& out) {
                { one.encode(body, out) } -> std::same_as<error_code>;
            }, "an own codec makes frames: it needs `error_code encode(bytes body, byte_buffer& out) const`");
        static_assert(
            requires(const Codec& one) {
                { one.max_frame() } noexcept -> std::same_as<std::size_t>;
            },
            "an own codec has a limit: it needs `std::size_t max_frame() const noexcept`, of the whole frame in bytes");
        static_assert(std::copy_constructible<Codec>, "an own codec is a value: it can be copied");
        static_assert(std::equality_comparable<Codec>, "an own codec is kept for ever, one of each value: it needs "
                                                       "`bool operator==(const CODEC&) const = default`");
        static_assert(
            !remembering_codec<Codec>,
            "an own codec that remembers, decode(seen, memory), works in a frame::reader<CODEC> only: leave that "
            "out, and say by need_more(total, scanned) what need not be looked at again");
        static_assert(
            !requires(Codec& one, mutable_bytes body) { one.unwrap(body); } || wrapping_codec<Codec>,
            "unwrap() of a codec is `mutable_bytes unwrap(mutable_bytes body) const noexcept`");
        static_assert(
            !requires(Codec& one) { one.with_max_frame(std::size_t()); } || relimited_codec<Codec>,
            "with_max_frame() of a codec is `CODEC with_max_frame(std::size_t max_frame) const`");
        static_assert(
            !requires(Codec& one) { one.about(); } || explained_codec<Codec>,
            "about() of a codec is `std::string about() const`");
        static_assert(
            !requires(Codec& one) { one.lua(); } || dissected_codec<Codec>,
            "lua() of a codec is `std::string lua() const`");
        if constexpr (ownable_codec<Codec>) return any_codec(own_codec(std::move(codec), std::move(name)));
        else return {};
    }

    /// Reads a format: NAME or NAME:KEY=VALUE,... Throws std::invalid_argument with one line that says what is wrong.
    [[nodiscard]] static any_codec parse(std::string_view format);
    /// The format again, every key written out: parse(c.text()) is c. Of an own codec "own:NAME", which parse()
    /// refuses.
    [[nodiscard]] std::string text() const;
    /// The same with another limit. Throws std::invalid_argument if the format cannot have it.
    [[nodiscard]] any_codec with_max_frame(std::size_t max_frame) const;

    using memory = marked_crc::memory;   // the only one of them that has a memory

    [[nodiscard]] decoded decode(const window& seen) const noexcept;                  ///< as codec says
    [[nodiscard]] decoded decode(const window& seen, memory& known) const noexcept;   ///< as remembering_codec says
    [[nodiscard]] error_code encode(bytes body, byte_buffer& out) const;              ///< as codec says

    // On the way of every frame, so inline. Most formats have a length field.

    /// As measuring_codec says; nothing of a format that cannot.
    [[nodiscard]] extent measure(bytes data) const noexcept {
        return is<length_field>() ? as<length_field>().measure(data) : extent{};
    }
    /// As prefixing_codec says; 0 also of a format that is none.
    [[nodiscard]] std::size_t prefix_size(std::size_t size) const noexcept {
        if (is<length_field>()) return as<length_field>().prefix_size(size);
        return is<varint_prefix>() ? as<varint_prefix>().prefix_size(size) : 0;
    }
    /// As prefixing_codec says.
    [[nodiscard]] std::byte* write_prefix(std::size_t size, std::byte* to) const noexcept {
        if (is<length_field>()) return as<length_field>().write_prefix(size, to);
        return is<varint_prefix>() ? as<varint_prefix>().write_prefix(size, to) : to;
    }
    [[nodiscard]] std::size_t max_frame() const noexcept;   ///< of the whole frame, in bytes
    /// As wrapping_codec says; the body itself for a format that wraps nothing.
    [[nodiscard]] mutable_bytes unwrap(mutable_bytes body) const noexcept {
        if (is<base64_lines>()) return as<base64_lines>().unwrap(body);
        return chosen_->index() < first_wrapping ? body : unwrapped(body);
    }

    [[nodiscard]] const alternatives& chosen() const noexcept { return *chosen_; }

private:
    static constexpr std::size_t first_wrapping = 7;   // those before it wrap nothing
    static_assert(std::same_as<std::variant_alternative_t<first_wrapping, alternatives>, base64_lines>);

    template <codec Codec>
    [[nodiscard]] bool is() const noexcept {
        return std::holds_alternative<Codec>(*chosen_);
    }
    // Not std::get(), which throws, and not get_if() alone, which asks whether there is a variant.
    template <codec Codec>
    [[nodiscard]] const Codec& as() const noexcept {
        return *std::get_if<Codec>(chosen_);
    }
    [[nodiscard]] mutable_bytes unwrapped(mutable_bytes body) const noexcept;
    [[nodiscard]] static const alternatives* kept(alternatives codec);

    const alternatives* chosen_;   // never null
};

static_assert(std::is_trivially_copyable_v<any_codec> && std::is_trivially_destructible_v<any_codec>);

static_assert(wrapping_codec<any_codec> && remembering_codec<any_codec> && measuring_codec<any_codec> &&
              prefixing_codec<any_codec>);

}   // namespace hawser::frame
