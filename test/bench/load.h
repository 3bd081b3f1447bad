/* What the parts of the load generator share: the mails, and the frames of one message in work. */
#ifndef LOAD_H
#define LOAD_H
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

struct header {
    char *name, *value; /* as milter8.c sends them: folds are bare LF, one leading space is eaten */
};

struct mail {
    struct header *headers;
    size_t header_count, header_bytes;
    const unsigned char *body; /* in the mapped file */
    size_t body_size;
};

/* Negotiated steps that matter here (sendmail mfdef.h). */
enum {
    NOCONNECT = 0x01, NOHELO = 0x02, NOMAIL = 0x04, NORCPT = 0x08, NOBODY = 0x10, NOHDRS = 0x20, NOEOH = 0x40,
    NR_HDR = 0x80, NODATA = 0x200, NR_CONN = 0x1000, NR_HELO = 0x2000, NR_MAIL = 0x4000, NR_RCPT = 0x8000,
    NR_DATA = 0x10000, NR_EOH = 0x40000, NR_BODY = 0x80000,
    OFFERED = 0x1fffff,
};

/* The frames of one message up to a reply that must be waited for: pieces `from` up to `to`. */
struct step {
    size_t from, to;
};

/* One message as it goes over the wire. Body bytes are sent from the mapped file, all else from `frames`. */
struct script {
    unsigned char *frames;
    size_t size, room;
    struct iovec *pieces;
    size_t piece_count, piece_room;
    struct step *steps;
    size_t step_count, step_room;
    size_t piece_start; /* where in `frames` the piece that is being written begins */
};

struct mail *read_mails(char **paths, size_t count);
void write_script(struct script *script, const struct mail *mail, long number, uint32_t protocol);
void *checked(void *pointer, const char *what);
#endif
