/* Run by the build: reads data/azure with libcyaml, checks it, and writes it as const C.
 *
 * usage: generate GUEST-OS.yaml RESOURCE-TYPES.yaml OUT.c */
#include <cyaml/cyaml.h>
#include <stdio.h>
#include <stdlib.h>

#include "cloud/generate.h"

static const struct cyaml_config config = { .log_fn = cyaml_log, .mem_fn = cyaml_mem, .log_level = CYAML_LOG_WARNING };

void *generate_load(const char *path, const struct cyaml_schema_value *schema) {
        void *data = NULL;
        cyaml_err_t e = cyaml_load_file(path, &config, schema, &data, NULL);

        if (e != CYAML_OK)
                generate_fail(path, cyaml_strerror(e));
        return data;
}

void generate_free(void *data, const struct cyaml_schema_value *schema) {
        cyaml_free(&config, schema, data, 0);
}

void generate_fail(const char *path, const char *why) {
        fprintf(stderr, "%s: %s\n", path, why);
        exit(1);
}

void generate_str(FILE *to, const char *text) {
        fputs("STR(\"", to);
        for (; text && *text; text++) {
                if (*text == '"' || *text == '\\')
                        fputc('\\', to);
                fputc(*text, to);
        }
        fputs("\")", to);
}

int main(int argc, char **argv) {
        FILE *to;

        if (argc != 4)
                return 64;
        to = fopen(argv[3], "w");
        if (!to)
                generate_fail(argv[3], "cannot be written");
        fputs("/* Made from data/azure by src/cloud/generate.c. */\n", to);
        generate_guest_os(argv[1], to);
        generate_resource_types(argv[2], to);
        if (fclose(to) != 0)
                generate_fail(argv[3], "cannot be written");
        return 0;
}
