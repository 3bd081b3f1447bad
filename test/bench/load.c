/*
 * Load generator: replays .eml files to a filter as Postfix does, each on a connection of its own, and prints what came back.
 *
 *   load [-c SESSIONS] [-p PASSES] [-r RATE] [-t SECONDS] [-h] unix:/PATH|inet:HOST:PORT FILE…
 *
 * Every file is sent PASSES times over at most SESSIONS connections at a time, of which at most RATE begin in a second. With -h it says "held" once SESSIONS messages
 * (the files in turn) were read by the filter to their end and none was answered, and waits for its input to end. A message
 * that is not answered, or a silence of SECONDS, counts as lost. One thread and epoll: it must cost less than what it measures.
 */
#include "load.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define PIECES 256
enum state { IDLE, NEGOTIATING, WRITING, WAITING };

struct session {
    enum state state;
    int socket, polls_out;
    struct script script;
    size_t step, piece, offset; /* what is written next */
    unsigned char reply[8192];
    size_t reply_size;
    long number;
    double began, ended_writing;
};

static struct {
    long sessions, passes, rate, silence, holds, messages, begun, ended, held;
    struct mail *mails;
    size_t mail_count;
    struct sockaddr_storage address;
    socklen_t address_size;
    struct session *all;
    double *whole, *eom;
    long replies[256], answered, lost;
    int epoll;
} load = {.sessions = 10, .passes = 1, .silence = 60};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void end_session(struct session *session, int answered) {
    static const char goodbye[] = "\0\0\0\1A\0\0\0\1A\0\0\0\1Q";
    if (answered && send(session->socket, goodbye, 15, MSG_NOSIGNAL) < 0) answered = 0;
    close(session->socket);
    if (session->state == WAITING && session->step == session->script.step_count) load.held--;
    if (!answered) load.lost++;
    session->state = IDLE;
    load.ended++;
}

static void poll_out(struct session *session, int wanted) {
    if (session->polls_out == wanted) return;
    struct epoll_event event = {.events = EPOLLIN | (wanted ? EPOLLOUT : 0), .data.ptr = session};
    epoll_ctl(load.epoll, EPOLL_CTL_MOD, session->socket, &event);
    session->polls_out = wanted;
}

/* Writes the rest of the step; a step ends where Postfix waits for a reply. */
static void write_step(struct session *session) {
    struct script *script = &session->script;
    size_t end = script->steps[session->step].to;
    while (session->piece < end) {
        struct iovec pieces[PIECES];
        size_t count = end - session->piece < PIECES ? end - session->piece : PIECES;
        memcpy(pieces, script->pieces + session->piece, count * sizeof *pieces);
        pieces[0].iov_base = (char *)pieces[0].iov_base + session->offset;
        pieces[0].iov_len -= session->offset;
        struct msghdr message = {.msg_iov = pieces, .msg_iovlen = count};
        ssize_t sent = sendmsg(session->socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && errno != EAGAIN) return end_session(session, 0);
        if (sent < 0) return poll_out(session, 1);
        size_t left = (size_t)sent + session->offset;
        while (session->piece < end && left >= script->pieces[session->piece].iov_len)
            left -= script->pieces[session->piece++].iov_len;
        session->offset = left;
    }
    poll_out(session, 0);
    session->step++;
    session->state = WAITING;
    session->ended_writing = now();
    if (session->step == script->step_count) load.held++;
}

static void on_final(struct session *session, unsigned char reply) {
    double time = now();
    load.replies[reply]++;
    load.whole[load.answered] = time - session->began;
    load.eom[load.answered++] = time - session->ended_writing;
    end_session(session, 1);
}

static void on_reply(struct session *session, const unsigned char *frame, size_t size) {
    if (session->state == NEGOTIATING && frame[0] == 'O' && size >= 13) {
        uint32_t protocol;
        memcpy(&protocol, frame + 9, 4);
        write_script(&session->script, &load.mails[(size_t)session->number % load.mail_count], session->number, ntohl(protocol));
        session->step = session->piece = session->offset = 0;
        session->state = WRITING;
        return write_step(session);
    }
    if (session->state != WAITING) return end_session(session, 0);
    int last = session->step == session->script.step_count;
    if (frame[0] == 'p' || (last && strchr("hime+2-bq", frame[0]))) return;
    if (strchr("artdy", frame[0]) || (last && frame[0] == 'c')) return on_final(session, frame[0]);
    if (frame[0] != 'c') return end_session(session, 0);
    session->state = WRITING;
    write_step(session);
}

static void on_readable(struct session *session) {
    ssize_t size = recv(session->socket, session->reply + session->reply_size, sizeof session->reply - session->reply_size,
                        MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0) return end_session(session, 0);
    session->reply_size += (size_t)size;
    size_t at = 0;
    while (session->state != IDLE && session->reply_size - at >= 4) {
        uint32_t length;
        memcpy(&length, session->reply + at, 4);
        length = ntohl(length);
        if (length == 0 || length > sizeof session->reply - 4) return end_session(session, 0);
        if (session->reply_size - at < length + 4) break;
        on_reply(session, session->reply + at + 4, length);
        at += length + 4;
    }
    memmove(session->reply, session->reply + at, session->reply_size -= at);
}

