import type { IncomingHttpHeaders } from 'node:http'

/** What guards of websites set on the answers that stand in for a page. */
const headerSigns: readonly (readonly [header: string, value: RegExp, guard: string])[] = [
  ['cf-mitigated', /challenge/i, 'Cloudflare'],
  ['x-amzn-waf-action', /challenge|captcha/i, 'AWS WAF'],
  ['x-vercel-mitigated', /challenge|deny/i, 'Vercel'],
]

/** Titles of their pages, whole, since a page of documentation may well speak about them. */
const titles = new RegExp(
  `^(?:${[
    'Just a moment\\.\\.\\.',
    'Attention Required! \\| Cloudflare',
    'Vercel Security Checkpoint',
    "Making sure you(?:&#39;|&#x27;|'|’)re not a bot!",
    'Access to this page has been denied\\.?',
    'Pardon Our Interruption(?:\\.{3})?',
    'DDoS-Guard',
    'Checking your browser(?: before accessing.*)?',
    'Human Verification',
  ].join('|')})$`,
  'i',
)

/**
 * Who put a test for people in the place of a page, or undefined. A challenge often comes with
 * status 200 and would otherwise be recorded as a new version.
 */
export function challengeOf(headers: IncomingHttpHeaders, body: Buffer): string | undefined {
  for (const [header, value, guard] of headerSigns)
    if (value.test(String(headers[header] ?? ''))) return guard
  if (!/html/i.test(headers['content-type'] ?? 'html')) return undefined
  const start = body.toString('latin1', 0, 4096)
  const title = /<title[^>]*>([^<]{1,200})<\/title>/i.exec(start)?.[1]?.trim()
  if (title !== undefined && titles.test(title)) return 'a page that tests for people'
  // Imperva's stand-in is nothing but a frame; whole pages carry the same script beside their text.
  if (body.length < 3000 && start.includes('_Incapsula_Resource')) return 'Imperva'
  return undefined
}
