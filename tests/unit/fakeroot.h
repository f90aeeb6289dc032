/* A machine's files, made up in a temporary directory. */
#ifndef SIDELIGHT_TESTS_FAKEROOT_H
#define SIDELIGHT_TESTS_FAKEROOT_H

#include <stddef.h>

enum { FAKEROOT_PATH = 4096 };

void fakeroot_make(char ret_root[FAKEROOT_PATH]);
void fakeroot_remove(const char *root);
/* `path` below the root; good until the next call. */
const char *fakeroot_path(const char *root, const char *path);
/* Makes the file and the directories on its way. */
void fakeroot_file(const char *root, const char *path, const char *text);
void fakeroot_bytes(const char *root, const char *path, const void *bytes, size_t size);
void fakeroot_link(const char *root, const char *path, const char *target);

#endif
