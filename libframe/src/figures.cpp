#include <hawser/figures.hpp>

namespace hawser::inline v0 {

std::string grouped(std::uint64_t number) {
    std::string made = std::to_string(number);
    for (std::size_t from_behind = 3; from_behind < made.size(); from_behind += 4)
        made.insert(made.size() - from_behind, ",");
    return made;
}

}   // namespace hawser
