// As Asio's manual says it is done.
#include <boost/asio/impl/src.hpp>
