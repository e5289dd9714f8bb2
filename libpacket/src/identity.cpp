#include <hawser/packet/identity.hpp>

#include <algorithm>

namespace hawser::inline v0::packet {

decoded<identity> identify(std::span<const form> forms, const command_place& place, bytes body) noexcept {
    if (!place.is_in(body)) return malformed{errc::short_body, {}, "command", place.offset};
    const std::uint64_t command = place.read(body);
    const auto found = std::ranges::find(forms, command, &form::command);
    if (found == forms.end()) return malformed{errc::unknown_command, {}, {}, place.offset};
    if (body.size() < found->id_offset + found->id_size)
        return malformed{errc::short_body, found->name, "id", found->id_offset};
    identity made{.command = command, .id_size = found->id_size};
    std::ranges::copy(body.subspan(found->id_offset, found->id_size), made.id.begin());
    return made;
}

}   // namespace hawser::packet
