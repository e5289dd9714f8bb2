// Floors 1 and 2, and the protocol that joins them: everything that needs no Asio.
#define BOOST_TEST_MODULE unit_frame
#include <boost/test/unit_test.hpp>
