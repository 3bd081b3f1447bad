/*
 * A filter that buffers the body of each message and takes its SHA-256 at the end: the least that a filter does which
 * recognises what it has seen. SMFIP_NR_* is negotiated, as a filter that cares for speed would.
 *
 *   sha256 unix:/PATH
 */
#include <libmilter/mfapi.h>
#include <openssl/evp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct body {
    unsigned char *bytes;
    size_t size, room;
};

static atomic_long messages, digests;

static sfsistat negotiate(SMFICTX *ctx, unsigned long actions, unsigned long steps, unsigned long f2, unsigned long f3,
                          unsigned long *our_actions, unsigned long *our_steps, unsigned long *our_f2,
                          unsigned long *our_f3) {
    (void)ctx, (void)actions, (void)f2, (void)f3;
    *our_actions = 0;
    *our_steps = (SMFIP_NOCONNECT | SMFIP_NOHELO | SMFIP_NORCPT | SMFIP_NODATA | SMFIP_NOHDRS | SMFIP_NOEOH |
                  SMFIP_NR_MAIL | SMFIP_NR_BODY) & steps;
    *our_f2 = *our_f3 = 0;
    return SMFIS_CONTINUE;
}

static void forget(SMFICTX *ctx) {
    struct body *body = smfi_getpriv(ctx);
    if (body == NULL) return;
    free(body->bytes);
    free(body);
    smfi_setpriv(ctx, NULL);
}

static sfsistat on_mail(SMFICTX *ctx, char **words) {
    (void)words;
    forget(ctx);
    smfi_setpriv(ctx, calloc(1, sizeof(struct body)));
    return SMFIS_NOREPLY;
}

static sfsistat on_body(SMFICTX *ctx, unsigned char *bytes, size_t size) {
    struct body *body = smfi_getpriv(ctx);
    if (body->size + size > body->room) {
        body->room = (body->size + size) * 2;
        body->bytes = realloc(body->bytes, body->room);
        if (body->bytes == NULL) abort();
    }
    memcpy(body->bytes + body->size, bytes, size);
    body->size += size;
    return SMFIS_NOREPLY;
}

static sfsistat on_end(SMFICTX *ctx) {
    struct body *body = smfi_getpriv(ctx);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    if (EVP_Digest(body->bytes ? body->bytes : (unsigned char *)"", body->size, digest, &length, EVP_sha256(), NULL))
        atomic_fetch_add(&digests, 1);
    atomic_fetch_add(&messages, 1);
    forget(ctx);
    return SMFIS_ACCEPT;
}

static sfsistat on_gone(SMFICTX *ctx) {
    forget(ctx);
    return SMFIS_CONTINUE;
}

int main(int argc, char **argv) {
    struct smfiDesc filter = {.xxfi_name = "sha256", .xxfi_version = SMFI_VERSION, .xxfi_envfrom = on_mail,
        .xxfi_body = on_body, .xxfi_eom = on_end, .xxfi_abort = on_gone, .xxfi_close = on_gone,
        .xxfi_negotiate = negotiate};
    if (argc < 2 || smfi_setconn(argv[1]) || smfi_register(filter) || smfi_setbacklog(1024)) return 64;
    int failed = smfi_main();
    printf("{\"messages\":%ld,\"digests\":%ld}\n", atomic_load(&messages), atomic_load(&digests));
    return failed;
}
