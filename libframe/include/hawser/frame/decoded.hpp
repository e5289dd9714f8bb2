// decoded: what a codec says about the bytes it was shown. One of four things, and nothing else.
//
//   switch (answer.what()) {
//       case decoded::kind::frame:     use(answer.body()); buffer.consume(answer.used()); break;
//       case decoded::kind::need_more: read until there are answer.total() bytes; break;
//       case decoded::kind::skip:      drop answer.used() bytes, count answer.error(); break;
//       case decoded::kind::failed:    close, because of answer.error(); break;
//   }
//
// "Need more" carries a number, so that reading exactly what is missing and reading as much as there is are two fill
// policies over one codec. Asking an answer for what it does not have is a bug and is asserted.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/error.hpp>

#include <cassert>
#include <string_view>

namespace hawser::inline v0::frame {

class [[nodiscard]] decoded {
public:
    /// What it is.
    enum class kind : unsigned char { frame, need_more, skip, failed };

    /// A whole frame: its body, a view into the bytes decoded, and how many of them the frame takes.
    static decoded frame(bytes body, std::size_t used) noexcept {
        assert(used > 0);
        return {kind::frame, body, used, 0, {}};
    }
    /// The frame at the front needs `total` bytes, more than were shown; the first `scanned`
    /// need not be looked at again.
    static decoded need_more(std::size_t total, std::size_t scanned = 0) noexcept {
        return {kind::need_more, {}, total, scanned, {}};
    }
    /// The next `count` bytes (at least 1, maybe more than were shown) are no frame, for the reason given; go on after.
    static decoded skip(std::size_t count, errc why) noexcept {
        assert(count > 0);
        return {kind::skip, {}, count, 0, why};
    }
    /// The stream cannot be read any further.
    static decoded failed(errc why) noexcept {
        assert(why != errc{});
        return {kind::failed, {}, 0, 0, why};
    }

    [[nodiscard]] kind what() const noexcept { return kind_; }
    [[nodiscard]] bool is_frame() const noexcept { return kind_ == kind::frame; }

    /// The body of a frame.
    [[nodiscard]] bytes body() const noexcept { return assert(kind_ == kind::frame), body_; }
    /// How many bytes a frame takes, or how many to skip.
    [[nodiscard]] std::size_t used() const noexcept {
        return assert(kind_ == kind::frame || kind_ == kind::skip), count_;
    }
    /// How many bytes the frame at the front needs in all.
    [[nodiscard]] std::size_t total() const noexcept { return assert(kind_ == kind::need_more), count_; }
    [[nodiscard]] std::size_t scanned() const noexcept { return assert(kind_ == kind::need_more), scanned_; }
    /// Why bytes are skipped, or why the stream failed.
    [[nodiscard]] errc error() const noexcept { return assert(kind_ == kind::skip || kind_ == kind::failed), error_; }

private:
    decoded(kind what, bytes body, std::size_t count, std::size_t scanned, errc error) noexcept
        : kind_(what), error_(error), body_(body), count_(count), scanned_(scanned) {}

    kind kind_;
    errc error_;
    bytes body_;
    std::size_t count_;
    std::size_t scanned_;
};

/// For people.
[[nodiscard]] constexpr std::string_view name_of(decoded::kind what) noexcept {
    switch (what) {
        case decoded::kind::frame: return "frame";
        case decoded::kind::need_more: return "need_more";
        case decoded::kind::skip: return "skip";
        case decoded::kind::failed: return "failed";
    }
    return {};
}

}   // namespace hawser::frame
