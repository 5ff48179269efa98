#include "base/random.h"

#include <sodium.h>

#include <cmath>
#include <numbers>

#include "base/check.h"

namespace base {

std::uint64_t Random::below(std::uint64_t bound) {
    CHECK(bound > 0);
    // Rejection keeps every value equally likely: 2^64 mod bound lowest values are drawn again.
    const std::uint64_t threshold = (0 - bound) % bound;
    std::uint64_t value = next();
    while (value < threshold) value = next();
    return value % bound;
}

std::int64_t Random::between(std::int64_t low, std::int64_t high) {
    CHECK(low <= high);
    const auto span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
    const std::uint64_t step = span == 0 ? next() : below(span);
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + step);
}

double Random::uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

double Random::normal() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

double Random::lognormal(double median, double sigma) {
    return median * std::exp(sigma * normal());
}

Duration Random::between(Duration low, Duration high) {
    return Duration(between(std::int64_t{low.count()}, std::int64_t{high.count()}));
}

std::string Random::bytes(std::size_t count) {
    std::string out;
    while (out.size() < count) {
        std::uint64_t word = next();
        for (int i = 0; i < 8 && out.size() < count; ++i, word >>= 8)
            out += static_cast<char>(word & 0xff);
    }
    return out;
}

std::string Random::alphanumeric(std::size_t count) {
    constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
    std::string out;
    while (out.size() < count) out += kAlphabet[below(kAlphabet.size())];
    return out;
}

std::string Random::letters(std::size_t count) {
    std::string out;
    while (out.size() < count) out += static_cast<char>('a' + below(26));
    return out;
}

SeededRandom::SeededRandom(std::uint64_t seed) {
    for (std::uint64_t& word : state_) {
        seed += 0x9e3779b97f4a7c15;
        std::uint64_t mixed = seed;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        word = mixed ^ (mixed >> 31);
    }
}

std::uint64_t SeededRandom::next() {
    const auto rotate = [](std::uint64_t value, int by) {
        return value << by | value >> (64 - by);
    };
    const std::uint64_t result = rotate(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = rotate(state_[3], 45);
    return result;
}

std::uint64_t SystemRandom::next() {
    if (left_ == 0) {
        randombytes_buf(drawn_.data(), sizeof drawn_);
        left_ = drawn_.size();
    }
    return std::exchange(drawn_[--left_], 0);
}

}  // namespace base
