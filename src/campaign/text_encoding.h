// What the bytes of a lead file mean: UTF-8 with or without a byte order mark, UTF-16 of either
// order, else Windows-1252 (which covers Latin-1). Pure, and fed in pieces of any size.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace campaign {

enum class Encoding { utf8, utf16_le, utf16_be, windows_1252 };
std::string_view to_string(Encoding encoding);

// Looks at a whole file, piece by piece, and then says what it is in.
class EncodingGuess {
  public:
    void look(std::string_view bytes);
    Encoding result() const;

  private:
    void look_at(unsigned char byte);

    std::uint64_t seen_ = 0;
    std::array<unsigned char, 3> first_{};
    std::uint64_t zeros_even_ = 0;  // of the first kilobytes: at even and at odd places
    std::uint64_t zeros_odd_ = 0;
    // UTF-8: how many bytes of the character are to come, and the range of the next one.
    int missing_ = 0;
    unsigned char low_ = 0x80;
    unsigned char high_ = 0xBF;
    bool utf8_ = true;
};

// Turns the bytes into UTF-8, without the mark. What makes no sense becomes U+FFFD.
class Decoder {
  public:
    explicit Decoder(Encoding encoding) : encoding_(encoding) {}
    std::string decode(std::string_view bytes, bool last);

  private:
    void take_unit(std::uint16_t unit, std::string& out);
    void decode_utf16(std::string_view bytes, std::string& out);

    Encoding encoding_;
    bool started_ = false;
    std::string held_;             // the start of what the next piece ends
    std::uint16_t surrogate_ = 0;  // the first half of a pair
};

}  // namespace campaign
