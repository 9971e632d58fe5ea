"""A server of the loopback whose answers are those of a bad day.

python3 server.py FOLDER: prints its port, serves until its standard input is closed. The path
is /HOST/MANNER/FILE: FILE of FOLDER, in that manner. FOLDER/requests.log has one line a
request: manner, Range (or -), User-Agent.
"""

import http.server
import os
import sys
import threading
import time

folder = sys.argv[1]
counts = {}
MODIFIED = "Tue, 30 Jun 2026 08:00:00 GMT"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, code, headers, body=b""):
        self.send_response_only(code)
        headers.setdefault("Content-Length", str(len(body)))
        for name, value in headers.items():
            if value is not None:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def cut(self, headers, body, length, hold=0.0):
        """Part of what was announced, then the connection is closed."""
        headers["Content-Length"] = str(len(body))
        self.answer(200, headers, body[:length])
        self.wfile.flush()
        time.sleep(hold)
        self.close_connection = True

    def whole_or_range(self, body, tag='"one"'):
        headers = {"ETag": tag, "Last-Modified": MODIFIED, "Content-Type": "text/csv"}
        wanted = self.headers.get("Range")
        if wanted is None or self.headers.get("If-Range") != tag:
            return self.answer(200, headers, body)
        first = int(wanted.split("=")[1].split("-")[0])
        headers["Content-Range"] = f"bytes {first}-{len(body) - 1}/{len(body)}"
        return self.answer(206, headers, body[first:])

    def do_GET(self):
        path = self.path.split("://", 1)[1] if "://" in self.path else self.path[1:]
        host, manner, name = path.split("/", 2)
        seen = counts[path] = counts.get(path, 0) + 1
        ranged = self.headers.get("Range", "-")
        with open(os.path.join(folder, "requests.log"), "a") as log:
            log.write(f"{manner} {ranged} {self.headers.get('User-Agent')}\n")
        if manner == "absent":
            return self.answer(404, {}, b"<html>no</html>")
        if manner == "forbidden":
            return self.answer(403, {})
        if manner == "loop":
            return self.answer(302, {"Location": self.path})
        if manner == "local":
            return self.answer(302, {"Location": "file:///etc/hostname"})
        if manner == "redirect":
            return self.answer(302, {"Location": self.path.replace("redirect", "ok", 1)})
        if manner == "down" or (manner == "busy" and seen <= 2):
            return self.answer(503, {"Retry-After": "0", "ETag": '"of the error"'})
        if manner == "page":
            return self.answer(200, {"Content-Type": "text/html; charset=utf-8"},
                               b"<!DOCTYPE html><html><head><title>Maintenance</title>")
        if manner == "disguised":
            return self.answer(200, {"Content-Type": "text/csv"},
                               b"\n <HTML><BODY>Erreur interne</BODY></HTML>")
        if manner == "json":
            return self.answer(200, {"Content-Type": "application/json"},
                               b'{"error_code": "ODSQLError"}')
        if manner == "empty":
            return self.answer(200, {})
        with open(os.path.join(folder, name), "rb") as file:
            body = file.read()
        if manner == "damaged":
            half = len(body) // 2
            return self.answer(200, {}, body[:half] + bytes([body[half] ^ 255])
                               + body[half + 1:])
        if manner == "tail":  # an archive without its end
            return self.answer(200, {}, body[:len(body) - 40])
        if manner == "chunked":
            self.answer(200, {"Content-Length": None, "Transfer-Encoding": "chunked"})
            for at in range(0, len(body), 997):
                piece = body[at:at + 997]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            return self.wfile.write(b"0\r\n\r\n")
        if manner == "drip":
            self.answer(200, {"Content-Length": str(len(body))})
            for at in range(0, len(body), len(body) // 12 + 1):
                self.wfile.write(body[at:at + len(body) // 12 + 1])
                self.wfile.flush()
                time.sleep(0.03)
            return None
        if manner == "nameless":  # cut each time, and nothing to go on with
            return self.cut({}, body, len(body) // 2)
        if manner == "changed":
            if seen == 1:
                return self.cut({"ETag": '"zero"'}, body, len(body) // 2)
            return self.whole_or_range(body[::-1])
        if manner == "shifted" and seen == 2:  # another part than the one asked for
            return self.answer(206, {"Content-Range": f"bytes 0-9/{len(body)}"}, body[:10])
        if manner in ("cut", "shifted") and seen == 1:
            return self.cut({"ETag": '"one"', "Last-Modified": MODIFIED}, body,
                            len(body) // 2)
        if manner in ("stall", "held") and seen == 1:
            return self.cut({"ETag": '"one"'}, body, len(body) // 2,
                            5 if manner == "stall" else 30)
        return self.whole_or_range(body)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
