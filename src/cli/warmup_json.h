// Warmup's results as JSON, for every command that shows them.
#pragma once
#include <boost/json/fwd.hpp>

#include "engine/separation.h"
#include "warmup/placement.h"
#include "warmup/types.h"

namespace cli {

boost::json::object to_json(const warmup::CycleResult& result);
boost::json::object to_json(const warmup::PlacementCounts& counts);
boost::json::object to_json(const warmup::Tally& tally);
boost::json::object to_json(const engine::SeparationReport& report);

}  // namespace cli
