// The SQL that makes PostgreSQL obey store/roles.h: logins, GRANTs and row policies. Pure
// functions; no password leaves them, only SCRAM-SHA-256 verifiers (RFC 5803), which PostgreSQL
// stores as they are. Limits: a login's name has at most 63 bytes, so the database's name at
// most 43.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "store/connection.h"

namespace store {

// pilotlight_<database>_<role>. Throws StoreError where PostgreSQL would cut the name short.
std::string login_name(std::string_view database, Role role);

// The login's password, drawn from the key; empty where the key is empty.
std::string login_password(std::string_view key, std::string_view login);

// "SCRAM-SHA-256$4096:<salt>$<stored key>:<server key>" of an ASCII password.
std::string scram_verifier(std::string_view password, std::string_view salt);

// Statements for the owner after a migration: everything is revoked and granted anew.
std::vector<std::string> grant_statements(std::string_view database);

// "name" with its quotes doubled; 'text' likewise.
std::string quote_name(std::string_view name);
std::string quote_text(std::string_view text);

}  // namespace store
