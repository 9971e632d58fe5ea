#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/download.h"
#include "irminon/files.h"
#include "irminon/memory.h"
#include "verbs.h"

static const cli_option options[] = {
    {"output", 'o', "FOLDER", "where to put them, with sources.json beside"},
    {"list", 'l', NULL, "what can be fetched: vintages, licence, address"},
    {"refresh", 0, NULL, "fetch again what is there already"},
    {"retries", 0, "N", "further attempts after a failure that may pass (default: 4)"},
    {"wait", 0, "SECONDS", "before the first of them, then doubled (default: 1)"},
    {"pause", 0, "SECONDS", "between two requests (default: 2; 0 with --base-url)"},
    {"timeout", 0, "SECONDS", "without a byte, the attempt has failed (default: 60)"},
    {"base-url", 0, "URL",
     "a mirror, asked for URL/HOST/PATH (default: $IRMINON_BASE_URL)"},
    {"proxy", 0, "URL", "default: as the environment says (https_proxy, no_proxy)"},
    {"user-agent", 0, "TEXT",
     "how to call oneself (default: irminon/" IRMINON_VERSION ")"},
    {"descriptor", 0, "FILE", "a descriptor of yours, added to those known"},
    {0},
};

static irm_status read_seconds(cli_context *context, const char *option, long most,
                               long otherwise, unsigned *milliseconds, irm_error *error) {
    long seconds;
    IRM_TRY(cli_get_integer(context, option, 0, most, otherwise, &seconds, error));
    *milliseconds = (unsigned)seconds * 1000;
    return IRM_OK;
}

static irm_status read_options(cli_context *context, irm_download_options *fetch,
                               irm_error *error) {
    long retries, stall;
    const char *base = cli_get(context, "base-url");
    base = base != NULL ? base : getenv("IRMINON_BASE_URL");
    base = base != NULL && *base != '\0' ? base : NULL;
    *fetch = (irm_download_options){.base_url = base,
                                    .proxy = cli_get(context, "proxy"),
                                    .user_agent = cli_get(context, "user-agent"),
                                    .refresh = cli_has(context, "refresh")};
    IRM_TRY(cli_get_integer(context, "retries", 0, 20, 4, &retries, error));
    IRM_TRY(cli_get_integer(context, "timeout", 1, 3600, 60, &stall, error));
    IRM_TRY(read_seconds(context, "wait", 60, 1, &fetch->wait_ms, error));
    IRM_TRY(read_seconds(context, "pause", 60, base != NULL ? 0 : 2, &fetch->pause_ms,
                         error));
    fetch->retries = (unsigned)retries;
    fetch->stall_s = (unsigned)stall;
    if (base != NULL && strstr(base, "://") == NULL) {
        return cli_usage_error(error, context->verb,
                               "--base-url wants http://… or https://…, not '%s'", base);
    }
    return IRM_OK;
}

/* One line an address. */
static irm_status list(cli_context *context, const irm_registry *registry,
                       irm_error *error) {
    irm_official_list sources = {0};
    size_t n_words = context->arguments.n_words;
    irm_status status =
        n_words == 0 ? irm_official_known(registry, NULL, &sources, error) : IRM_OK;
    for (size_t i = 0; i < n_words && status == IRM_OK; i++) {
        size_t before = sources.count;
        status = irm_official_known(registry, cli_word(context, i), &sources, error);
        if (status == IRM_OK && sources.count == before) {
            status = irm_official_find(registry, cli_word(context, i), &sources, error);
        }
    }
    if (status == IRM_OK) {
        printf("%-38s %-7s %-28s %s\n", "dataset", "vintage", "licence", "address");
    }
    for (size_t i = 0; i < sources.count && status == IRM_OK; i++) {
        const irm_official *source = &sources.items[i];
        char vintage[16] = "newest";
        if (source->vintage != 0) {
            snprintf(vintage, sizeof vintage, "%d", source->vintage);
        }
        printf("%-38s %-7s %-28s %s\n", source->dataset, vintage, source->licence,
               source->url);
    }
    irm_official_list_clear(&sources);
    return status;
}

