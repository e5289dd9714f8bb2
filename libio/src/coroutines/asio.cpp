// Asio's own code, compiled once here (BOOST_ASIO_SEPARATE_COMPILATION) and not in everybody's translation units.
#include <boost/asio/impl/src.hpp>
