/* One request, by libcurl. */
#include <ctype.h>
#include <curl/curl.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "download/download.h"
#include "irminon/memory.h"
#include "irminon/text.h"

struct transfer {
    CURL *curl;
    const irm_download_options *options;
    const irm_reporter *reporter;
    char words[CURL_ERROR_SIZE]; /* libcurl's own */
};

/* An attempt under way. */
typedef struct attempt {
    transfer *of;
    const char *what;
    FILE *to;
    uint64_t from;
    bool begun;   /* a byte was written */
    bool wrong;   /* a part came that does not follow the one that is there */
    int problem;  /* errno of a write */
    bool stopped; /* on request */
    bool stalled;
    curl_off_t done;    /* bytes when something last came, */
    struct timespec at; /* and when that was */
} attempt;

irm_status transfer_open(const irm_download_options *options,
                         const irm_reporter *reporter, transfer **opened,
                         irm_error *error) {
    transfer *made = irm_calloc(1, sizeof *made);
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    made->options = options;
    made->reporter = reporter;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK) {
        made->curl = curl_easy_init();
    }
    if (made->curl == NULL) {
        curl_global_cleanup();
        irm_free(made);
        return irm_fail_memory(error);
    }
    *opened = made;
    return IRM_OK;
}

void transfer_close(transfer *of) {
    if (of != NULL) {
        curl_easy_cleanup(of->curl);
        curl_global_cleanup();
        irm_free(of);
    }
}

/* A header of the last answer, "" without it. */
static const char *header(const attempt *by, const char *name) {
    struct curl_header *found = NULL;
    return curl_easy_header(by->of->curl, name, 0, CURLH_HEADER, -1, &found) == CURLHE_OK
               ? found->value
               : "";
}

static long answer_code(const attempt *by) {
    long code = 0;
    curl_easy_getinfo(by->of->curl, CURLINFO_RESPONSE_CODE, &code);
    return code;
}

/* Before the first byte: the part that is there is gone on with, or emptied. */
static bool begin(attempt *by) {
    by->begun = true;
    if (by->from == 0) {
        return true;
    }
    if (answer_code(by) == 206) {
        unsigned long long first = 0;
        by->wrong = sscanf(header(by, "Content-Range"), "bytes %llu-", &first) != 1 ||
                    first != by->from;
        return !by->wrong;
    }
    by->from = 0;
    if (fflush(by->to) != 0 || ftruncate(fileno(by->to), 0) != 0) {
        by->problem = errno;
        return false;
    }
    rewind(by->to);
    return true;
}

static size_t on_bytes(char *bytes, size_t size, size_t count, void *data) {
    attempt *by = data;
    if (!by->begun && !begin(by)) {
        return 0;
    }
    if (fwrite(bytes, size, count, by->to) != count) {
        by->problem = errno;
        return 0;
    }
    return size * count;
}

/* True once nothing has come for longer than is waited for. */
static bool is_stalled(attempt *by, curl_off_t done) {
    unsigned most = by->of->options->stall_s != 0 ? by->of->options->stall_s : 60;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (done != by->done || by->at.tv_sec == 0) {
        by->done = done;
        by->at = now;
    }
    return now.tv_sec - by->at.tv_sec > (time_t)most;
}

static int on_progress(void *data, curl_off_t total, curl_off_t done,
                       curl_off_t out_total, curl_off_t out_done) {
    attempt *by = data;
    (void)out_total;
    (void)out_done;
    uint64_t whole = total > 0 ? by->from + (uint64_t)total : 0;
    if (done > 0) {
        irm_progress(by->of->reporter, by->what, by->from + (uint64_t)done, whole, 0);
    }
    by->stopped = irm_check_stop(by->of->reporter, NULL) != IRM_OK;
    by->stalled = is_stalled(by, done);
    return by->stopped || by->stalled;
}

/* An address in https is not left for one in http. */
static void set_protocols(CURL *curl, const char *url) {
    bool secure = strncasecmp(url, "https:", 6) == 0;
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 5L);
}

static void set_manners(const transfer *of) {
    const irm_download_options *options = of->options;
    const char *agent = options->user_agent;
    curl_easy_setopt(of->curl, CURLOPT_USERAGENT,
                     agent != NULL ? agent : "irminon/" IRMINON_VERSION);
    if (options->proxy != NULL) {
        curl_easy_setopt(of->curl, CURLOPT_PROXY, options->proxy);
    }
    curl_easy_setopt(of->curl, CURLOPT_CONNECTTIMEOUT, 30L);
}

