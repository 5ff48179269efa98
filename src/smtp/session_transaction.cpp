// One message: MAIL, RCPT, DATA, the text, the dot.
//
// With PIPELINING the three commands leave as one write (RFC 2920) and their answers are taken in
// order; without, each waits for the answer before it. The first refusal decides; what follows it
// is only tidying up, so that the connection can carry the next message.
#include "base/check.h"
#include "smtp/commands.h"
#include "smtp/data_block.h"
#include "smtp/session.h"

namespace smtp {

using Ending = Transaction::Ending;

namespace {

constexpr const char* kData = "DATA\r\n";
constexpr const char* kRset = "RSET\r\n";

}  // namespace

void Session::send(Envelope envelope, std::string message) {
    CHECK(state_ == State::ready);
    transaction_ = {};
    const auto give_up = [this](const base::Error& error) {
        transaction_.ending = Ending::failed;
        transaction_.error = error;
    };
    base::Result<DataBlock> block = make_data_block(message);
    if (!block) return give_up(block.error());
    const base::Result<std::string> mail = mail_command(envelope, *block, capabilities_);
    if (!mail) return give_up(mail.error());
    base::Result<std::string> rcpt = rcpt_command(envelope);
    if (!rcpt) return give_up(rcpt.error());
    transaction_.ending = Ending::open;
    block_ = std::move(block->bytes);
    written_ = 0;
    rcpt_accepted_ = false;
    rcpt_line_ = std::move(*rcpt);
    pipelined_ = capabilities_.pipelining;
    asking_ = false;
    write(State::mail, pipelined_ ? *mail + rcpt_line_ + kData : *mail);
}

void Session::ask(Envelope envelope) {
    CHECK(state_ == State::ready);
    transaction_ = {};
    const DataBlock usual{{}, 4096, false};
    const base::Result<std::string> mail = mail_command(envelope, usual, capabilities_);
    base::Result<std::string> rcpt = rcpt_command(envelope);
    if (!mail || !rcpt) {
        transaction_.ending = Ending::failed;
        transaction_.error = mail ? rcpt.error() : mail.error();
        return;
    }
    transaction_.ending = Ending::open;
    rcpt_line_ = std::move(*rcpt);
    pipelined_ = false;
    asking_ = true;
    write(State::mail, *mail);
}

// The message is refused by this reply, unless an earlier one did so already.
void Session::refuse(const Reply& reply) {
    block_ = {};
    if (transaction_.ending != Ending::open) return;
    transaction_.ending = Ending::refused;
    transaction_.reply = reply;
    transaction_.error = error_of(reply);
}

void Session::on_mail(const Reply& reply) {
    if (reply.code >= 300 && reply.code < 400) return fail(error_of(reply));
    if (reply.code >= 400) refuse(reply);
    if (pipelined_) {
        state_ = State::rcpt;
    } else if (transaction_.ending == Ending::refused) {
        write(State::rset, kRset);
    } else {
        write(State::rcpt, rcpt_line_);
    }
}

void Session::on_rcpt(const Reply& reply) {
    if (reply.code >= 300 && reply.code < 400) return fail(error_of(reply));
    if (reply.code >= 400) refuse(reply);
    rcpt_accepted_ = reply.code < 300;
    if (pipelined_) {
        state_ = State::data;
    } else if (transaction_.ending == Ending::refused) {
        write(State::rset, kRset);
    } else if (asking_) {
        transaction_.ending = Ending::accepted;
        transaction_.reply = reply;
        write(State::rset, kRset);
    } else {
        write(State::data, kData);
    }
}

void Session::on_data(const Reply& reply) {
    if (reply.code < 300) return fail(error_of(reply));
    if (reply.code < 400) return on_data_taken(reply);
    refuse(reply);
    write(State::rset, kRset);
}

void Session::on_data_taken(const Reply& reply) {
    if (transaction_.ending == Ending::open) {
        state_ = State::block;
        return;
    }
    // Pipelined, and the server takes a message whose sender or recipient it refused. A lone dot
    // ends that in order (RFC 2920 section 3.1), but only where no recipient is left who would get
    // an empty mail.
    if (!rcpt_accepted_) return write(State::lone_dot, ".\r\n");
    fail(error_of(reply));
}

void Session::on_dot(const Reply& reply) {
    if (reply.code >= 300 && reply.code < 400) return fail(error_of(reply));
    if (reply.code >= 400) {
        refuse(reply);
    } else {
        transaction_.ending = Ending::accepted;
        transaction_.reply = reply;
    }
    state_ = State::ready;
}

// The verdict stands already; the server says 554 or, to nobody's harm, 250.
void Session::on_lone_dot(const Reply&) { write(State::rset, kRset); }

void Session::on_rset(const Reply& reply) {
    if (reply.code >= 300) return fail(error_of(reply));
    state_ = State::ready;
}

void Session::abandon(base::Error error) {
    CHECK(state_ == State::before_dot);
    fail(std::move(error));
}

}  // namespace smtp
