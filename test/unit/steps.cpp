// The hooks of hawser/testing/codec_work.hpp, which are not counted themselves.
#define HAWSER_COUNTS_STEPS
#include <hawser/testing/codec_work.hpp>
