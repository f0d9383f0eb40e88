/** Settings of every connection that runs commands. */
export const COMMAND_SETTINGS: Readonly<Record<string, string>> = {
  search_path: 'documentdb_api_catalog,documentdb_api,public',
  client_min_messages: 'error',
  // Plans are short-lived and small: compiling them costs more than it saves.
  jit: 'off',
  random_page_cost: '1.1',
  deadlock_timeout: '100ms',
  // A deadlock must fail the command as a whole, not hide in its write errors.
  'documentdb.throwDeadlockOnCRUD': 'on',
  // Otherwise a cursor would hold a connection, and a transaction, between its pages.
  'documentdb.useFileBasedPersistedCursors': 'on',
  // Indexes are built before createIndexes answers; see commands/indexes.ts.
  'documentdb.force_index_builds_blocking': 'on',
  // Must be set before any index exists: without it no sort uses an index.
  'documentdb.alternate_index_handler_name': 'extended_rum',
  'documentdb.enable_merge_sort_for_in_prefix': 'on',
  'documentdb_core.enableCollation': 'on',
  'documentdb.enableCollationWithNonUniqueOrderedIndexes': 'on',
};

/** In addition, for connections that hold a transaction. */
export function transactionSettings(lifetimeMs: number): Record<string, string> {
  return {
    // A conflicting write waits for the other transaction; not for ever, so that the driver can start over.
    lock_timeout: '2000',
    // The gateway ends overdue transactions itself; this is for the gateway's own death.
    idle_in_transaction_session_timeout: String(lifetimeMs),
  };
}
