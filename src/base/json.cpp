// Boost.JSON compiled once, for every folder (boost/json/src.hpp asks for exactly one such file).
#include <boost/json/src.hpp>