/* False where the filter's queue of connections is full: it is tried again a little later. */
static int begin_session(struct session *session) {
    int kind = load.address.ss_family, yes = 1;
    session->socket = socket(kind, SOCK_STREAM | (kind == AF_UNIX ? SOCK_NONBLOCK : 0), 0);
    session->began = now();
    if (session->socket < 0 || connect(session->socket, (struct sockaddr *)&load.address, load.address_size) < 0) {
        if (errno != EAGAIN) checked(NULL, "connect");
        close(session->socket);
        return 0;
    }
    if (kind == AF_INET) setsockopt(session->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    unsigned char offer[17] = {0, 0, 0, 13, 'O', 0, 0, 0, 6, 0, 0, 1, 0xff, 0, 0x1f, 0xff, 0xff};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = session};
    epoll_ctl(load.epoll, EPOLL_CTL_ADD, session->socket, &event);
    session->polls_out = 0;
    session->reply_size = 0;
    session->state = NEGOTIATING;
    session->number = load.begun++;
    if (send(session->socket, offer, sizeof offer, MSG_NOSIGNAL) != sizeof offer) end_session(session, 0);
    return 1;
}

/* On a unix socket what is "out" was not read by the peer yet; on inet it only left the machine. */
static int all_is_read(void) {
    for (long i = 0; i < load.sessions; i++) {
        int unread = 0;
        if (load.all[i].state != IDLE && (ioctl(load.all[i].socket, SIOCOUTQ, &unread) < 0 || unread > 0)) return 0;
    }
    return 1;
}

static void wait_while_held(void) {
    char byte;
    while (!all_is_read()) usleep(20000);
    puts("held");
    fflush(stdout);
    while (read(0, &byte, 1) > 0);
    /* what was answered meanwhile was not held */
    for (long i = 0; i < load.sessions; i++) {
        if (load.all[i].state != IDLE) on_readable(&load.all[i]);
        if (load.all[i].state != IDLE) load.replies['H']++, load.lost--, end_session(&load.all[i], 0);
    }
}

static void run(void) {
    struct epoll_event events[128];
    double began = now(), last = began;
    while (load.ended < load.messages && now() - last < (double)load.silence * 1e3) {
        int refused = 0;
        long due = load.rate ? 1 + (long)((now() - began) * (double)load.rate / 1e3) : load.messages;
        if (due > load.messages) due = load.messages;
        for (long i = 0; i < load.sessions && load.begun < due && !refused; i++)
            if (load.all[i].state == IDLE) refused = !begin_session(&load.all[i]);
        int count = epoll_wait(load.epoll, events, 128, refused || due < load.messages ? 1 : 1000);
        for (int i = 0; i < count; i++) {
            struct session *session = events[i].data.ptr;
            if (session->state == WRITING && (events[i].events & EPOLLOUT)) write_step(session);
            if (session->state != IDLE && (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))) on_readable(session);
        }
        if (count > 0) last = now();
        if (load.holds && load.held == load.messages - load.ended && load.begun == load.messages) wait_while_held();
    }
    load.lost += load.messages - load.ended;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_times(const char *name, double *times) {
    qsort(times, (size_t)load.answered, sizeof *times, ascending);
    double p50 = load.answered ? times[load.answered / 2] : -1, p99 = load.answered ? times[load.answered * 99 / 100] : -1;
    printf("\"%s\":{\"p50\":%.3f,\"p99\":%.3f},", name, p50, p99);
}

static void read_address(char *text) {
    struct sockaddr_un *local = (struct sockaddr_un *)&load.address;
    struct sockaddr_in *inet = (struct sockaddr_in *)&load.address;
    char *port = strrchr(text, ':');
    load.address_size = sizeof *inet;
    inet->sin_family = AF_INET;
    if (strncmp(text, "inet:", 5) == 0 && port > text + 4) {
        *port = 0;
        inet->sin_port = htons((uint16_t)atoi(port + 1));
        if (inet_pton(AF_INET, text + 5, &inet->sin_addr) == 1) return;
    }
    load.address_size = sizeof *local;
    local->sun_family = AF_UNIX;
    snprintf(local->sun_path, sizeof local->sun_path, "%s", strncmp(text, "unix:", 5) == 0 ? text + 5 : text);
}

int main(int argc, char **argv) {
    for (int option; (option = getopt(argc, argv, "c:p:r:t:h")) != -1;) {
        if (option == 'c') load.sessions = atol(optarg);
        else if (option == 'p') load.passes = atol(optarg);
        else if (option == 'r') load.rate = atol(optarg);
        else if (option == 't') load.silence = atol(optarg);
        else if (option == 'h') load.holds = 1;
        else return 64;
    }
    if (argc - optind < 2 || load.sessions < 1) return 64;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    read_address(argv[optind]);
    load.mail_count = (size_t)(argc - optind - 1);
    load.mails = read_mails(argv + optind + 1, load.mail_count);
    load.messages = load.holds ? load.sessions : load.passes * (long)load.mail_count;
    load.all = checked(calloc((size_t)load.sessions, sizeof *load.all), "memory");
    load.whole = checked(calloc((size_t)load.messages + 1, sizeof(double)), "memory");
    load.eom = checked(calloc((size_t)load.messages + 1, sizeof(double)), "memory");
    load.epoll = epoll_create1(0);
    double began = now();
    run();
    double seconds = (now() - began) / 1e3;
    printf("{\"messages\":%ld,\"answered\":%ld,\"lost\":%ld,\"seconds\":%.3f,", load.messages, load.answered, load.lost, seconds);
    print_times("wholeMs", load.whole);
    print_times("eomMs", load.eom);
    printf("\"replies\":{\"accept\":%ld,\"continue\":%ld,\"reject\":%ld,\"tempfail\":%ld,\"discard\":%ld,\"text\":%ld,\"held\":%ld}}\n",
           load.replies['a'], load.replies['c'], load.replies['r'], load.replies['t'], load.replies['d'], load.replies['y'],
           load.replies['H']);
    return 0;
}
