#include "campaign/text_encoding.h"

#include <algorithm>

namespace campaign {

namespace {

constexpr std::uint64_t kLooked = 4096;  // where zeros tell UTF-16 without a mark
constexpr std::string_view kMark = "\xEF\xBB\xBF";
constexpr std::uint32_t kReplacement = 0xFFFD;

// 0x80 to 0x9F of Windows-1252; 0 where there is no character.
constexpr std::array<std::uint16_t, 32> kWindows1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178
};

void append(std::string& out, std::uint32_t code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0 | (code >> 6));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xE0 | (code >> 12));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | (code >> 18));
        out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    }
}

void decode_1252(std::string_view bytes, std::string& out) {
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80 || byte >= 0xA0) {
            append(out, byte);
        } else {
            const std::uint16_t code = kWindows1252[byte - 0x80U];
            append(out, code == 0 ? kReplacement : code);
        }
    }
}

}  // namespace

std::string_view to_string(Encoding encoding) {
    switch (encoding) {
        case Encoding::utf8:
            return "UTF-8";
        case Encoding::utf16_le:
            return "UTF-16LE";
        case Encoding::utf16_be:
            return "UTF-16BE";
        case Encoding::windows_1252:
            return "Windows-1252";
    }
    return "";
}

// RFC 3629 section 4, as a machine.
void EncodingGuess::look_at(unsigned char byte) {
    if (missing_ > 0) {
        if (byte < low_ || byte > high_) utf8_ = false;
        --missing_;
        low_ = 0x80;
        high_ = 0xBF;
        return;
    }
    if (byte < 0x80) return;
    if (byte >= 0xC2 && byte <= 0xDF) {
        missing_ = 1;
    } else if (byte >= 0xE0 && byte <= 0xEF) {
        missing_ = 2;
        if (byte == 0xE0) low_ = 0xA0;
        if (byte == 0xED) high_ = 0x9F;
    } else if (byte >= 0xF0 && byte <= 0xF4) {
        missing_ = 3;
        if (byte == 0xF0) low_ = 0x90;
        if (byte == 0xF4) high_ = 0x8F;
    } else {
        utf8_ = false;
    }
}

void EncodingGuess::look(std::string_view bytes) {
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (seen_ < first_.size()) first_[seen_] = byte;
        if (seen_ < kLooked && byte == 0) ++(seen_ % 2 == 0 ? zeros_even_ : zeros_odd_);
        ++seen_;
        if (utf8_) look_at(byte);
    }
}

Encoding EncodingGuess::result() const {
    if (seen_ >= 2 && first_[0] == 0xFF && first_[1] == 0xFE) return Encoding::utf16_le;
    if (seen_ >= 2 && first_[0] == 0xFE && first_[1] == 0xFF) return Encoding::utf16_be;
    // Latin text in UTF-16: every other byte is zero.
    const std::uint64_t looked = std::min(seen_, kLooked);
    if (looked >= 4 && zeros_odd_ * 3 > looked && zeros_even_ == 0) return Encoding::utf16_le;
    if (looked >= 4 && zeros_even_ * 3 > looked && zeros_odd_ == 0) return Encoding::utf16_be;
    return utf8_ && missing_ == 0 ? Encoding::utf8 : Encoding::windows_1252;
}

void Decoder::take_unit(std::uint16_t unit, std::string& out) {
    const bool low = unit >= 0xDC00 && unit <= 0xDFFF;
    if (surrogate_ != 0) {
        const std::uint32_t high = surrogate_;
        surrogate_ = 0;
        if (low) return append(out, 0x10000U + ((high - 0xD800U) << 10) + (unit - 0xDC00U));
        append(out, kReplacement);
    }
    if (unit >= 0xD800 && unit <= 0xDBFF)
        surrogate_ = unit;
    else
        append(out, low ? kReplacement : unit);
}

void Decoder::decode_utf16(std::string_view bytes, std::string& out) {
    held_ += bytes;
    std::size_t at = 0;
    for (; at + 1 < held_.size(); at += 2) {
        const auto first = static_cast<unsigned char>(held_[at]);
        const auto second = static_cast<unsigned char>(held_[at + 1]);
        const auto unit = static_cast<std::uint16_t>(
            encoding_ == Encoding::utf16_le ? first | (second << 8) : (first << 8) | second
        );
        const bool mark = !started_ && unit == 0xFEFF;
        started_ = true;
        if (!mark) take_unit(unit, out);
    }
    held_.erase(0, at);
}

std::string Decoder::decode(std::string_view bytes, bool last) {
    std::string out;
    switch (encoding_) {
        case Encoding::utf16_le:
        case Encoding::utf16_be:
            decode_utf16(bytes, out);
            if (last && (!held_.empty() || surrogate_ != 0)) append(out, kReplacement);
            break;
        case Encoding::windows_1252:
            decode_1252(bytes, out);
            break;
        case Encoding::utf8:
            if (started_) return std::string(bytes);
            held_ += bytes;
            if (held_.size() < kMark.size() && !last) return out;
            started_ = true;
            out = held_.starts_with(kMark) ? held_.substr(kMark.size()) : held_;
            held_.clear();
            break;
    }
    return out;
}

}  // namespace campaign
