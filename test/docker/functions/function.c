/* One static program with the behaviours that engine tests need; MODE in its environment picks one. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

extern char **environ;

static char buffer[1 << 16];

static void write_all(int fd, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t written = write(fd, bytes, length);
    if (written <= 0) _exit(70);
    bytes += written;
    length -= (size_t)written;
  }
}

static void say(int fd, const char *text) { write_all(fd, text, strlen(text)); }

/* Copies stdin to stdout until end of file. */
static void echo(void) {
  ssize_t got;
  while ((got = read(0, buffer, sizeof buffer)) > 0) write_all(1, buffer, (size_t)got);
}

/* Answers each byte with itself until end of file: the shortest possible exchange. */
static void ping(void) {
  char byte;
  while (read(0, &byte, 1) == 1) write_all(1, &byte, 1);
}

static void hog(void) {
  for (;;) {
    char *block = malloc(1 << 20);
    if (block) memset(block, 1, 1 << 20);
  }
}

static void on_term(int signal_number) {
  (void)signal_number;
  say(1, "terminated");
  _exit(3);
}

int main(void) {
  const char *mode = getenv("MODE");
  const char *text = getenv("TEXT");
  long count = getenv("COUNT") ? atol(getenv("COUNT")) : 0;
  if (!mode || !strcmp(mode, "echo")) {
    echo();
  } else if (!strcmp(mode, "ping")) {
    ping();
  } else if (!strcmp(mode, "first")) { /* says something before anybody can have written to it */
    say(1, text);
    say(2, "to stderr");
  } else if (!strcmp(mode, "exit")) {
    return (int)count;
  } else if (!strcmp(mode, "environment")) {
    for (char **each = environ; *each; each++) say(1, *each), say(1, "\n");
  } else if (!strcmp(mode, "flood")) { /* COUNT bytes as fast as they go, alternating between both outputs */
    memset(buffer, 'x', sizeof buffer);
    for (long left = count; left > 0; left -= (long)sizeof buffer) {
      size_t length = left < (long)sizeof buffer ? (size_t)left : sizeof buffer;
      write_all(1, buffer, length);
      write_all(2, buffer, length);
    }
  } else if (!strcmp(mode, "hog")) {
    hog();
  } else if (!strcmp(mode, "suicide")) { /* a child, as pid 1 cannot kill itself */
    if (fork() == 0) return 0;
    wait(NULL);
    return 137;
  } else if (!strcmp(mode, "sleep")) { /* reads nothing, says "ready", never ends by itself */
    say(1, "ready");
    for (;;) pause();
  } else if (!strcmp(mode, "handler")) { /* ends with 3 at SIGTERM */
    signal(SIGTERM, on_term);
    say(1, "ready");
    for (;;) pause();
  } else if (!strcmp(mode, "closed")) { /* closes its outputs and lives on until end of file */
    close(1);
    close(2);
    while (read(0, buffer, sizeof buffer) > 0) {
    }
    return 4;
  }
  return 0;
}
