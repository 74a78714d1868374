#!/usr/bin/env python3
"""netconduit itself as a peer of the benchmarks; it has to be installed, or be in PYTHONPATH.

  bench/conduit_peers/netconduit_echo.py serve 9001                 methods echo(data), add(a, b)
  bench/conduit_peers/netconduit_echo.py measure 9001 [SECONDS]     its own client against it

`serve` prints its process id, for `raw_epoll_echo drive`. `measure` prints a line for each way, like
the other peers: calls one after the other, 64 at once on one connection, and echoes of 1 MiB.
"""
import asyncio
import os
import resource
import sys
import time

from conduit import Client, ClientDescriptor, Server, ServerDescriptor, data

PASSWORD = "bench"


async def serve(port):
    server = Server(ServerDescriptor(host="127.0.0.1", port=port, password=PASSWORD,
                                     max_connections=2000))

    @server.rpc
    async def echo(data):
        return data

    @server.rpc
    async def add(a: int, b: int) -> int:
        return a + b

    @server.rpc
    async def cpu_seconds() -> float:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return used.ru_utime + used.ru_stime

    print(os.getpid(), flush=True)
    await server.run()


async def measure(port, seconds):
    client = Client(ClientDescriptor(server_host="127.0.0.1", server_port=port, password=PASSWORD))
    if not await client.connect():
        sys.exit(f"no server answers on port {port}")

    async def add(end):
        calls = 0
        while time.monotonic() < end:
            answer = await client.rpc.call("add", args=data(a=calls, b=20))
            if answer["data"] != calls + 20:
                sys.exit(f"add: expected {calls + 20}, got {answer}")
            calls += 1
        return calls

    async def echo(end):
        payload, calls = os.urandom(1 << 20), 0
        while time.monotonic() < end:
            answer = await client.rpc.call("echo", args=data(data=payload))
            if answer["data"] != payload:
                sys.exit("echo: not what was sent")
            calls += 1
        return calls

    async def report(name, unit, scale, *ways):
        cpu = (await client.rpc.call("cpu_seconds"))["data"]
        own, start = time.process_time(), time.monotonic()
        done = sum(await asyncio.gather(*[way(start + seconds) for way in ways]))
        passed = time.monotonic() - start
        own = time.process_time() - own
        cpu = (await client.rpc.call("cpu_seconds"))["data"] - cpu
        print(f"{name:<28} {done * scale / passed:12.0f} {unit:<8}  CPU s: client {own:5.2f} "
              f"server {cpu:5.2f} ({cpu / done * 1e6:.2f} us each)", flush=True)

    await report("netconduit/sequential", "calls/s", 1, add)
    await report("netconduit/in-flight-64", "calls/s", 1, *[add] * 64)
    await report("netconduit/echo-1MiB", "MB/s", 2 * 1.048576, echo)  # both ways
    await client.disconnect()


if len(sys.argv) >= 3 and sys.argv[1] == "serve":
    asyncio.run(serve(int(sys.argv[2])))
elif len(sys.argv) >= 3 and sys.argv[1] == "measure":
    asyncio.run(measure(int(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else 5))
else:
    sys.exit(__doc__)
