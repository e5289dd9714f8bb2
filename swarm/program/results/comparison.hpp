// comparison: what changed from one run to another, and whether it is more than the noise.
//
//   const comparison found = compare(read_recording("A.json"), read_recording("B.json"));
//   std::cout << to_text(found);
//   if (found.worse()) ...
//
// The noise is how much each run varies within itself, from slice to slice of its timeline. Pure.
#pragma once

#include "recording.hpp"

#include <optional>
#include <string>
#include <vector>

namespace hawser::swarm_program {

enum class change : unsigned char { better, worse, the_same, noise, too_short };

[[nodiscard]] std::string to_text(change change);

struct comparison {
    struct row {
        std::string name;
        std::string before;   ///< with its unit
        std::string after;
        std::optional<double> changed_by;   ///< as a share of `before`; none if that was 0
        std::optional<double> noise;        ///< what a change has to exceed; none if that is not known
        change verdict = change::too_short;
        bool drifts = false;   ///< there are enough samples, but each is like the one before it
    };

    std::vector<row> rows;
    std::vector<std::string> remarks;   ///< what makes the runs hard to compare, a line each

    /// Something is worse by more than the noise.
    [[nodiscard]] bool worse() const noexcept;
};

/// Smaller changes never count: other things than the server make as much.
inline constexpr double smallest_change = 0.01;

[[nodiscard]] comparison compare(const recording& before, const recording& after);
/// A table, and the remarks.
[[nodiscard]] std::string to_text(const comparison& found);

/// Slices of a timeline, from `first` to before `last`.
struct slice_range {
    std::size_t first = 0;
    std::size_t last = 0;
};
/// The slices of a run that have only measured load.
[[nodiscard]] slice_range steady_part(const recording& run);

}   // namespace hawser::swarm_program
