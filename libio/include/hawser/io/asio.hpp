// asio: whether Asio is compiled here as it is in the libraries. Every header of hawser that has
// Asio in it includes this.
//
// The libraries have Asio's code in them, and memory and functions of it go from there to a program's code and back. So
// they take it as it comes, as most libraries do, and a program with hawser and another library that has Asio in it is
// whole. What changes the memory or the meaning of what is inline in Asio's headers has to be the same in each file of
// a program that has them: it is refused here.
//
// Whoever has BOOST_ASIO_NO_DEPRECATED in every file of a program configures hawser with HAWSER_ASIO_NO_DEPRECATED=ON.
#pragma once

#if defined(BOOST_ASIO_NO_DEPRECATED) && !defined(HAWSER_ASIO_NO_DEPRECATED)
#error "the libraries of hawser have Asio compiled otherwise: no BOOST_ASIO_NO_DEPRECATED, or HAWSER_ASIO_NO_DEPRECATED"
#elif !defined(BOOST_ASIO_NO_DEPRECATED) && defined(HAWSER_ASIO_NO_DEPRECATED)
#error "the libraries of hawser have Asio compiled otherwise: define BOOST_ASIO_NO_DEPRECATED, as hawser::io does"
#elif defined(BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING) || defined(BOOST_ASIO_DISABLE_SMALL_BLOCK_RECYCLING) || \
    (defined(BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE) && BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE != 2)
#error "the libraries of hawser have Asio compiled otherwise: no BOOST_ASIO_..._RECYCLING... of your own"
#endif
