#define BOOST_TEST_MODULE swarm_program
#include <boost/test/unit_test.hpp>
