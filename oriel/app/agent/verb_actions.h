#pragma once
// The functions of the verb table: each takes values that fit its row.

#include <boost/asio/awaitable.hpp>

#include "oriel/app/agent/verb_table.h"

namespace oriel::agent::verbs {

using Done = boost::asio::awaitable<AgentResult<VerbResult>>;

Done shot(AsyncAgent& agent, VerbValues values);
Done click(AsyncAgent& agent, VerbValues values);
Done move(AsyncAgent& agent, VerbValues values);
Done drag(AsyncAgent& agent, VerbValues values);
Done scroll(AsyncAgent& agent, VerbValues values);
Done type(AsyncAgent& agent, VerbValues values);
Done paste(AsyncAgent& agent, VerbValues values);
Done key(AsyncAgent& agent, VerbValues values);
Done key_down(AsyncAgent& agent, VerbValues values);
Done key_up(AsyncAgent& agent, VerbValues values);
Done hold(AsyncAgent& agent, VerbValues values);
Done down(AsyncAgent& agent, VerbValues values);
Done up(AsyncAgent& agent, VerbValues values);
Done pause(AsyncAgent& agent, VerbValues values);
Done clip_get(AsyncAgent& agent, VerbValues values);
Done clip_set(AsyncAgent& agent, VerbValues values);
Done clip_clear(AsyncAgent& agent, VerbValues values);
Done clip_history(AsyncAgent& agent, VerbValues values);
Done wait_still(AsyncAgent& agent, VerbValues values);
Done wait_change(AsyncAgent& agent, VerbValues values);
Done wait_image(AsyncAgent& agent, VerbValues values);
Done wait_colour(AsyncAgent& agent, VerbValues values);
Done wait_text(AsyncAgent& agent, VerbValues values);
Done info(AsyncAgent& agent, VerbValues values);

}  // namespace oriel::agent::verbs
