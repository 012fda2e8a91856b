#include "open.h"

#include <stddef.h>
#include <stdio.h>

rocksdb_t *open_like(
    const char *directory, const char *options_from, uint64_t cache_bytes, double bloom_bits, const char *more,
    rocksdb_column_family_handle_t **family, char **error) {
  rocksdb_cache_t *cache = rocksdb_cache_create_lru(cache_bytes);
  rocksdb_options_t *options = NULL, **family_options = NULL;
  size_t families = 0;
  char **names = NULL;
  rocksdb_load_latest_options(
      options_from, rocksdb_create_default_env(), 0, cache, &options, &families, &names, &family_options, error);
  if (*error) return NULL;
  rocksdb_options_t *of_database = rocksdb_options_create();
  rocksdb_get_options_from_string(options, more ? more : "", of_database, error);
  if (*error) return NULL;
  rocksdb_options_set_create_if_missing(of_database, 1);
  const char *name = "default";
  rocksdb_options_t *with_filter = rocksdb_options_create();
  char text[96];
  snprintf(text, sizeof text, "block_based_table_factory={filter_policy=bloomfilter:%g:false}", bloom_bits);
  if (bloom_bits == 0) text[0] = 0;
  rocksdb_get_options_from_string(family_options[0], text, with_filter, error);
  if (*error) return NULL;
  rocksdb_options_t *with_more = rocksdb_options_create();
  rocksdb_get_options_from_string(with_filter, more ? more : "", with_more, error);
  rocksdb_options_destroy(with_filter);
  if (*error) return NULL;
  const rocksdb_options_t *of_family = with_more;
  rocksdb_t *database = rocksdb_open_column_families(of_database, directory, 1, &name, &of_family, family, error);
  rocksdb_options_destroy(of_database);
  rocksdb_options_destroy(with_more);
  rocksdb_load_latest_options_destroy(options, names, family_options, families);
  rocksdb_cache_destroy(cache);
  return *error ? NULL : database;
}
