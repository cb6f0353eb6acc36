"""A place on loopback where releases are downloaded from."""

import http.server
import sys
import threading

import pytest

# Each system has an installer of its own.
collect_ignore = ["test_install.py" if sys.platform == "win32" else "test_install_ps1.py"]


class Releases(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        self.server.asked.append(self.path)
        body = self.server.assets.get(self.path)
        if body is None:
            return self.send_error(404)
        if isinstance(body, str):
            self.send_response(302)
            self.send_header("Location", body)
            return self.end_headers()
        cut = self.path in self.server.cut
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        # A connection that closes in the middle: fewer bytes than were announced.
        self.wfile.write(body[: len(body) // 2] if cut else body)


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Releases) as server:
        server.assets, server.cut, server.asked = {}, set(), []
        server.address = f"http://127.0.0.1:{server.server_port}/releases"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()
