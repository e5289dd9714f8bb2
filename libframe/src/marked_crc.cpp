#include <hawser/frame/marked_crc.hpp>

#include <boost/endian/buffers.hpp>
#include <boost/endian/conversion.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>

namespace hawser::inline v0::frame {

namespace {

constexpr std::string_view begin_mark = "\xff\xff";
constexpr std::string_view end_mark = "\xff\xfe";
constexpr std::size_t header_size = 4;    // mark and length
constexpr std::size_t trailer_size = 4;   // checksum and mark

std::size_t number_at(bytes data) noexcept {
    return boost::endian::load_big_u16(reinterpret_cast<const unsigned char*>(data.data()));
}

// Only half of the CRC is sent.
std::size_t sent_half(std::uint32_t crc) noexcept { return crc >> 16; }

// What the bytes from some place on can be.
enum class candidate { none, unfinished, good };

struct judgement {
    candidate what = candidate::none;
    std::size_t total = 0;   // of a good frame; of an unfinished one what is needed to say more
};

judgement judge(const window& seen, std::size_t at, std::size_t max_frame, running_crc& sums) noexcept {
    const bytes data = seen.data.subspan(at);
    const std::size_t marked = std::min(data.size(), begin_mark.size());
    if (as_text(data.first(marked)) != begin_mark.substr(0, marked)) return {};
    if (data.size() < header_size) return {candidate::unfinished, header_size};
    const std::size_t length = number_at(data.subspan(begin_mark.size()));
    const std::size_t total = header_size + length + trailer_size;
    if (total > max_frame) return {};
    if (data.size() < total) return {candidate::unfinished, total};
    const bytes trailer = data.subspan(header_size + length, trailer_size);
    if (as_text(trailer.last(end_mark.size())) != end_mark) return {};
    if (number_at(trailer) != sent_half(sums.of(seen, at + header_size, length))) return {};
    return {candidate::good, total};
}

// The next place behind the front where a frame may begin; the end if there is none.
std::size_t next_begin(bytes data, std::size_t from) noexcept {
    const std::size_t found = as_text(data).find(begin_mark.front(), from);
    return found == std::string_view::npos ? data.size() : found;
}

// At the end of the stream an unfinished frame hides nothing any more: the next good frame behind its front.
std::size_t next_good(const window& seen, std::size_t max_frame, running_crc& sums) noexcept {
    std::size_t at = next_begin(seen.data, 1);
    while (at < seen.data.size() && judge(seen, at, max_frame, sums).what != candidate::good)
        at = next_begin(seen.data, at + 1);
    return at;
}

}   // namespace

marked_crc::marked_crc(marked_layout layout) : layout_(layout) {
    if (layout.max_frame < marked_layout::overhead || layout.max_frame > marked_layout::longest_frame)
        throw std::invalid_argument("marked-crc: max is " + std::to_string(layout.max_frame) + ", but a frame takes " +
                                    std::to_string(marked_layout::overhead) + " to " +
                                    std::to_string(marked_layout::longest_frame) + " bytes");
}

decoded marked_crc::decode(const window& seen) const noexcept {
    running_crc none_yet;
    return decode(seen, none_yet);
}

decoded marked_crc::decode(const window& seen, memory& sums) const noexcept {
    if (seen.data.empty()) return seen.at_end ? decoded::failed(errc::truncated) : decoded::need_more(1);
    const judgement front = judge(seen, 0, max_frame(), sums);
    if (front.what == candidate::good)
        return decoded::frame(seen.data.subspan(header_size, front.total - marked_layout::overhead), front.total);
    if (front.what == candidate::none) return decoded::skip(next_begin(seen.data, 1), errc::corrupt);
    if (!seen.at_end) return decoded::need_more(front.total);
    const std::size_t good = next_good(seen, max_frame(), sums);
    return good < seen.data.size() ? decoded::skip(good, errc::corrupt) : decoded::failed(errc::truncated);
}

error_code marked_crc::encode(bytes body, byte_buffer& out) const {
    if (body.size() > max_frame() - marked_layout::overhead) return errc::too_long;
    const std::size_t total = marked_layout::overhead + body.size();
    const mutable_bytes frame = out.prepare(total).first(total);
    const auto copy_to = [&frame](std::size_t at, bytes data) { std::ranges::copy(data, frame.subspan(at).begin()); };
    const boost::endian::big_uint16_buf_t length(static_cast<std::uint16_t>(body.size()));
    const boost::endian::big_uint16_buf_t crc(
        static_cast<std::uint16_t>(sent_half(running_crc().of({body}, 0, body.size()))));
    copy_to(0, as_bytes(begin_mark));
    copy_to(2, std::as_bytes(std::span(length.data(), 2)));
    copy_to(header_size, body);
    copy_to(total - 4, std::as_bytes(std::span(crc.data(), 2)));
    copy_to(total - 2, as_bytes(end_mark));
    out.commit(total);
    return {};
}

}   // namespace hawser::frame
