#include "include/postgres.h"

#include <string.h>

#include "library.h"

static const char library[] = "libpq.so.5";

static void ignore(void *context, const struct pg_result *notice) {
  (void)context;
  (void)notice;
}

typedef void receiver(void *, const struct pg_result *);

static void ignore_notices(struct pg_conn *connection) {
  receiver *(*set)(struct pg_conn *, receiver *, void *) = NULL;
  void *address = peers_find(library, "PQsetNoticeReceiver");
  memcpy(&set, &address, sizeof set);
  if (set) set(connection, ignore, NULL);
}

#define SYMBOL(field, name) {"PQ" name, offsetof(struct peers_postgres, field)}

const struct peers_postgres *peers_open_postgres(const char **problem) {
  static struct peers_postgres table;
  static const struct peers_symbol symbols[] = {
      SYMBOL(lib_version, "libVersion"),
      SYMBOL(connectdb, "connectdb"),
      SYMBOL(finish, "finish"),
      SYMBOL(status, "status"),
      SYMBOL(server_version, "serverVersion"),
      SYMBOL(error_message, "errorMessage"),
      SYMBOL(exec, "exec"),
      SYMBOL(prepare, "prepare"),
      SYMBOL(exec_prepared, "execPrepared"),
      SYMBOL(send_query_prepared, "sendQueryPrepared"),
      SYMBOL(set_single_row_mode, "setSingleRowMode"),
      SYMBOL(get_result, "getResult"),
      SYMBOL(result_status, "resultStatus"),
      SYMBOL(result_error_field, "resultErrorField"),
      SYMBOL(ntuples, "ntuples"),
      SYMBOL(get_value, "getvalue"),
      SYMBOL(get_length, "getlength"),
      SYMBOL(clear, "clear"),
  };
  *problem = peers_load(library, symbols, sizeof symbols / sizeof *symbols, &table);
  table.ignore_notices = ignore_notices;
  return *problem ? NULL : &table;
}
