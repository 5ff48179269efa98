// A structured header value such as Content-Type or Content-Disposition (RFC 2045 section 5.1,
// 2183) with its parameters, continued and encoded ones included (RFC 2231). Lenient, linear, never
// fails: at most `kParametersMax` parameters are read, the rest is left out and `over_limit` says
// so.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mime {

inline constexpr std::size_t kParametersMax = 1000;

class StructuredValue {
  public:
    StructuredValue() = default;
    // Reads an unfolded value.
    explicit StructuredValue(std::string_view text);

    // The first word, lower case: "text/plain", "attachment".
    const std::string& head() const { return head_; }
    bool over_limit() const { return over_limit_; }
    // The parameter decoded to UTF-8, on one line; nothing where it is absent.
    std::optional<std::string> text(std::string_view name) const;
    // The parameter as it stands (continued pieces joined), for boundary and charset.
    std::optional<std::string> raw(std::string_view name) const;

  private:
    struct Piece {
        std::string name;      // lower case, without "*0*"
        int index = -1;        // of "name*0"; -1 without
        bool encoded = false;  // "name*"
        std::string value;
    };
    void read_parameter(std::string_view text, std::size_t& at);
    std::vector<const Piece*> pieces_of(std::string_view name) const;

    std::string head_;
    std::vector<Piece> pieces_;
    bool over_limit_ = false;
};

}  // namespace mime
