/* Where things stand in a hive file: in its first block, in a key's cell, in a value's. Between the hive_ files of this folder. */
#ifndef SIDELIGHT_BASE_HIVE_LAYOUT_H
#define SIDELIGHT_BASE_HIVE_LAYOUT_H

enum {
        BASE_BLOCK = 4096, BIN_HEADER = 32,
        SEQUENCE_1 = 0x4, SEQUENCE_2 = 0x8, CHECKSUM = 0x1fc,
        ROOT = 0x24, MINOR = 0x18, DATA_LENGTH = 0x28,
        /* a key */
        KEY_FLAGS = 2, KEY_TIME = 4, KEY_PARENT = 0x10, KEY_CHILDREN = 0x14, KEY_CHILD_LIST = 0x1c, KEY_VOLATILE_LIST = 0x20,
        KEY_VALUES = 0x24, KEY_VALUE_LIST = 0x28, KEY_SECURITY = 0x2c, KEY_CLASS = 0x30, KEY_LONGEST_NAME = 0x34, KEY_LONGEST_VALUE_NAME = 0x3c, KEY_LONGEST_DATA = 0x40, KEY_NAME_LENGTH = 0x48,
        KEY_NAME = 0x4c, KEY_NAME_IS_LATIN = 0x20,
        /* security, which keys share */
        SECURITY_KEYS = 0xc, SECURITY_HEAD = 0x14,
        /* a value */
        VALUE_NAME_LENGTH = 2, VALUE_LENGTH = 4, VALUE_DATA = 8, VALUE_TYPE = 0xc, VALUE_FLAGS = 0x10, VALUE_NAME = 0x14,
        VALUE_NAME_IS_LATIN = 1,
        PIECE_MAX = 16344, /* of long data */
        DATA_MAX = 1 << 20,
};

#define VALUE_IS_INLINE 0x80000000u
#define NOTHING 0xffffffffu /* where a cell's number would stand */

#endif
