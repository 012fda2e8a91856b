#ifndef KVSTORE_PEERS_POSTGRES_H
#define KVSTORE_PEERS_POSTGRES_H

#include <stddef.h>

struct pg_conn;
struct pg_result;

enum {
  peers_postgres_connection_ok = 0,
  peers_postgres_command_ok = 1,
  peers_postgres_tuples_ok = 2,
  peers_postgres_single_tuple = 9,
  /// Fields of an error: its code, and its text without what was given.
  peers_postgres_sqlstate = 'C',
  peers_postgres_message = 'M',
};

/// libpq's functions by their names without `PQ`.
struct peers_postgres {
  int (*_Nonnull lib_version)(void);
  struct pg_conn *_Nullable (*_Nonnull connectdb)(const char *_Nonnull options);
  void (*_Nonnull finish)(struct pg_conn *_Nullable connection);
  int (*_Nonnull status)(const struct pg_conn *_Nullable connection);
  int (*_Nonnull server_version)(const struct pg_conn *_Nonnull connection);
  char *_Nonnull (*_Nonnull error_message)(const struct pg_conn *_Nullable connection);
  /// Has the server's remarks printed nowhere.
  void (*_Nonnull ignore_notices)(struct pg_conn *_Nonnull connection);
  struct pg_result *_Nullable (*_Nonnull exec)(struct pg_conn *_Nonnull connection, const char *_Nonnull sql);
  struct pg_result *_Nullable (*_Nonnull prepare)(
      struct pg_conn *_Nonnull connection, const char *_Nonnull name, const char *_Nonnull sql, int count,
      const unsigned int *_Nullable types);
  struct pg_result *_Nullable (*_Nonnull exec_prepared)(
      struct pg_conn *_Nonnull connection, const char *_Nonnull name, int count,
      const char *_Nullable const *_Nullable values, const int *_Nullable lengths, const int *_Nullable formats,
      int result_format);
  int (*_Nonnull send_query_prepared)(
      struct pg_conn *_Nonnull connection, const char *_Nonnull name, int count,
      const char *_Nullable const *_Nullable values, const int *_Nullable lengths, const int *_Nullable formats,
      int result_format);
  int (*_Nonnull set_single_row_mode)(struct pg_conn *_Nonnull connection);
  struct pg_result *_Nullable (*_Nonnull get_result)(struct pg_conn *_Nonnull connection);
  int (*_Nonnull result_status)(const struct pg_result *_Nullable result);
  char *_Nullable (*_Nonnull result_error_field)(const struct pg_result *_Nullable result, int field);
  int (*_Nonnull ntuples)(const struct pg_result *_Nonnull result);
  char *_Nonnull (*_Nonnull get_value)(const struct pg_result *_Nonnull result, int row, int column);
  int (*_Nonnull get_length)(const struct pg_result *_Nonnull result, int row, int column);
  void (*_Nonnull clear)(struct pg_result *_Nullable result);
};

/// Opens libpq.so.5. Null when it cannot be; `problem` then says why.
const struct peers_postgres *_Nullable peers_open_postgres(const char *_Nullable *_Nonnull problem);

#endif
