/*
 * Turns mails into what Postfix 3.7 sends for them (milter8.c): macros before each event, one frame for each header,
 * 65,535 bytes of body in a frame. Where the filter said SMFIP_NR_*, frames go out without waiting.
 */
#include "load.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 65535

void *checked(void *pointer, const char *what) {
    if (pointer == NULL || pointer == MAP_FAILED) {
        perror(what);
        exit(1);
    }
    return pointer;
}

static void add_header(struct mail *mail, const char *start, const char *end) {
    const char *colon = memchr(start, ':', (size_t)(end - start));
    if (colon == NULL) return;
    struct header *header = &mail->headers[mail->header_count++];
    header->name = checked(strndup(start, (size_t)(colon - start)), "memory");
    const char *from = colon + 1 + (colon[1] == ' ');
    char *to = header->value = checked(malloc((size_t)(end - from) + 1), "memory");
    for (; from < end; from++)
        if (*from != '\r') *to++ = *from;
    *to = 0;
    mail->header_bytes += strlen(header->name) + strlen(header->value) + 2;
}

static void read_mail(struct mail *mail, const char *path) {
    struct stat status;
    int file = open(path, O_RDONLY);
    if (file < 0 || fstat(file, &status) < 0) checked(NULL, path);
    const char *bytes = checked(mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0), path);
    close(file);
    const char *end = bytes + status.st_size, *at = bytes;
    mail->headers = checked(calloc(1000, sizeof(struct header)), "memory");
    while (at < end && *at != '\r' && mail->header_count < 1000) {
        const char *line_end = at;
        do line_end = memchr(line_end, '\n', (size_t)(end - line_end)) + 1;
        while (line_end < end && (*line_end == ' ' || *line_end == '\t'));
        add_header(mail, at, line_end - 2);
        at = line_end;
    }
    mail->body = (const unsigned char *)at + 2;
    mail->body_size = (size_t)(end - at) - 2;
}

struct mail *read_mails(char **paths, size_t count) {
    struct mail *mails = checked(calloc(count, sizeof(struct mail)), "memory");
    for (size_t i = 0; i < count; i++) read_mail(&mails[i], paths[i]);
    return mails;
}

static void end_piece(struct script *script) {
    if (script->size == script->piece_start) return;
    script->pieces[script->piece_count++] =
        (struct iovec){script->frames + script->piece_start, script->size - script->piece_start};
    script->piece_start = script->size;
}

static void end_step(struct script *script, int waits) {
    if (!waits) return;
    end_piece(script);
    size_t from = script->step_count ? script->steps[script->step_count - 1].to : 0;
    script->steps[script->step_count++] = (struct step){from, script->piece_count};
}

static void add_length(struct script *script, size_t length, char command) {
    uint32_t wire = htonl((uint32_t)length + 1);
    memcpy(script->frames + script->size, &wire, 4);
    script->frames[script->size + 4] = (unsigned char)command;
    script->size += 5;
}

static void add_bytes(struct script *script, const void *bytes, size_t size) {
    memcpy(script->frames + script->size, bytes, size);
    script->size += size;
}

static void add_frame(struct script *script, char command, const void *bytes, size_t size) {
    add_length(script, size, command);
    add_bytes(script, bytes, size);
}

/* Macros are given as "name\0value\0": a literal, or what snprintf wrote with \n for \0. */
static void add_macros(struct script *script, char stage, const char *text) {
    size_t size = strlen(text);
    add_length(script, size + 1, 'D');
    script->frames[script->size++] = (unsigned char)stage;
    add_bytes(script, text, size);
    for (unsigned char *at = script->frames + script->size - size; at < script->frames + script->size; at++)
        if (*at == '\n') *at = 0;
}