static void set_ways(transfer *of, attempt *by) {
    curl_easy_setopt(of->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(of->curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(of->curl, CURLOPT_FILETIME, 1L);
    curl_easy_setopt(of->curl, CURLOPT_ERRORBUFFER, of->words);
    curl_easy_setopt(of->curl, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(of->curl, CURLOPT_WRITEDATA, by);
    curl_easy_setopt(of->curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(of->curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(of->curl, CURLOPT_XFERINFODATA, by);
}

/* "Range: bytes=1000-", only if the file is still that one. NULL without memory. */
static struct curl_slist *range_headers(uint64_t from, const char *validator) {
    char line[320];
    struct curl_slist *list = NULL, *longer;
    snprintf(line, sizeof line, "Range: bytes=%llu-", (unsigned long long)from);
    list = curl_slist_append(NULL, line);
    snprintf(line, sizeof line, "If-Range: %s", validator);
    longer = list != NULL ? curl_slist_append(list, line) : NULL;
    if (longer == NULL) {
        curl_slist_free_all(list);
    }
    return longer;
}

/* What a later attempt can name the file by: a strong ETag, or else its date. */
static void read_answer(const attempt *by, transfer_answer *answer) {
    const char *etag = header(by, "ETag");
    bool strong = *etag != '\0' && strncmp(etag, "W/", 2) != 0;
    answer->body = answer_code(by) == 200 || answer_code(by) == 206;
    snprintf(answer->validator, sizeof answer->validator, "%s",
             strong ? etag : header(by, "Last-Modified"));
    char *type = NULL;
    curl_easy_getinfo(by->of->curl, CURLINFO_CONTENT_TYPE, &type);
    snprintf(answer->type, sizeof answer->type, "%s", type != NULL ? type : "");
    curl_off_t modified_at = -1, wait = 0;
    struct tm date;
    curl_easy_getinfo(by->of->curl, CURLINFO_FILETIME_T, &modified_at);
    time_t seconds = (time_t)modified_at;
    if (modified_at > 0 && gmtime_r(&seconds, &date) != NULL) {
        strftime(answer->published, sizeof answer->published, "%Y-%m-%d", &date);
    }
    curl_easy_getinfo(by->of->curl, CURLINFO_RETRY_AFTER, &wait);
    answer->wait_s = wait > 0 && wait < 86400 ? (unsigned)wait : 0;
}

static irm_status fail_code(const attempt *by, const char *url, transfer_answer *answer,
                            irm_error *error) {
    long code = answer_code(by);
    answer->may_pass = code == 408 || code == 429 || code >= 500;
    if (code == 416) { /* the part is not of this file */
        answer->may_pass = answer->start_again = true;
    }
    if (code == 404 || code == 410) {
        return irm_fail_at(error, IRM_STATUS_NOT_FOUND, url, 0, 0, NULL,
                           "the server has no such file (HTTP %ld)", code);
    }
    const char *words = code == 401 || code == 403
                            ? "the server refuses it (some do to programs: --user-agent)"
                        : code == 407 ? "the proxy wants a name and a password"
                        : code == 429 ? "too many requests, says the server"
                                      : "the server failed";
    return irm_fail_at(error, IRM_STATUS_IO, url, 0, 0, NULL, "%s (HTTP %ld)", words,
                       code);
}

/* What is worth another attempt, and what to tell the person. */
static const char *words_of(CURLcode code, bool *may_pass) {
    *may_pass = false;
    switch (code) {
        case CURLE_COULDNT_RESOLVE_HOST:
            return "its host is not found: is there a network?";
        case CURLE_COULDNT_RESOLVE_PROXY:
            return "the proxy is not found";
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_CONNECT_ERROR:
            return "the connection is not safe (TLS)";
        case CURLE_TOO_MANY_REDIRECTS:
            return "it is redirected without an end";
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_URL_MALFORMAT:
            return "it is not, or leads to what is not, an address of the web";
        default:
            break;
    }
    *may_pass = true;
    switch (code) {
        case CURLE_COULDNT_CONNECT:
            return "its host does not answer";
        case CURLE_OPERATION_TIMEDOUT:
            return "its host takes too long to answer";
        case CURLE_PARTIAL_FILE:
            return "the file was cut short";
        default:
            return "the transfer failed";
    }
}

static irm_status fail_transfer(const attempt *by, CURLcode code, const char *url,
                                const char *path, transfer_answer *answer,
                                irm_error *error) {
    if (by->stopped) {
        return irm_fail(error, IRM_STATUS_INTERRUPTED, "interrupted");
    }
    if (code == CURLE_OUT_OF_MEMORY) {
        return irm_fail_memory(error);
    }
    if (by->problem != 0) {
        answer->full = true;
        return irm_fail_at(error, IRM_STATUS_IO, path, 0, 0, NULL, "cannot write: %s",
                           strerror(by->problem));
    }
    if (by->wrong) {
        answer->may_pass = answer->start_again = true;
        return irm_fail_at(error, IRM_STATUS_IO, url, 0, 0, NULL,
                           "the server sent another part than the one asked for");
    }
    if (by->stalled) {
        answer->may_pass = true;
        return irm_fail_at(error, IRM_STATUS_IO, url, 0, 0, NULL,
                           "nothing comes any more");
    }
    if (code == CURLE_HTTP_RETURNED_ERROR) {
        return fail_code(by, url, answer, error);
    }
    const char *words = words_of(code, &answer->may_pass);
    const char *why = by->of->words[0] != '\0' ? by->of->words : curl_easy_strerror(code);
    return irm_fail_at(error, IRM_STATUS_IO, url, 0, 0, NULL, "%s (%s)", words, why);
}

irm_status transfer_get(transfer *of, const char *url, const char *path, const char *what,
                        FILE *to, uint64_t from, const char *validator,
                        transfer_answer *answer, irm_error *error) {
    attempt by = {.of = of, .what = what, .to = to, .from = from};
    struct curl_slist *headers = NULL;
    *answer = (transfer_answer){0};
    of->words[0] = '\0';
    if (from > 0 && (headers = range_headers(from, validator)) == NULL) {
        return irm_fail_memory(error);
    }
    curl_easy_reset(of->curl);
    curl_easy_setopt(of->curl, CURLOPT_URL, url);
    curl_easy_setopt(of->curl, CURLOPT_HTTPHEADER, headers);
    set_protocols(of->curl, url);
    set_manners(of);
    set_ways(of, &by);
    CURLcode code = curl_easy_perform(of->curl);
    read_answer(&by, answer);
    if (code == CURLE_OK && fflush(to) != 0) {
        by.problem = errno;
        code = CURLE_WRITE_ERROR;
    }
    irm_status status =
        code == CURLE_OK ? IRM_OK : fail_transfer(&by, code, url, path, answer, error);
    curl_slist_free_all(headers);
    return status;
}
