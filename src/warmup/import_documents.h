// Takes over warmup's documents of another system: templates, mails, threads, and whole collections
// of counters. One call is one job on the warmup role, for at most 500 documents of one collection.
// What is there is never changed. (campaign/import_documents.h is the other side's.)
//
// A thread whose mail is not there is set aside whole; a later import that brings the mail places
// it.
#pragma once
#include <string>
#include <vector>

#include "documents/import_documents.h"

namespace warmup {

enum class ImportKind { templates, mails, threads, llm_usage, whole };

std::vector<documents::Outcome> import_documents(
    store::Connection& connection,
    ImportKind kind,
    const std::string& collection,
    const std::vector<documents::Value>& documents,
    base::Timestamp now
);

}  // namespace warmup
