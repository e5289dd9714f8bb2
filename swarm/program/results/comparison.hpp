// comparison: what changed from one run to another, and whether it is more than the noise.
//
//   const comparison found = compare(read_recording("A.json"), read_recording("B.json"));
//   std::cout << to_text(found);
//   if (found.worse()) ...
//
// The noise is what each run varies in itself, from slice to slice of its timeline. Pure.
#pragma once

#include "recording.hpp"

#include <optional>
#include <string>
#include <vector>

namespace hawser::swarm_program {

enum class change : unsigned char { better, worse, the_same, noise, too_short };

[[nodiscard]] std::string to_text(change of);

struct comparison {
    struct row {
        std::string name;
        std::string before;              ///< with its unit
        std::string after;
        std::optional<double> changed_by;    ///< share of what was before; none if that was nothing
        std::optional<double> noise;     ///< what a change has to exceed; none if that is not known
        change says = change::too_short;
        bool drifts = false;             ///< its samples are many, but each is like the one before it
    };

    std::vector<row> rows;
    std::vector<std::string> remarks;    ///< a line each: what makes them hard to compare

    /// Something is worse, and it is not the noise.
    [[nodiscard]] bool worse() const noexcept;
};

/// A change that is smaller is never called one: other things than the server make as much.
inline constexpr double smallest_change = 0.01;

[[nodiscard]] comparison compare(const recording& before, const recording& after);
/// A table, and the remarks.
[[nodiscard]] std::string to_text(const comparison& of);

/// The slices of a run that are nothing but measured load, from `first` to before `last`.
struct steady {
    std::size_t first = 0;
    std::size_t last = 0;
};
[[nodiscard]] steady steady_part(const recording& of);

}  // namespace hawser::swarm_program
