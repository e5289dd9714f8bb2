// How Boost.Test shows hawser's values when a comparison fails.
#pragma once

#include <hawser/error.hpp>
#include <hawser/frame/decoded.hpp>

#include <ostream>

namespace hawser {

inline std::ostream& boost_test_print_type(std::ostream& out, errc value) {
    return out << make_error_code(value).message();
}

inline std::ostream& boost_test_print_type(std::ostream& out, condition value) {
    return out << make_error_condition(value).message();
}

namespace frame {

inline std::ostream& operator<<(std::ostream& out, decoded::kind what) { return out << name_of(what); }

}   // namespace frame
}   // namespace hawser
