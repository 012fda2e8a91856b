// Shows that an engine works: writes with every compression, closes, reopens, reads, and checks what the engine says of
// itself in its log. scripts/build-rocksdb.sh compiles and runs it.
//
// usage: engine-smoke-test FOLDER VERSION

#include <rocksdb/c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { keyCount = 20000, keySize = 16, valueSize = 200 };

static const struct {
    const char *name;
    int type;
} codecs[] = {
    {"none", rocksdb_no_compression}, {"snappy", rocksdb_snappy_compression}, {"zlib", rocksdb_zlib_compression},
    {"bz2", rocksdb_bz2_compression}, {"lz4", rocksdb_lz4_compression},       {"lz4hc", rocksdb_lz4hc_compression},
    {"zstd", rocksdb_zstd_compression},
};

static char *problem;

static void fail(const char *what, const char *codec, const char *why) {
    fprintf(stderr, "%s (%s): %s\n", what, codec, why);
    exit(1);
}

static void check(const char *what, const char *codec) {
    if (problem) fail(what, codec, problem);
}

static void makeKey(char *key, int i) { snprintf(key, keySize + 1, "key-%012d", i); }

static void makeValue(char *value, int i) {
    memset(value, 'a' + i % 26, valueSize);
    snprintf(value, valueSize, "value %d", i);
}

static unsigned long tableBytes(rocksdb_t *db) {
    char *text = rocksdb_property_value(db, "rocksdb.total-sst-files-size");
    unsigned long bytes = text ? strtoul(text, NULL, 10) : 0;
    rocksdb_free(text);
    return bytes;
}

static void writeAll(rocksdb_options_t *options, const char *path, const char *codec) {
    rocksdb_t *db = rocksdb_open(options, path, &problem);
    check("open", codec);
    rocksdb_writeoptions_t *write = rocksdb_writeoptions_create();
    rocksdb_flushoptions_t *flush = rocksdb_flushoptions_create();
    char key[keySize + 1], value[valueSize];
    for (int i = 0; i < keyCount; i++) {
        makeKey(key, i);
        makeValue(value, i);
        rocksdb_put(db, write, key, keySize, value, valueSize, &problem);
        check("put", codec);
        if (i == keyCount / 2) rocksdb_flush(db, flush, &problem);
        check("flush", codec);
    }
    rocksdb_compact_range(db, NULL, 0, NULL, 0);
    unsigned long bytes = tableBytes(db), raw = (unsigned long)keyCount * (keySize + valueSize);
    if (strcmp(codec, "none") ? bytes > raw / 2 : bytes < raw) fail("compress", codec, "wrong size of the tables");
    rocksdb_flushoptions_destroy(flush);
    rocksdb_writeoptions_destroy(write);
    rocksdb_close(db);
}

static void readAll(rocksdb_options_t *options, const char *path, const char *codec) {
    rocksdb_t *db = rocksdb_open(options, path, &problem);
    check("reopen", codec);
    rocksdb_readoptions_t *read = rocksdb_readoptions_create();
    char key[keySize + 1], value[valueSize];
    for (int i = 0; i < keyCount; i++) {
        size_t size = 0;
        makeKey(key, i);
        makeValue(value, i);
        char *found = rocksdb_get(db, read, key, keySize, &size, &problem);
        check("get", codec);
        if (!found || size != valueSize || memcmp(found, value, size)) fail("get", codec, "not what was written");
        rocksdb_free(found);
    }
    rocksdb_iterator_t *iterator = rocksdb_create_iterator(db, read);
    int count = 0;
    for (rocksdb_iter_seek_to_first(iterator); rocksdb_iter_valid(iterator); rocksdb_iter_next(iterator)) count++;
    rocksdb_iter_get_error(iterator, &problem);
    check("scan", codec);
    if (count != keyCount) fail("scan", codec, "not all keys");
    rocksdb_iter_destroy(iterator);
    rocksdb_readoptions_destroy(read);
    rocksdb_close(db);
}

static void checkLog(const char *path, const char *version) {
    char name[4096], line[4096], expected[64];
    int rightVersion = 0, fastChecksum = 0;
    snprintf(name, sizeof name, "%s/LOG", path);
    snprintf(expected, sizeof expected, "RocksDB version: %s\n", version);
    FILE *log = fopen(name, "r");
    if (!log) fail("log", "none", "cannot be opened");
    while (fgets(line, sizeof line, log)) {
        rightVersion |= strstr(line, expected) != NULL;
        fastChecksum |= strstr(line, "Fast CRC32 supported: Supported") != NULL;
    }
    fclose(log);
    if (!rightVersion) fail("log", "none", "another version");
    if (!fastChecksum) fail("log", "none", "no hardware CRC32C");
}

int main(int argumentCount, char **arguments) {
    if (argumentCount != 3) return 64;
    for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++) {
        rocksdb_options_t *options = rocksdb_options_create();
        rocksdb_options_set_create_if_missing(options, 1);
        rocksdb_options_set_compression(options, codecs[i].type);
        rocksdb_destroy_db(options, arguments[1], &problem);
        check("destroy", codecs[i].name);
        writeAll(options, arguments[1], codecs[i].name);
        readAll(options, arguments[1], codecs[i].name);
        rocksdb_options_destroy(options);
    }
    checkLog(arguments[1], arguments[2]);
    return 0;
}
