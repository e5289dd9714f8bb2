// The codecs, one suite each, and what they are all held to.
#define BOOST_TEST_MODULE unit_codecs
#include <boost/test/unit_test.hpp>
