#include <hawser/swarm/traffic.hpp>

namespace hawser::inline v0::swarm {

bytes random_values::payload() {
    if (payloads_ != nullptr) return payloads_->next(random_);
    name_.draw(random_);
    return as_bytes(name_.text());
}

std::string_view random_values::letters(std::size_t most) {
    const mutable_bytes word = room(1 + below(most));
    for (std::byte& letter : word) letter = static_cast<std::byte>('a' + below(26));
    return as_text(word);
}

mutable_bytes random_values::room(std::size_t size) {
    kept_.push_back(std::make_unique<std::byte[]>(size));
    return {kept_.back().get(), size};
}

traffic default_traffic() {
    return {.speaks = packet::default_protocol(),
            .last = packet::serial::last,
            .make =
                [](std::uint32_t number, random_values& values, byte_buffer& into) {
                    return packet::encode(packet::submit{packet::serial::from_number(number), values.payload()}, into);
                },
            .read = &read_answer<packet::submit>};
}

}   // namespace hawser::swarm
