#pragma once
// Beside the standard library, the headers that most files above mailbox/ include: each costs every
// one of them a good part of a second. Only headers that seldom change belong here.
#include <boost/json.hpp>

#include "base/clock.h"
#include "base/email.h"
#include "base/task.h"
#include "mailbox/connector.h"
#include "pch.h"
#include "store/database.h"
#include "store/row.h"
