/*
 * load PORT CONNECTIONS MILLISECONDS REQUEST: sends the request over each connection again as soon as it was answered,
 * and writes the nanoseconds of each answer to stdout, one uint32 after the other, behind those of the whole as uint64.
 * It looks at no more of an answer than its status and its length, so that it is nowhere near as slow as what it asks.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct connection {
  int fd;
  uint64_t asked;
  size_t have;
  char answer[16384];
};

static void fail(const char *why) {
  perror(why);
  exit(1);
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static int connected(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) fail("connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

static void ask(struct connection *one, const char *request, size_t length) {
  one->have = 0;
  one->asked = now();
  if (write(one->fd, request, length) != (ssize_t)length) fail("write");
}

/* Whether all of the answer is there. */
static int answered(struct connection *one) {
  ssize_t got = read(one->fd, one->answer + one->have, sizeof one->answer - 1 - one->have);
  if (got <= 0) fail("read");
  one->have += (size_t)got;
  one->answer[one->have] = 0;
  char *end = strstr(one->answer, "\r\n\r\n");
  if (!end) return 0;
  char *length = strcasestr(one->answer, "\r\nContent-Length:");
  if (strncmp(one->answer, "HTTP/1.1 200 ", 13) || !length || length > end) {
    fprintf(stderr, "Not the answer that was expected: %s\n", one->answer);
    exit(1);
  }
  return one->have >= (size_t)(end + 4 - one->answer) + (size_t)atol(length + 17);
}

int main(int count, char **arguments) {
  if (count != 5) return 2;
  int connections = atoi(arguments[2]), epoll = epoll_create1(0);
  const char *request = arguments[4];
  size_t length = strlen(request), answers = 0, room = 1 << 20;
  uint32_t *taken = malloc(room * sizeof *taken);
  struct connection *all = calloc((size_t)connections, sizeof *all);
  if (epoll < 0 || !taken || !all) fail("start");
  for (int at = 0; at < connections; at++) {
    struct epoll_event wanted = {.events = EPOLLIN, .data.ptr = &all[at]};
    all[at].fd = connected(atoi(arguments[1]));
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, all[at].fd, &wanted) < 0) fail("epoll_ctl");
  }
  uint64_t begin = now(), last = begin, until = begin + (uint64_t)atol(arguments[3]) * 1000000u;
  for (int at = 0; at < connections; at++) ask(&all[at], request, length);
  /* What is asked is waited for: who goes away early ends its container. */
  for (int open = connections; open > 0;) {
    struct epoll_event events[64];
    int ready = epoll_wait(epoll, events, 64, 10000);
    if (ready <= 0) fail("no answer");
    for (int at = 0; at < ready; at++) {
      struct connection *one = events[at].data.ptr;
      if (!answered(one)) continue;
      last = now();
      if (answers == room && !(taken = realloc(taken, (room *= 2) * sizeof *taken))) fail("realloc");
      taken[answers++] = (uint32_t)(last - one->asked);
      if (last < until) ask(one, request, length);
      else open--;
    }
  }
  uint64_t whole = last - begin;
  fwrite(&whole, sizeof whole, 1, stdout);
  fwrite(taken, sizeof *taken, answers, stdout);
  return 0;
}
