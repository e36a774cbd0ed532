"""Calls the function at the URL it is given, by one connection, and prints what it was answered as JSON."""
import http.client
import json
import sys
from urllib.parse import urlsplit

url = urlsplit(sys.argv[1])
connection = http.client.HTTPConnection(url.netloc, timeout=20)


def call(method, path=url.path, body=None, headers={}, chunked=False):
    connection.request(method, path, body=body, headers=headers, encode_chunked=chunked)
    answer = connection.getresponse()
    return [answer.status, answer.read().decode()]


print(json.dumps({
    "known length": call("POST", body=b"method"),
    "chunks": call("PUT", body=iter([b"met", b"hod"]), headers={"Transfer-Encoding": "chunked"}, chunked=True),
    "query": call("GET", url.path + "?payload=method"),
    "head": call("HEAD", url.path + "?payload=method"),
    "status": call("POST", body=b"status"),
    "missing": call("GET", url.path + "-not"),
    "large": [len(part) if isinstance(part, str) else part for part in call("POST", body=b"x" * 1000000)],
}))
