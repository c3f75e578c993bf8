/** Longer ones say nothing more, and a stranger decides how long. */
export const longestUserAgent = 300

/** What a program says of itself (RFC 9110, section 10.1.5), as far as it is kept; empty: nothing. Anybody can send anything. */
export const userAgentOf = (request: Request): string =>
  (request.headers.get('user-agent') ?? '').slice(0, longestUserAgent)
