"""Uses the programs of Examples/ as people would: speaks to them, kills them, starts them again.

usage: examples.py FOLDER-OF-PROGRAMS...
"""

import http.client
import queue
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

folders = [Path(folder) for folder in sys.argv[1:]]
# Only what is stuck takes as long.
PATIENCE = 120


def program(name):
    return next(str(folder / name) for folder in folders if (folder / name).exists())


class Program:
    """One that answers lines with lines."""

    def __init__(self, name, *arguments):
        command = [program(name), *map(str, arguments)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def hear(self):
        return self.lines.get(timeout=PATIENCE)

    def ask(self, line, answers=1):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        heard = [self.hear() for _ in range(answers)]
        return heard[0] if answers == 1 else heard

    def kill(self):
        self.process.kill()
        self.process.wait(PATIENCE)

    def end(self):
        self.process.stdin.close()
        check(self.process.wait(PATIENCE), 0)


def check(found, expected):
    if found != expected:
        sys.exit(f"examples.py: found {found!r} where it should be {expected!r}")


def use_session_cache(folder):
    cache = Program("SessionCache", folder, 3600)
    check(cache.ask("set a1 ada"), "ok")
    check(cache.ask("set b2 bob"), "ok")
    check(cache.ask("get a1"), "ada")
    check(cache.ask("end b2"), "ok")
    cache.kill()
    cache = Program("SessionCache", folder, 3600)
    check([cache.ask("get a1"), cache.ask("get b2"), cache.ask("count")], ["ada", "none", "1"])
    cache.end()


def use_job_queue(folder):
    jobs = Program("JobQueue", folder, 3600)
    check([jobs.ask("add send a letter"), jobs.ask("add send another")], ["1", "2"])
    check([jobs.ask("take"), jobs.ask("take"), jobs.ask("take")], ["1 1 send a letter", "2 1 send another", "none"])
    check(jobs.ask("done 1"), "ok")
    jobs.kill()
    # The lease of the second has not run out, the first is done.
    jobs = Program("JobQueue", folder, 0.05)
    check([jobs.ask("count"), jobs.ask("take"), jobs.ask("done 2")], ["1", "none", "not taken here"])
    # Of two that have a job one after the other only the last may finish it.
    check([jobs.ask("add a third"), jobs.ask("take")], ["3", "3 1 a third"])
    while (again := jobs.ask("take")) == "none":
        pass
    check([again, jobs.ask("done 3"), jobs.ask("count")], ["3 2 a third", "ok", "1"])
    jobs.end()


def use_event_store(folder):
    events = Program("EventStore", folder)
    check(events.ask("append order-1 0 placed two apples"), "version 1")
    check(events.ask("append order-2 0 placed a pear"), "version 1")
    check(events.ask("append order-1 0 placed again"), "refused, it is at 1")
    events.kill()
    # One who subscribes gets what was there, then what comes, and after a crash only what is new to it.
    events = Program("EventStore", folder, "mailer")
    check([events.hear(), events.hear()], ["event order-1 1 placed two apples", "event order-2 1 placed a pear"])
    check(set(events.ask("append order-1 1 paid 3 EUR", 2)), {"version 2", "event order-1 2 paid 3 EUR"})
    check(events.ask("stream order-1", 2), ["1 placed two apples", "2 paid 3 EUR"])
    events.kill()
    events = Program("EventStore", folder)
    check(events.ask("append order-2 any paid 1 EUR"), "version 2")
    check(events.ask("category order", 4)[3], "order-2 paid 1 EUR")
    events.end()
    events = Program("EventStore", folder, "mailer")
    heard = events.hear()
    # The last one before the crash may come again: it was said before it was noted.
    if heard == "event order-1 2 paid 3 EUR":
        heard = events.hear()
    check(heard, "event order-2 2 paid 1 EUR")
    events.end()


def use_server(folder):
    port = free_port()
    server = serve(folder, port)
    value = bytes(range(256))
    for number in range(20):
        check(ask(port, "PUT", f"/values/key-{number:02}", value)[0], 204)
    check(ask(port, "GET", "/values/key-07"), (200, value))
    check(ask(port, "GET", "/values/none")[0], 404)
    check(ask(port, "DELETE", "/values/key-00")[0], 204)
    check(ask(port, "GET", "/values?prefix=key-0&limit=3"), (200, b"key-01\nkey-02\nkey-03\n"))
    check(ask(port, "GET", "/values?prefix=key-0&after=key-07"), (200, b"key-08\nkey-09\n"))
    # Killed under load: what was acknowledged is there.
    acknowledged = []
    writers = [threading.Thread(target=write, args=(port, number, acknowledged)) for number in range(8)]
    for writer in writers:
        writer.start()
    while len(acknowledged) < 200:
        if not any(writer.is_alive() for writer in writers):
            sys.exit("examples.py: nobody writes any more")
    server.kill()
    server.wait(PATIENCE)
    for writer in writers:
        writer.join()
    server = serve(folder, port)
    for key in acknowledged:
        check(ask(port, "GET", f"/values/{key}"), (200, key.encode()))
    if b"kvstore_" not in ask(port, "GET", "/metrics")[1]:
        sys.exit("examples.py: the server has no metrics")
    if shutil.which("wrk"):
        load = ["wrk", "-t1", "-c16", "-d2s", f"http://127.0.0.1:{port}/values/key-07"]
        said = subprocess.run(load, check=True, capture_output=True, text=True).stdout
        check("Non-2xx" in said or "Socket errors" in said, False)
    server.terminate()
    check(server.wait(PATIENCE), 0)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serve(folder, port):
    server = subprocess.Popen([program("Server"), str(folder), str(port)], stderr=subprocess.DEVNULL)
    for _ in range(100 * PATIENCE):
        if server.poll() is not None:
            sys.exit(f"examples.py: the server ended with status {server.returncode}")
        try:
            ask(port, "GET", "/metrics")
            return server
        except OSError:
            time.sleep(0.01)
    sys.exit("examples.py: the server does not answer")


def ask(port, method, path, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def write(port, writer, acknowledged):
    """Writes keys with themselves as values until the server is gone."""
    for number in range(100_000):
        key = f"load-{writer}-{number}"
        try:
            if ask(port, "PUT", f"/values/{key}", key.encode())[0] == 204:
                acknowledged.append(key)
        except (OSError, http.client.HTTPException):
            return


uses = [use_session_cache, use_job_queue, use_event_store]
if any((folder / "Server").exists() for folder in folders):
    uses.append(use_server)
for use in uses:
    with tempfile.TemporaryDirectory() as folder:
        use(Path(folder) / "store")
    print(f"{use.__name__[4:].replace('_', ' ')}: all as it should be", flush=True)
