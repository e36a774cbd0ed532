import os
import sys

payload = sys.stdin.buffer.read() or b"World"

# The rest of the request is environment: METHOD, ROUTE, REQUEST_URL, HEADER_* and your config.
env = os.environ
greeting = env.get("HEADER_X_GREETING") or env.get("GREETING", "Hello")

sys.stdout.buffer.write(os.fsencode(f"{greeting} "))
sys.stdout.buffer.write(payload)
sys.stdout.buffer.write(os.fsencode(f"\n{env['METHOD']} {env['ROUTE']}\n"))
