/**
 * What a person reads when a fetch is refused: the client (0.169) shows this one sentence for 403, 404 and 503 alike and
 * never the body of the answer, after five tries in about three seconds.
 */
export const refusedText =
  '“Error: Failed to load cloud config bundle (workspace-managed policies).”'
