/* SPDX-License-Identifier: MIT */
#include "service/io/worker.h"

#include "service/os/os_host.h"

#include <stdio.h>
#include <stdlib.h>

void worker_prepare_pool(void)
{
    static const char name[] = "UV_THREADPOOL_SIZE";
    const char *set = getenv(name);
    char text[16];
    if (set != NULL && strtol(set, NULL, 10) > WORKER_THREADS) {
        return;
    }
    snprintf(text, sizeof text, "%d", WORKER_THREADS);
    os_host_setenv(name, text);
}

enum jd_code worker_init(struct worker *worker, uv_async_t *wake, struct jd_err *err)
{
    int number;
    worker->wake = wake;
    worker->request = NULL;
    worker->refuses = false;
    atomic_init(&worker->cancelled, false);
    jd_buf_init(&worker->output, WORKER_OUTPUT_CEILING);
    number = uv_mutex_init(&worker->lock);
    if (number == 0) {
        number = uv_cond_init(&worker->changed);
        if (number == 0) {
            return JD_OK;
        }
        uv_mutex_destroy(&worker->lock);
    }
    return jd_fail_sys(err, JD_E_NO_MEMORY, "worker", JD_DOMAIN_UV, number);
}

void worker_done(struct worker *worker)
{
    jd_buf_done(&worker->output);
    uv_cond_destroy(&worker->changed);
    uv_mutex_destroy(&worker->lock);
}

static bool must_wait(const struct worker *worker, size_t len)
{
    return !worker->refuses && worker->output.len != 0 && worker->output.len + len > WORKER_OUTPUT_MAX;
}

/* Worker thread: struct op_io's emit. */
static bool emit(void *context, const char *line, size_t len)
{
    struct worker *worker = context;
    bool taken;
    uv_mutex_lock(&worker->lock);
    while (must_wait(worker, len)) {
        uv_cond_wait(&worker->changed, &worker->lock);
    }
    if (!worker->refuses) {
        jd_buf_add(&worker->output, line, len);
    }
    worker->refuses = worker->refuses || worker->output.failed; /* no line is ever left out of a stream */
    taken = !worker->refuses;
    uv_mutex_unlock(&worker->lock);
    if (taken) {
        uv_async_send(worker->wake);
    }
    return taken;
}

static void run(uv_work_t *work)
{
    struct worker *worker = work->data;
    const struct op_io io = {.cancelled = &worker->cancelled, .emit = emit, .context = worker};
    core_run(worker->request, &io);
}

static void returned(uv_work_t *work, int status)
{
    struct worker *worker = work->data;
    (void)status; /* never cancelled: nobody calls uv_cancel */
    worker->request = NULL;
    worker->on_return(worker);
}

void worker_start(struct worker *worker, uv_loop_t *loop, struct request *request,
                  void (*on_return)(struct worker *worker))
{
    worker->work.data = worker;
    worker->request = request;
    worker->on_return = on_return;
    worker->refuses = false; /* nobody else is inside yet */
    atomic_store(&worker->cancelled, false);
    jd_buf_reset(&worker->output);
    uv_queue_work(loop, &worker->work, run, returned); /* fails without a callback only */
}

bool worker_is_running(const struct worker *worker)
{
    return worker->request != NULL;
}

void worker_refuse_output(struct worker *worker)
{
    uv_mutex_lock(&worker->lock);
    worker->refuses = true;
    uv_cond_broadcast(&worker->changed);
    uv_mutex_unlock(&worker->lock);
}

void worker_cancel(struct worker *worker)
{
    atomic_store(&worker->cancelled, true);
    worker_refuse_output(worker);
}

void worker_take_output(struct worker *worker, struct jd_buf *out)
{
    struct jd_buf emptied = *out;
    jd_buf_reset(&emptied);
    uv_mutex_lock(&worker->lock);
    *out = worker->output;
    worker->output = emptied;
    uv_cond_broadcast(&worker->changed);
    uv_mutex_unlock(&worker->lock);
}
