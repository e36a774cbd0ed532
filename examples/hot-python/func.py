import sys
from http.client import parse_headers

stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
sys.stdout = sys.stderr  # a stray print goes to the log: stdout is for answers only

calls = 0
while stdin.readline():  # GET / HTTP/1.1, or the end of stdin
    # The caller's request and your config are headers: Method, Route, Request_url, Header_*, Greeting.
    headers = parse_headers(stdin)
    payload = stdin.read(int(headers.get("Content-Length", 0)))
    calls += 1

    greeting = headers.get("Header_x_greeting") or headers.get("Greeting", "Hello")
    after = f"\n{headers['Method']} {headers['Route']}, call {calls} of this process\n"
    body = greeting.encode("latin-1") + b" " + (payload or b"World") + after.encode("latin-1")

    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
    stdout.write(head.encode() + body)
    stdout.flush()
