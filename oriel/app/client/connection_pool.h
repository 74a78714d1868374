#pragma once
// Connections to a server that are kept ready: app/net/pool.h with RemoteScreens in it.
//
//   net::Pool pool(executor, pool_of(executor, {.target = "host:1"}, {.max = 4, .min = 1}));
//   auto lease = co_await pool.acquire(deadline);
//   screen_of(*lease).input().key('a', true);
//   lease->release();

#include <boost/asio/any_io_executor.hpp>

#include "oriel/app/client/remote_screen.h"
#include "oriel/app/net/pool.h"

namespace oriel::client {

// `limits` with connecting and the health check in place: an idle connection is lent when its
// server gives a sign of life (RemoteScreen::catch_up). Also for net::NamedPools.
net::PoolConfig pool_of(const boost::asio::any_io_executor& executor, ConnectionOptions options,
                        net::PoolConfig limits = {});

// Of a lease that holds one.
RemoteScreen& screen_of(const net::PoolLease& lease);

}  // namespace oriel::client
