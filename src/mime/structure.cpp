#include "mime/structure.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace mime {

namespace {

struct Open {
    std::string boundary;
    std::size_t entity = 0;
};

struct Match {
    std::size_t level = 0;  // position in the stack
    bool closing = false;
};

// The open boundary that a line starts with. A longer one wins, so that a boundary which continues
// an outer one is found; text behind it does not matter (RFC 2046 section 5.1.1).
std::optional<Match> find_boundary(const std::vector<Open>& open, std::string_view line) {
    if (!line.starts_with("--")) return std::nullopt;
    line.remove_prefix(2);
    std::optional<Match> best;
    for (std::size_t level = 0; level < open.size(); ++level) {
        const std::string& boundary = open[level].boundary;
        if (!line.starts_with(boundary)) continue;
        if (best && open[best->level].boundary.size() > boundary.size()) continue;
        best = Match{level, line.substr(boundary.size()).starts_with("--")};
    }
    return best;
}

bool is_message(std::string_view type) {
    return type == "message/rfc822" || type == "message/global";
}

// "text/plain" where a type is missing or is no type at all (RFC 2045 section 5.2).
std::string sound_type(const std::string& head, std::string_view missing) {
    const std::size_t slash = head.find('/');
    const bool sound = slash != std::string::npos && slash != 0 && slash + 1 < head.size() &&
                       head.find('/', slash + 1) == std::string::npos &&
                       std::ranges::all_of(head, [](char c) { return c > ' ' && c < 0x7f; });
    return sound ? head : std::string(missing);
}

class Walker {
  public:
    Walker(std::string_view bytes, const Limits& limits) : bytes_(bytes), limits_(limits) {}

    Structure walk() {
        std::optional<std::size_t> parent;
        std::string_view missing_type = "text/plain";
        while (true) {
            const std::size_t entity = read_entity(parent, missing_type);
            if (is_message(structure_.entities[entity].type) && may_open()) {
                parent = entity;
                missing_type = "text/plain";
                continue;
            }
            open_multipart(entity);
            parent = next_part();
            if (!parent) break;
            const bool digest = structure_.entities[*parent].type == "multipart/digest";
            missing_type = digest ? "message/rfc822" : "text/plain";
        }
        end_entities(0, bytes_.size());
        mend_partless_multiparts();
        return std::move(structure_);
    }

  private:
    void note(std::string defect) {
        if (std::ranges::find(structure_.defects, defect) == structure_.defects.end())
            structure_.defects.push_back(std::move(defect));
    }

    // Reads the header block at `at_` and puts the new entity on the path.
    std::size_t read_entity(std::optional<std::size_t> parent, std::string_view missing_type) {
        const StopLine stop = [this](std::string_view line) {
            return find_boundary(open_, line).has_value();
        };
        HeaderBlock block = read_header_block(
            bytes_, at_, limits_.header_bytes_max, limits_.header_lines_max, stop
        );
        note_header(block, !parent);
        Entity entity;
        entity.parent = parent ? static_cast<int>(*parent) : -1;
        entity.depth = path_.size();
        if (parent) {
            const Entity& above = structure_.entities[*parent];
            entity.in_message = above.in_message || is_message(above.type);
        }
        read_content_fields(block, entity, missing_type);
        at_ = block.body_at;
        body_at_.push_back(at_);
        path_.push_back(structure_.entities.size());
        structure_.entities.push_back(std::move(entity));
        if (!parent) structure_.header = std::move(block);
        return path_.back();
    }

    void note_header(const HeaderBlock& block, bool is_root) {
        if (block.over_limit)
            note(
                "header block over " + std::to_string(limits_.header_lines_max) + " fields or " +
                std::to_string(limits_.header_bytes_max) + " bytes: the rest is left out"
            );
        if (block.odd_line) note("a line that is no header field stands in a header block");
        if (block.separator_missing && is_root) note("no blank line ends the header block");
    }

