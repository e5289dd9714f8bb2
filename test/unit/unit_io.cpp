// Floor 3: time, coroutines, streams.
#define BOOST_TEST_MODULE unit_io
#include <boost/test/unit_test.hpp>