/* The line that sha256sum -c reads, and what else is known. */
static irm_status fetch_one(cli_context *context, irm_downloader *downloader,
                            const irm_official *source, irm_error *error) {
    const irm_fetched *fetched;
    bool brought;
    IRM_TRY(irm_download(downloader, source, &fetched, &brought, error));
    bool dated = fetched->published != NULL && *fetched->published != '\0';
    cli_note(context, "%s: %s, %llu bytes%s%s", fetched->file,
             brought ? "fetched" : "there already, unchanged",
             (unsigned long long)fetched->size, dated ? ", published " : "",
             dated ? fetched->published : "");
    printf("%s  %s\n", fetched->sha256, fetched->file);
    fflush(stdout);
    return IRM_OK;
}

/* One after the other; one that fails does not keep the others away. */
static irm_status fetch_each(cli_context *context, irm_downloader *downloader,
                             const irm_official_list *sources, irm_error *error) {
    size_t failed = 0;
    for (size_t i = 0; i < sources->count; i++) {
        irm_status status = fetch_one(context, downloader, &sources->items[i], error);
        if (status == IRM_STATUS_INTERRUPTED || status == IRM_STATUS_NO_MEMORY ||
            (status != IRM_OK && sources->count == 1)) {
            return status;
        }
        if (status != IRM_OK) {
            cli_print_error(context, error);
            failed++;
        }
    }
    return failed == 0 ? IRM_OK
                       : irm_fail(error, IRM_STATUS_IO, "%zu of %zu files not fetched",
                                  failed, sources->count);
}

static irm_status fetch(cli_context *context, const irm_registry *registry,
                        irm_error *error) {
    irm_download_options how;
    irm_official_list sources = {0};
    irm_downloader *downloader = NULL;
    const char *folder = cli_get(context, "output");
    IRM_TRY(read_options(context, &how, error));
    if (folder == NULL) {
        return cli_usage_error(error, context->verb,
                               "where to put the files? (-o FOLDER)");
    }
    irm_status status = IRM_OK;
    for (size_t i = 0; i < context->arguments.n_words && status == IRM_OK; i++) {
        status = irm_official_find(registry, cli_word(context, i), &sources, error);
    }
    if (status == IRM_OK) {
        status = irm_downloader_new(folder, &how, &context->reporter, &downloader, error);
    }
    if (status == IRM_OK) {
        status = fetch_each(context, downloader, &sources, error);
    }
    irm_downloader_free(downloader);
    irm_official_list_clear(&sources);
    return status;
}

static irm_status run(cli_context *context, irm_error *error) {
    cli_session session;
    irm_status status = cli_session_open(context, CLI_WITH_REGISTRY, &session, error);
    bool only_list = cli_has(context, "list") || context->arguments.n_words == 0;
    if (status == IRM_OK) {
        status = only_list ? list(context, session.registry, error)
                           : fetch(context, session.registry, error);
    }
    cli_session_clear(&session);
    return status;
}

const cli_verb cli_verb_fetch = {
    .name = "fetch",
    .words = "[DATASET[@VINTAGE]...]",
    .min_words = 0,
    .max_words = 4096,
    .summary = "bring official files into a folder",
    .details =
        "Brings the files whose addresses the descriptors hold, one at a time: without "
        "a\n"
        "VINTAGE the newest known; DATASET may be a pattern ('cog-*@2025'). Without any, "
        "or\n"
        "with --list, tells what can be fetched.\n\n"
        "A file is written beside, verified (its size, that it is no web page, an "
        "archive to\n"
        "its last byte), then put in place; what an interruption leaves is gone on with. "
        "Its\n"
        "SHA-256 is printed as sha256sum does, and kept in FOLDER/sources.json with its\n"
        "address and the date that the server gives. A file that is there is left "
        "alone.\n\n"
        "Then 'irminon ingest STORE FOLDER' reads what was fetched, with those dates.\n\n"
        "Examples:\n"
        "  irminon fetch --list 'ds-rp-*'\n"
        "  irminon fetch ds-rp-logement-princ@2023 'cog-*@2026' caf-communal -o "
        "sources/\n"
        "  irminon ingest store sources/",
    .options = options,
    .run = run,
};
