/*
 * The cheapest filter that libmilter can be: it looks at nothing and lets every message pass. It replies to each event,
 * or with -n negotiates SMFIP_NR_* and replies at end of message only. When told to end it prints how many messages it saw.
 *
 *   null [-n] unix:/PATH
 */
#include <libmilter/mfapi.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define NO_REPLIES                                                                                                     \
    (SMFIP_NR_CONN | SMFIP_NR_HELO | SMFIP_NR_MAIL | SMFIP_NR_RCPT | SMFIP_NR_DATA | SMFIP_NR_HDR | SMFIP_NR_EOH |      \
     SMFIP_NR_BODY)

static atomic_long messages;
static sfsistat next = SMFIS_CONTINUE;

static sfsistat negotiate(SMFICTX *ctx, unsigned long actions, unsigned long steps, unsigned long f2, unsigned long f3,
                          unsigned long *our_actions, unsigned long *our_steps, unsigned long *our_f2,
                          unsigned long *our_f3) {
    (void)ctx, (void)actions, (void)f2, (void)f3;
    *our_actions = 0;
    *our_steps = next == SMFIS_NOREPLY ? steps & NO_REPLIES : 0;
    *our_f2 = *our_f3 = 0;
    return SMFIS_CONTINUE;
}

static sfsistat on_connect(SMFICTX *ctx, char *host, _SOCK_ADDR *address) {
    (void)ctx, (void)host, (void)address;
    return next;
}
static sfsistat on_text(SMFICTX *ctx, char *text) { (void)ctx, (void)text; return next; }
static sfsistat on_envelope(SMFICTX *ctx, char **words) { (void)ctx, (void)words; return next; }
static sfsistat on_event(SMFICTX *ctx) { (void)ctx; return next; }
static sfsistat on_header(SMFICTX *ctx, char *name, char *value) { (void)ctx, (void)name, (void)value; return next; }
static sfsistat on_body(SMFICTX *ctx, unsigned char *bytes, size_t size) {
    (void)ctx, (void)bytes, (void)size;
    return next;
}
static sfsistat on_end(SMFICTX *ctx) {
    (void)ctx;
    atomic_fetch_add(&messages, 1);
    return SMFIS_ACCEPT;
}

int main(int argc, char **argv) {
    struct smfiDesc filter = {.xxfi_name = "null", .xxfi_version = SMFI_VERSION, .xxfi_connect = on_connect,
        .xxfi_helo = on_text, .xxfi_envfrom = on_envelope, .xxfi_envrcpt = on_envelope, .xxfi_data = on_event,
        .xxfi_header = on_header, .xxfi_eoh = on_event, .xxfi_body = on_body, .xxfi_eom = on_end,
        .xxfi_negotiate = negotiate};
    if (argc > 2 && strcmp(argv[1], "-n") == 0) next = SMFIS_NOREPLY;
    if (argc < 2 || smfi_setconn(argv[argc - 1]) || smfi_register(filter) || smfi_setbacklog(1024)) return 64;
    int failed = smfi_main();
    printf("{\"messages\":%ld}\n", atomic_load(&messages));
    return failed;
}
