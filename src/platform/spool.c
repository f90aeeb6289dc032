#include "platform/spool.h"

#include "platform/files.h"

enum { COPY_SIZE = 1 << 18 };

/* A sink that goes to a temporary file, which is made when it is first needed. */
static bool to_file(void *arg, const char *p, ptrdiff_t len) {
        struct spool *s = arg;

        if (!s->file && !s->fileless) {
                s->file = file_temporary();
                s->fileless = !s->file;
        }
        if (s->fileless) {
                out_bytes(&s->kept, p, len);
                return true;
        }
        return fwrite(p, 1, (size_t)len, s->file) == (size_t)len;
}

void spool_start(struct spool *s) {
        *s = (struct spool){ 0 };
        s->out.sink = to_file;
        s->out.sink_arg = s;
}

static int copy(FILE *from, struct out *to, struct diag *d) {
        static char buffer[COPY_SIZE];
        size_t n;

        if (fseek(from, 0, SEEK_SET) != 0)
                return diag_fail(d, "cannot read what was kept in a temporary file");
        while ((n = fread(buffer, 1, sizeof(buffer), from)) > 0)
                out_bytes(to, buffer, (ptrdiff_t)n);
        return ferror(from) ? diag_fail(d, "cannot read what was kept in a temporary file") : 0;
}

int spool_release(struct spool *s, struct out *to, struct diag *d) {
        if (!s->file) { /* all of it is still in memory */
                out_str(to, out_text(&s->kept));
                out_str(to, out_text(&s->out));
                return 0;
        }
        if (!out_flush(&s->out) || fflush(s->file) != 0)
                return diag_fail(d, "cannot write to a temporary file");
        return copy(s->file, to, d);
}

void spool_free(struct spool *s) {
        if (s->file)
                fclose(s->file);
        out_free(&s->out);
        out_free(&s->kept);
}