    void read_content_fields(
        const HeaderBlock& block, Entity& entity, std::string_view missing_type
    ) {
        bool has_type = false;
        bool has_disposition = false;
        for (const HeaderField& field : block.fields) {
            if (!base::starts_with_ignoring_case(field.name, "content-")) continue;
            const std::string_view rest = field.name.substr(8);
            if (base::equals_ignoring_case(rest, "type") && !has_type) {
                entity.content_type = StructuredValue(unfold(field.value));
                has_type = true;
            } else if (base::equals_ignoring_case(rest, "disposition") && !has_disposition) {
                entity.disposition = StructuredValue(unfold(field.value));
                has_disposition = true;
            } else if (base::equals_ignoring_case(rest, "transfer-encoding") &&
                       entity.transfer_encoding.empty()) {
                entity.transfer_encoding = base::trim(field.value);
            }
        }
        const std::string& head = entity.content_type.head();
        entity.type = sound_type(head, has_type && !head.empty() ? "text/plain" : missing_type);
        if (entity.type != head && has_type)
            note("a content type is malformed: read as text/plain");
        if (entity.content_type.over_limit() || entity.disposition.over_limit())
            note("over " + std::to_string(kParametersMax) + " parameters: the rest is left out");
    }

    bool may_open() {
        const bool deep = path_.size() >= limits_.depth_max;
        const bool many = structure_.entities.size() >= limits_.parts_max;
        if (deep) note("nesting over " + std::to_string(limits_.depth_max) + ": not read deeper");
        if (many)
            note("over " + std::to_string(limits_.parts_max) + " parts: the rest is left out");
        return !deep && !many;
    }

    void open_multipart(std::size_t index) {
        Entity& entity = structure_.entities[index];
        if (!entity.is_multipart()) return;
        const std::string boundary = entity.content_type.raw("boundary").value_or("");
        if (boundary.empty()) {
            note("a multipart has no boundary: read as text/plain");
            entity.type = "text/plain";
        } else if (may_open()) {
            open_.push_back({boundary, index});
        }
    }

    // Moves behind the next line that starts a part and returns the multipart it belongs to.
    std::optional<std::size_t> next_part() {
        while (at_ < bytes_.size()) {
            const Line line = line_at(bytes_, at_);
            const auto match = find_boundary(open_, bytes_.substr(at_, line.end - line.begin));
            at_ = line.next;
            if (!match) continue;
            const std::size_t entity = open_[match->level].entity;
            open_.resize(match->level + (match->closing ? 0 : 1));
            const auto on_path = std::ranges::find(path_, entity) - path_.begin();
            end_entities(static_cast<std::size_t>(on_path) + 1, line.begin);
            if (match->closing) continue;
            if (structure_.entities.size() < limits_.parts_max) return entity;
            may_open();
            return std::nullopt;
        }
        return std::nullopt;
    }

    // Ends the entities on the path from `keep` on; the line end before a boundary belongs to it.
    void end_entities(std::size_t keep, std::size_t end) {
        for (std::size_t level = keep; level < path_.size(); ++level) {
            const std::size_t begin = body_at_[level];
            std::size_t body_end = std::max(begin, end);
            const bool at_boundary = end < bytes_.size();
            if (at_boundary && body_end > begin && bytes_[body_end - 1] == '\n') {
                --body_end;
                if (body_end > begin && bytes_[body_end - 1] == '\r') --body_end;
            }
            structure_.entities[path_[level]].body = bytes_.substr(begin, body_end - begin);
        }
        path_.resize(std::min(keep, path_.size()));
        body_at_.resize(path_.size());
    }

    void mend_partless_multiparts() {
        std::vector<bool> has_parts(structure_.entities.size(), false);
        for (const Entity& entity : structure_.entities)
            if (entity.parent >= 0) has_parts[static_cast<std::size_t>(entity.parent)] = true;
        for (std::size_t i = 0; i < structure_.entities.size(); ++i) {
            Entity& entity = structure_.entities[i];
            if (has_parts[i] || !entity.is_multipart() || entity.depth + 1 >= limits_.depth_max)
                continue;
            note("a multipart has no parts: read as text/plain");
            entity.type = "text/plain";
        }
    }

    std::string_view bytes_;
    const Limits& limits_;
    Structure structure_;
    std::size_t at_ = 0;
    std::vector<Open> open_;            // boundaries that may come
    std::vector<std::size_t> path_;     // entities from the message to the one being read
    std::vector<std::size_t> body_at_;  // where each entity on the path has its body
};

}  // namespace

Structure read_structure(std::string_view bytes, const Limits& limits) {
    return Walker(bytes, limits).walk();
}

}  // namespace mime
