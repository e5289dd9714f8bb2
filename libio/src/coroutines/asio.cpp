// Asio's own code, compiled once here and not in everybody's translation units; unless
// HAWSER_ASIO_SEPARATE_COMPILATION is off.
#if defined(BOOST_ASIO_SEPARATE_COMPILATION)
#include <boost/asio/impl/src.hpp>
#endif
