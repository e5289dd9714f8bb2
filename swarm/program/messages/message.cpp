// Templates written as messages; message_parsing.cpp reads them.
#include "message.hpp"

#include <algorithm>

namespace hawser::swarm_program {

// The callers decide how long a random part is, and what is in it.
template <class Size, class Octet>
void message::build(std::uint32_t number, Size size_of, Octet octet_of, byte_buffer& into) const {
    const std::size_t begin = into.size();
    std::size_t length_at = begin;
    for (const part& one : parts_) {
        if (const auto* fixed = std::get_if<std::vector<std::byte>>(&one)) {
            into.append(*fixed);
        } else if (const auto* format = std::get_if<number_format>(&one)) {
            format->write(number, into.prepare(format->size));
            into.commit(format->size);
        } else if (const auto* chance = std::get_if<random_part>(&one)) {
            const std::size_t size = size_of(*chance);
            for (std::byte& octet : into.prepare(size).first(size)) octet = octet_of(*chance);
            into.commit(size);
        } else {
            length_at = into.size();
            static_cast<void>(into.prepare(length_->size));
            into.commit(length_->size);
        }
    }
    if (length_)
        length_->write(static_cast<std::uint32_t>(into.size() - begin), into.edit().subspan(length_at, length_->size));
}

void message::append(std::uint32_t number, swarm::random_values& values, byte_buffer& into) const {
    const auto size_of = [&values](const random_part& one) {
        return one.least + values.below(one.most - one.least + 1);
    };
    const auto octet_of = [&values](const random_part& one) {
        return static_cast<std::byte>(one.letters ? 'a' + values.below(26) : values.below(256));
    };
    build(number, size_of, octet_of, into);
}

void message::append_sample(std::uint32_t number, const sample& content, byte_buffer& into) const {
    std::size_t turn = 0;
    const auto size_of = [&content](const random_part& one) { return std::clamp(content.size, one.least, one.most); };
    const auto octet_of = [&content, &turn](const random_part& one) {
        const std::byte next = content.pattern[turn++ % content.pattern.size()];
        const bool is_letter = next >= std::byte{'a'} && next <= std::byte{'z'};
        return one.letters && !is_letter ? std::byte{'a'} : next;
    };
    build(number, size_of, octet_of, into);
}

}   // namespace hawser::swarm_program
