/** What of a machine shows in what its client prints. */
export interface Machine {
  readonly home: string
  /** `CODEX_HOME`, or `.codex` in the home. */
  readonly codexHome: string
  /** Where the client was started. */
  readonly cwd: string
  readonly host: string
}

/** A path as the client resolves it: `~` is the home, relative ones begin at `base`, dots and doubled slashes go. */
export function placeOf(path: string, machine: Machine, base: string): string {
  const started =
    path === '~' || path.startsWith('~/')
      ? machine.home + path.slice(1)
      : path.startsWith('/')
        ? path
        : `${base}/${path}`
  const segments: string[] = []
  for (const segment of started.split('/'))
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment)
  return `/${segments.join('/')}`
}

// The characters that a path segment of a URL keeps (WHATWG: path percent-encode set, and `%`).
const KEPT = /[!$&'()*+,\-./0-9:;=@A-Z[\]_a-z|~^\\]/

/** The path as a `file:` URL. */
export function fileUrl(path: string): string {
  let url = 'file://'
  for (const byte of new TextEncoder().encode(path)) {
    const char = String.fromCharCode(byte)
    url +=
      byte < 0x80 && KEPT.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return url
}