static void make_room(struct script *script, const struct mail *mail) {
    size_t chunks = mail->body_size / CHUNK + 1;
    size_t room = 4096 + mail->header_bytes + mail->header_count * 40 + chunks * 40;
    size_t events = 16 + mail->header_count + chunks;
    if (script->room < room) script->frames = checked(realloc(script->frames, script->room = room), "memory");
    if (script->piece_room < events * 2) {
        script->pieces = checked(realloc(script->pieces, (script->piece_room = events * 2) * sizeof(struct iovec)), "memory");
        script->steps = checked(realloc(script->steps, (script->step_room = events) * sizeof(struct step)), "memory");
    }
    script->size = script->piece_start = script->piece_count = script->step_count = 0;
}

static void write_envelope(struct script *script, long number, uint32_t protocol, const char *id) {
    char text[256];
    add_macros(script, 'C', "j\nmx.test.invalid\n{daemon_name}\nmx.test.invalid\n{daemon_addr}\n127.0.0.1\nv\nPostfix 3.7.11\n"
                            "_\nunknown [192.0.2.1]\n");
    if (!(protocol & NOCONNECT)) add_frame(script, 'C', "[192.0.2.1]\0004\xab\xcd" "192.0.2.1", 25);
    end_step(script, !(protocol & (NOCONNECT | NR_CONN)));
    add_macros(script, 'H', "");
    if (!(protocol & NOHELO)) add_frame(script, 'H', "client.test.invalid", 20);
    end_step(script, !(protocol & (NOHELO | NR_HELO)));
    snprintf(text, sizeof text, "{mail_addr}\nuser%ld@src.test\n{mail_host}\nsrc.test\n{mail_mailer}\nsmtp\n", number);
    add_macros(script, 'M', text);
    int size = snprintf(text, sizeof text, "<user%ld@src.test>", number) + 1;
    if (!(protocol & NOMAIL)) add_frame(script, 'M', text, (size_t)size);
    end_step(script, !(protocol & (NOMAIL | NR_MAIL)));
    add_macros(script, 'R', "{rcpt_addr}\nb@dst.test\n{rcpt_host}\ndst.test\n{rcpt_mailer}\nsmtp\n");
    if (!(protocol & NORCPT)) add_frame(script, 'R', "<b@dst.test>", 13);
    end_step(script, !(protocol & (NORCPT | NR_RCPT)));
    add_macros(script, 'T', id);
    if (!(protocol & NODATA)) add_frame(script, 'T', "", 0);
    end_step(script, !(protocol & (NODATA | NR_DATA)));
}

static void write_body(struct script *script, const struct mail *mail, uint32_t protocol, const char *id) {
    for (size_t at = 0; at < mail->body_size; at += CHUNK) {
        size_t size = mail->body_size - at < CHUNK ? mail->body_size - at : CHUNK;
        add_macros(script, 'B', id);
        add_length(script, size, 'B');
        end_piece(script);
        script->pieces[script->piece_count++] = (struct iovec){(void *)(uintptr_t)(mail->body + at), size};
        end_step(script, !(protocol & NR_BODY));
    }
}

void write_script(struct script *script, const struct mail *mail, long number, uint32_t protocol) {
    char id[32];
    snprintf(id, sizeof id, "i\n%011lX\n", 0x86A00000000 + number);
    make_room(script, mail);
    write_envelope(script, number, protocol, id);
    for (size_t i = 0; i < mail->header_count && !(protocol & NOHDRS); i++) {
        const struct header *header = &mail->headers[i];
        size_t name = strlen(header->name) + 1, value = strlen(header->value) + 1;
        add_macros(script, 'L', id);
        add_length(script, name + value, 'L');
        add_bytes(script, header->name, name);
        add_bytes(script, header->value, value);
        end_step(script, !(protocol & NR_HDR));
    }
    if (!(protocol & NOEOH)) {
        add_macros(script, 'N', id);
        add_frame(script, 'N', "", 0);
        end_step(script, !(protocol & NR_EOH));
    }
    if (!(protocol & NOBODY)) write_body(script, mail, protocol, id);
    add_macros(script, 'E', id);
    add_frame(script, 'E', "", 0);
    end_step(script, 1);
}
