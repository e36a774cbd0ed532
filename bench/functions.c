/* The least a function can do: hot, it answers every request with its body; cold, it copies stdin to stdout. */
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
    char *field = strstr(input, "\r\nContent-Length: ");
    size_t length = field ? (size_t)atol(field + 18) : 0, total = (size_t)(end + 4 - input) + length;
    if (have < total) continue;
    int head = snprintf(output, sizeof output, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", length);
    memcpy(output + head, end + 4, length);
    say(output, (size_t)head + length);
    memmove(input, input + total, have - total);
    have -= total;
  }
  return 0;
}
