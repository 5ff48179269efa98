// Chance, handed in. Distributions and shuffle are our own, so that a seed gives the same numbers
// on every machine and library. `SeededRandom` replays; `SystemRandom` draws from the kernel
// (secrets).
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"

namespace base {

class Random {
  public:
    virtual ~Random() = default;
    virtual std::uint64_t next() = 0;

    // Evenly from [0, bound); bound > 0.
    std::uint64_t below(std::uint64_t bound);
    // Evenly from [low, high].
    std::int64_t between(std::int64_t low, std::int64_t high);
    // Evenly from [0, 1).
    double uniform();
    bool chance(double probability) { return uniform() < probability; }
    // Standard normal (Box-Muller), and exp(log(median) + sigma * normal).
    double normal();
    double lognormal(double median, double sigma);
    Duration between(Duration low, Duration high);
    // `count` raw bytes; lower-case letters and digits; lower-case letters only.
    std::string bytes(std::size_t count);
    std::string alphanumeric(std::size_t count);
    std::string letters(std::size_t count);

    // Fisher-Yates.
    template <class T>
    void shuffle(std::vector<T>& values) {
        for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[below(i)]);
    }
    template <class T>
    const T& pick(const std::vector<T>& values) {
        return values[below(values.size())];
    }
};

// xoshiro256** (Blackman and Vigna), seeded by splitmix64. Not for secrets.
class SeededRandom : public Random {
  public:
    explicit SeededRandom(std::uint64_t seed);
    std::uint64_t next() override;

  private:
    std::uint64_t state_[4];
};

// The kernel's generator (getrandom through libsodium), a few hundred bytes a call. What was drawn
// and not used yet stays in memory, so an object must not be used on both sides of a fork. Not
// thread-safe.
class SystemRandom : public Random {
  public:
    std::uint64_t next() override;

  private:
    std::array<std::uint64_t, 32> drawn_{};
    std::size_t left_ = 0;
};

}  // namespace base
