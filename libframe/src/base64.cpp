#include <hawser/frame/base64.hpp>

#include <boost/archive/iterators/base64_from_binary.hpp>
#include <boost/archive/iterators/binary_from_base64.hpp>
#include <boost/archive/iterators/transform_width.hpp>

#include <algorithm>

namespace hawser::inline v0::frame {

namespace {

namespace flow = boost::archive::iterators;
using to_letters = flow::base64_from_binary<flow::transform_width<const char*, 6, 8>>;
using to_octets = flow::transform_width<flow::binary_from_base64<const char*>, 8, 6>;

std::size_t padding_of(std::string_view text) noexcept {
    if (text.ends_with("==")) return 2;
    return text.ends_with('=') ? 1 : 0;
}

}   // namespace

void append_base64(bytes data, byte_buffer& out) {
    const std::size_t total = base64_size(data.size());
    auto* first = reinterpret_cast<char*>(out.prepare(total).data());
    const std::string_view text = as_text(data);
    const char* end = std::copy(to_letters(text.data()), to_letters(text.data() + text.size()), first);
    std::fill(first + (end - first), first + total, '=');
    out.commit(total);
}

bool is_base64(std::string_view text) noexcept {
    if (text.empty()) return true;
    if (text.size() % 4 != 0) return false;
    const std::size_t padding = padding_of(text);
    const std::string_view letters = text.substr(0, text.size() - padding);
    if (letters.find_first_not_of(base64_letters) != std::string_view::npos) return false;
    // The bits of the last letter that stand for nothing must be zero.
    const std::size_t last = base64_letters.find(letters.back());
    return padding == 0 || last % (padding == 1 ? 4 : 16) == 0;
}

mutable_bytes from_base64(mutable_bytes text) noexcept {
    if (text.empty()) return text;
    const std::size_t size = text.size() / 4 * 3 - padding_of(as_text(text));
    const to_octets octets(as_text(text).data());
    // Each group of letters is read before the shorter group of octets is written over it.
    std::copy_n(octets, size, reinterpret_cast<char*>(text.data()));
    return text.first(size);
}

}   // namespace hawser::frame
