/* A hot function that does what its payload says, the right and the wrong things. Cold it does the same, once. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char head[1 << 16], payload[1 << 16];
static int calls;

static void write_all(const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t written = write(1, bytes, length);
    if (written <= 0) _exit(70);
    bytes += written;
    length -= (size_t)written;
  }
}

static void say(const char *text) { write_all(text, strlen(text)); }

/* The value of a header of the request that is being answered. */
static const char *header(const char *name, char *value, size_t size) {
  char start[64];
  snprintf(start, sizeof start, "\r\n%s: ", name);
  const char *field = strstr(head, start);
  size_t length = field ? strcspn(field + strlen(start), "\r") : 0;
  if (length >= size) length = size - 1;
  if (field) memcpy(value, field + strlen(start), length);
  value[length] = 0;
  return value;
}

/* Says whose answer it is, so that one which meets another call is known for what it is. */
static void answer(const char *body) {
  char answer[512], id[64];
  int length = snprintf(answer, sizeof answer, "HTTP/1.1 200 OK\r\nTask-Id: %s\r\nContent-Length: %zu\r\n\r\n%s",
                        header("Task-Id", id, sizeof id), strlen(body), body);
  write_all(answer, (size_t)length);
}

static void use_memory(void) {
  for (;;) {
    char *block = malloc(1 << 20);
    if (block) memset(block, 1, 1 << 20);
  }
}

static void act(const char *order) {
  char body[128];
  if (!strncmp(order, "hang", 4)) {
    for (;;) pause();
  } else if (!strcmp(order, "exit")) {
    fputs("about to exit\n", stderr);
    exit(3);
  } else if (!strcmp(order, "memory")) {
    use_memory();
  } else if (!strcmp(order, "print")) {
    say("a stray line\n");
  } else if (!strcmp(order, "no length")) {
    say("HTTP/1.1 200 OK\r\n\r\nwithout a length");
    for (;;) pause();
  } else if (!strcmp(order, "twice")) {
    answer("one");
    answer("two");
    return;
  } else if (!strcmp(order, "short")) {
    say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    exit(0);
  } else if (!strcmp(order, "half")) {
    say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf ");
    for (;;) pause();
  } else if (!strcmp(order, "late")) {
    answer("on time");
    usleep(50 * 1000);
    say("too late\n");
    return;
  } else if (!strcmp(order, "last")) {
    answer("the last one");
    exit(4);
  } else if (!strcmp(order, "method")) {
    answer(header("Method", body, sizeof body));
    return;
  } else if (!strcmp(order, "config")) {
    const char *value = getenv("VERSION");
    answer(value ? value : "none");
    return;
  } else if (!strcmp(order, "status")) {
    say("HTTP/1.1 418 Teapot\r\nX-Fn: yes\r\nContent-Length: 6\r\n\r\nteapot");
    return;
  } else if (!strcmp(order, "id")) {
    answer(header("Task-Id", body, sizeof body));
    return;
  } else if (!strcmp(order, "slow")) {
    usleep(200 * 1000);
  }
  snprintf(body, sizeof body, "call %d", calls);
  answer(body);
}

/* Gives a body back as it comes, however large it is. */
static void echo(size_t left) {
  char answer_head[96];
  snprintf(answer_head, sizeof answer_head, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", left);
  say(answer_head);
  while (left > 0) {
    ssize_t got = read(0, payload, left < sizeof payload ? left : sizeof payload);
    if (got <= 0) exit(0);
    write_all(payload, (size_t)got);
    left -= (size_t)got;
  }
}

/* Reads up to the empty line. Returns 0 at end of file. */
static int read_head(void) {
  size_t length = 0;
  while (length < sizeof head - 1) {
    if (read(0, head + length, 1) != 1) return 0;
    head[++length] = 0;
    if (length >= 4 && !memcmp(head + length - 4, "\r\n\r\n", 4)) return 1;
  }
  return 0;
}

extern char **environ;

/* Of what it is told by its stderr, where a signal may say so too. */
static void tell(const char *text) {
  if (write(2, text, strlen(text)) < 0) _exit(71);
}

static void tell_of_sigterm(int signal_number) {
  (void)signal_number;
  tell("SIGTERM\n");
}

int main(void) {
  int stubborn = getenv("STUBBORN") != NULL;
  if (stubborn) signal(SIGTERM, tell_of_sigterm);
  const char *format = getenv("FN_FORMAT");
  if (getenv("DEAF")) for (;;) pause(); /* never reads its stdin */
  if (!format || strcmp(format, "http")) {
    ssize_t got, length = 0;
    while ((got = read(0, payload + length, sizeof payload - 1 - (size_t)length)) > 0) length += got;
    payload[length] = 0;
    if (!strcmp(payload, "hang")) for (;;) pause();
    if (!strcmp(payload, "memory")) use_memory();
    if (!strcmp(payload, "flood")) for (;;) write_all(head, sizeof head); /* its stdout never ends */
    if (!strcmp(payload, "exit")) {
      fputs("about to exit\n", stderr);
      return 3;
    }
    if (!strcmp(payload, "environment")) {
      for (char **variable = environ; *variable; variable++) say(*variable), say("\n");
      return 0;
    }
    say("cold ");
    write_all(payload, (size_t)length);
    return 0;
  }
  while (read_head()) {
    const char *field = strstr(head, "\r\nContent-Length: ");
    size_t length = field ? (size_t)atol(field + 18) : 0;
    if (length > sizeof payload - 1) {
      echo(length);
      continue;
    }
    for (size_t at = 0; at < length;) {
      ssize_t got = read(0, payload + at, length - at);
      if (got <= 0) return 0;
      at += (size_t)got;
    }
    payload[length] = 0;
    calls++;
    act(payload);
  }
  if (stubborn) tell("end of file\n");
  while (stubborn) pause();
  return 0;
}
