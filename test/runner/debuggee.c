/*
 * One static program that stands in for a function with a debugger, and for what leads to it.
 *
 *   debuggee serve PORT   listens on the loopback and says so; the first byte of a connection picks what is done with it
 *   debuggee relay PORT   joins stdio to that port, for images without anything that can
 *   debuggee show WHAT... says who it is, its environment, and what is in these files, as it may read them
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

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

static void carry(int from, int to) {
  ssize_t got;
  while ((got = read(from, buffer, sizeof buffer)) > 0) write_all(to, buffer, (size_t)got);
}

static void on_usr1(int number) {
  (void)number;
  say(1, "signalled\n");
}

static struct sockaddr_in loopback(const char *port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static void attend(int peer) {
  char wish = 0;
  if (read(peer, &wish, 1) != 1) return;
  switch (wish) {
    case 'e': /* echo, and a last word after the end of what comes */
      carry(peer, peer);
      say(peer, "end");
      return;
    case 'b':
      say(peer, "bye");
      return;
    case 'f': /* flood: 32 MiB as fast as they go */
      memset(buffer, 'x', sizeof buffer);
      for (int count = 0; count < 512; count++) write_all(peer, buffer, sizeof buffer);
      return;
    case 'h': /* holds the connection and takes no notice of anything */
      for (;;) pause();
  }
}

static int serve(const char *port) {
  struct sockaddr_in address = loopback(port);
  int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 16)) return 1;
  signal(SIGUSR1, on_usr1);
  signal(SIGCHLD, SIG_IGN);
  say(1, "listening\n");
  for (;;) {
    int peer = accept(listener, NULL, NULL);
    if (peer < 0) continue;
    if (fork() == 0) {
      attend(peer);
      _exit(0);
    }
    close(peer);
  }
}

static pid_t down;

static void on_child(int number) {
  (void)number;
  _exit(0);
}

static int relay(const char *port) {
  struct sockaddr_in address = loopback(port);
  int peer = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(peer, (struct sockaddr *)&address, sizeof address)) {
    say(1, "refused\n");
    return 0;
  }
  say(1, "connected\n");
  signal(SIGCHLD, on_child);
  down = fork();
  if (down == 0) {
    carry(peer, 1);
    return 0;
  }
  carry(0, peer);
  shutdown(peer, SHUT_WR);
  sleep(1);
  kill(down, SIGKILL);
  wait(NULL);
  return 0;
}

static void show_file(const char *path) {
  struct stat found;
  char line[512];
  int file = open(path, O_RDONLY);
  if (stat(path, &found) || file < 0) {
    snprintf(line, sizeof line, "%s: cannot be read\n", path);
    say(1, line);
    return;
  }
  snprintf(line, sizeof line, "%s %o: ", path, found.st_mode & 07777);
  say(1, line);
  carry(file, 1);
  say(1, "\n");
}

int main(int count, char **words) {
  if (count < 2) return 64;
  if (!strcmp(words[1], "serve")) return serve(words[2]);
  if (!strcmp(words[1], "relay")) return relay(words[2]);
  char line[64];
  snprintf(line, sizeof line, "user %d\n", (int)getuid());
  say(1, line);
  for (char **each = environ; *each; each++) say(1, *each), say(1, "\n");
  for (int at = 2; at < count; at++) show_file(words[at]);
  return 0;
}
