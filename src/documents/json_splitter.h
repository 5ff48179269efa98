// Cuts a stream of JSON into the texts of its documents, without reading what is inside. No I/O of
// its own: bytes come from the source that is handed in.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "documents/byte_source.h"

namespace documents {

class JsonSplitter {
  public:
    // `size_max`: of a document. A longer line is passed over, a longer document elsewhere ends it.
    JsonSplitter(std::unique_ptr<ByteSource> source, std::size_t size_max);

    struct Piece {
        std::string text;        // of one document, if there is no problem
        std::uint64_t line = 1;  // where it starts
        std::string problem;
        bool broken = false;  // nothing follows
    };
    // Nothing at the end.
    std::optional<Piece> next();
    std::uint64_t read_of_file() const { return source_->read_of_file(); }

  private:
    enum class Form { unknown, array, lines, sequence };

    bool fill();
    bool skip_blanks();
    void find_form();
    std::optional<std::size_t> end_of_document();
    std::optional<std::size_t> end_of_line();
    Piece take(std::size_t size);
    Piece take_line();
    Piece pass_over_line();
    Piece take_document();
    std::optional<Piece> end_of_array();
    std::optional<Piece> start_of_file();
    Piece broken(std::string problem);

    std::unique_ptr<ByteSource> source_;
    std::size_t size_max_;
    Form form_ = Form::unknown;
    std::string buffer_;
    std::size_t at_ = 0;  // what lies before is done with
    std::uint64_t line_ = 1;
    bool started_ = false;
    bool source_ended_ = false;
    bool ended_ = false;
    std::string source_problem_;
};

}  // namespace documents
