/** A request, as it comes and unpacked. Collectors take 20 MiB; a turn of the agent sends 2 MiB as JSON at most. */
export const requestBytes = 16 * 1024 * 1024

/**
 * What has come, in part or whole, packed or unpacked, and is not stored yet. Beyond that senders are told to come back: memory is
 * not where records are safe.
 */
export const waitingBytes = 64 * 1024 * 1024

/** What a request costs besides its bytes. */
export const requestCost = 2048

/**
 * Bodies that are committed together; one that is larger goes alone. About 4,000 records: a transaction of some tens of
 * milliseconds, for whoever else writes waits for it.
 */
export const commitBytes = 2 * 1024 * 1024

/** Facts of one transaction, unless one request has more (otlp/budget.ts): a record may be two bytes. */
export const commitFacts = 4000

/** Seconds after which a sender that was refused for lack of room may come back. */
export const retryAfter = 2
