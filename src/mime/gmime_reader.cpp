#include "mime/gmime_reader.h"

#include <gmime/gmime.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "base/text.h"
#include "mime/charset.h"
#include "mime/utf8.h"

namespace mime {

namespace {

// A hostile text can be wrong at every byte; each error costs a call of the converter.
constexpr int kConversionErrorsMax = 2000;

void start_gmime() {
    static std::once_flag once;
    std::call_once(once, [] { g_mime_init(); });
}

GMimeContentEncoding encoding_of(std::string_view name) {
    name = base::trim(name);
    if (base::equals_ignoring_case(name, "base64")) return GMIME_CONTENT_ENCODING_BASE64;
    if (base::equals_ignoring_case(name, "quoted-printable"))
        return GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
    for (const std::string_view uu : {"uuencode", "x-uuencode", "x-uue", "uue"})
        if (base::equals_ignoring_case(name, uu)) return GMIME_CONTENT_ENCODING_UUENCODE;
    return GMIME_CONTENT_ENCODING_DEFAULT;
}

struct CloseIconv {
    void operator()(void* converter) const { g_mime_iconv_close(static_cast<iconv_t>(converter)); }
};
using Converter = std::unique_ptr<void, CloseIconv>;

Converter open_converter(std::string_view name) {
    const auto handle = g_mime_iconv_open("UTF-8", std::string(name).c_str());
    // iconv's failure is the pointer -1, which a unique_ptr must not close.
    return Converter(handle == reinterpret_cast<iconv_t>(-1) ? nullptr : handle);
}

// In its first state. Kept by each thread, at most one for each entry of charset.cpp: the C library
// loads a converter's module anew each time one is opened, which costs more than most texts do.
iconv_t converter_from(std::string_view name) {
    thread_local std::map<std::string, Converter, std::less<>> converters;
    auto found = converters.find(name);
    if (found == converters.end())
        found = converters.emplace(std::string(name), open_converter(name)).first;
    const auto converter = static_cast<iconv_t>(found->second.get());
    if (converter != nullptr) g_mime_iconv(converter, nullptr, nullptr, nullptr, nullptr);
    return converter;
}

// ASCII needs no repair but for NULs.
std::string plain(std::string_view ascii) {
    return ascii.find('\0') == std::string_view::npos ? std::string(ascii) : repair_utf8(ascii);
}

// Runs the converter over everything; what it refuses becomes U+FFFD and one byte is skipped.
std::string convert(iconv_t converter, std::string_view bytes) {
    std::string out;
    std::string input(bytes);
    std::vector<char> buffer(16 * 1024);
    char* in = input.data();
    std::size_t in_left = input.size();
    int errors = 0;
    while (in_left > 0) {
        char* to = buffer.data();
        std::size_t room = buffer.size();
        const std::size_t before = in_left;
        const std::size_t status = g_mime_iconv(converter, &in, &in_left, &to, &room);
        const int problem = errno;
        out.append(buffer.data(), buffer.size() - room);
        const bool no_room = problem == E2BIG && (in_left < before || room < buffer.size());
        if (status != static_cast<std::size_t>(-1) || no_room) continue;
        append_code_point(out, 0xfffd);
        if (problem != EILSEQ || ++errors > kConversionErrorsMax) break;
        ++in;
        --in_left;
    }
    return out;
}

// GMime decodes the lines behind "begin 644 name"; finding that line is left to its callers.
std::string_view behind_begin_line(std::string_view body) {
    std::size_t at = body.starts_with("begin ") ? 0 : body.find("\nbegin ");
    if (at == std::string_view::npos) return {};
    at = body.find('\n', at + 1);
    return at == std::string_view::npos ? std::string_view() : body.substr(at + 1);
}

bool is_one_byte(std::string_view converter) {
    return converter.starts_with("windows-") || converter.starts_with("iso-8859-");
}

bool is_ascii(std::string_view bytes) {
    unsigned char all = 0;  // no early end: this way the compiler takes many bytes at once
    for (const char c : bytes) all |= static_cast<unsigned char>(c);
    return all < 0x80;
}

}  // namespace

Transferred decode_transfer(
    std::string_view encoding, std::string_view body, std::size_t keep_max
) {
    const GMimeContentEncoding kind = encoding_of(encoding);
    if (kind == GMIME_CONTENT_ENCODING_DEFAULT)
        return {std::string(body.substr(0, keep_max)), body.size()};
    if (kind == GMIME_CONTENT_ENCODING_UUENCODE) body = behind_begin_line(body);
    start_gmime();
    GMimeEncoding state;
    g_mime_encoding_init_decode(&state, kind);
    Transferred result;
    constexpr std::size_t kStep = 16 * 1024;
    // A decoder never writes more than it reads but for what it held back from the step before.
    std::vector<char> buffer(std::min(body.size(), kStep) * 2 + 64);
    const auto decode = [&](std::string_view piece) {
        const std::size_t count =
            g_mime_encoding_step(&state, piece.data(), piece.size(), buffer.data());
        result.size += count;
        const std::size_t room = keep_max - std::min(keep_max, result.bytes.size());
        result.bytes.append(buffer.data(), std::min(count, room));
    };
    for (std::size_t at = 0; at < body.size(); at += kStep) decode(body.substr(at, kStep));
    // Many senders leave the padding out; where it was there, more of it gives nothing.
    if (kind == GMIME_CONTENT_ENCODING_BASE64)
        for (int i = 0; i < 2; ++i) decode("=");
    return result;
}

Converted to_utf8(std::string_view bytes, std::string_view charset) {
    const bool ascii = is_ascii(bytes);
    if (ascii && (charset.empty() || is_one_byte(converter_for(charset))))
        return {plain(bytes), true, false};
    const std::string_view named = charset.empty() ? "windows-1252" : converter_for(charset);
    const bool as_it_is = named.empty() || named == "utf-8";
    if (ascii && as_it_is) return {plain(bytes), !named.empty(), false};
    if (as_it_is || (is_one_byte(named) && base::is_utf8(bytes)))
        return {repair_utf8(bytes), !named.empty(), false};
    start_gmime();
    const iconv_t converter = converter_from(named);
    if (converter == nullptr) return {repair_utf8(bytes), false, false};
    const std::string text = convert(converter, bytes);
    return {repair_utf8(text), true, charset.empty()};
}

std::optional<base::Timestamp> parse_date(std::string_view value) {
    value = base::trim(value);
    if (value.empty() || value.size() > 200) return std::nullopt;
    start_gmime();
    GDateTime* time = g_mime_utils_header_decode_date(std::string(value).c_str());
    if (time == nullptr) return std::nullopt;
    const gint64 seconds = g_date_time_to_unix(time);
    g_date_time_unref(time);
    return base::Timestamp{seconds * 1'000'000};
}

}  // namespace mime
