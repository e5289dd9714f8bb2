#include <hawser/io/task.hpp>

using frames = boost::asio::detail::thread_info_base;
using threads = boost::asio::detail::thread_context;

template <>
void* boost::asio::detail::awaitable_frame_base<hawser::io::executor>::operator new(std::size_t size) {
    return frames::allocate(frames::awaitable_frame_tag(), threads::top_of_thread_call_stack(), size);
}

template <>
void boost::asio::detail::awaitable_frame_base<hawser::io::executor>::operator delete(void* frame, std::size_t size) {
    frames::deallocate(frames::awaitable_frame_tag(), threads::top_of_thread_call_stack(), frame, size);
}
