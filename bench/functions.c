/*
 * The least a function can do. Cold, it copies stdin to stdout. Hot, it answers every request with its body; on the
 * route /swallow it takes a body of any size and answers nothing, on /produce it answers as many bytes as its body says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char input[1 << 20], output[1 << 20];

static void say(const char *bytes, size_t length) {
  for (size_t at = 0; at < length;) {
    ssize_t written = write(1, bytes + at, length - at);
    if (written <= 0) _exit(1);
    at += (size_t)written;
  }
}

static int head(size_t length) {
  return snprintf(output, sizeof output, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", length);
}

/* What has come of the body is in `input` already. */
static void swallow(size_t left) {
  while (left > 0) {
    ssize_t got = read(0, input, left < sizeof input ? left : sizeof input);
    if (got <= 0) _exit(1);
    left -= (size_t)got;
  }
  say(output, (size_t)head(0));
}

static void produce(size_t length) {
  say(output, (size_t)head(length));
  memset(output, 'x', sizeof output);
  while (length > 0) {
    size_t part = length < sizeof output ? length : sizeof output;
    say(output, part);
    length -= part;
  }
}

int main(void) {
  const char *format = getenv("FN_FORMAT");
  size_t have = 0;
  ssize_t got;
  if (!format || strcmp(format, "http")) {
    while ((got = read(0, input, sizeof input)) > 0) say(input, (size_t)got);
    return 0;
  }
  while ((got = read(0, input + have, sizeof input - 1 - have)) > 0) {
    have += (size_t)got;
    input[have] = 0;
    char *end = strstr(input, "\r\n\r\n");
    if (!end) continue;
    char *body = end + 4, *field = strstr(input, "\r\nContent-Length: ");
    size_t length = field ? (size_t)atol(field + 18) : 0, total = (size_t)(body - input) + length;
    char *route = strstr(input, "\r\nRoute: /");
    if (route && route < end && !strncmp(route + 10, "swallow", 7)) {
      swallow(total - have);
      have = 0;
      continue;
    }
    if (have < total) continue;
    if (route && route < end && !strncmp(route + 10, "produce", 7)) {
      produce((size_t)atol(body));
    } else {
      int size = head(length);
      memcpy(output + size, body, length);
      say(output, (size_t)size + length);
    }
    memmove(input, input + total, have - total);
    have -= total;
  }
  return 0;
}
