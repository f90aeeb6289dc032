/* What the parts of the build's generator share. Not part of the program. */
#ifndef SIDELIGHT_CLOUD_GENERATE_H
#define SIDELIGHT_CLOUD_GENERATE_H

#include <stdio.h>

struct cyaml_schema_value;

/* Each ends the generator with a message when the data is wrong. */
void *generate_load(const char *path, const struct cyaml_schema_value *schema);
void generate_free(void *data, const struct cyaml_schema_value *schema);
__attribute__((noreturn)) void generate_fail(const char *path, const char *why);
/* Writes a text as an initialiser of a struct str; NULL is the empty text. */
void generate_str(FILE *to, const char *text);

void generate_guest_os(const char *path, FILE *to);
void generate_resource_types(const char *path, FILE *to);

#endif
