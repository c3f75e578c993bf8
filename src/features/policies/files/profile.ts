import { createHash } from 'node:crypto'
import * as quote from '#kernel/quote.ts'

export interface Profile {
  /** Reverse-DNS-like, the same each time: a newer profile of one identifier replaces the older one. */
  readonly id: string
  /** Free text, shown in the settings of the Mac. */
  readonly name: string
  readonly requirements: string
}

/**
 * A configuration profile for macOS with a whole requirements.toml in the client's managed preference: domain
 * `com.openai.codex`, key `requirements_toml_base64`, base64 on one line (the vendor's managed-configuration page).
 */
export function profileOf({ id, name, requirements }: Profile): string {
  const payload = Buffer.from(requirements).toString('base64')
  const key = (k: string, value: string) => [`<key>${k}</key>`, value]
  const common = (suffix: string) => [
    ...key('PayloadIdentifier', `<string>${quote.xml(id)}${suffix}</string>`),
    ...key('PayloadUUID', `<string>${uuidOf(`${id}${suffix}`)}</string>`),
    ...key('PayloadVersion', '<integer>1</integer>'),
  ]
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    '<dict>',
    ...key('PayloadType', '<string>Configuration</string>'),
    ...key('PayloadScope', '<string>System</string>'),
    ...key(
      'PayloadDisplayName',
      `<string>${quote.xml(`Gatehouse: ${quote.comment(name)}`)}</string>`,
    ),
    ...common(''),
    '<key>PayloadContent</key>',
    '<array>',
    '<dict>',
    ...key('PayloadType', '<string>com.openai.codex</string>'),
    ...common('.codex'),
    ...key('requirements_toml_base64', `<string>${payload}</string>`),
    '</dict>',
    '</array>',
    '</dict>',
    '</plist>',
  ].join('\n')}\n`
}

/** The same enrolment always has the same profile, so that a new key replaces the installed one. UUID version 8 (RFC 9562, 5.8). */
function uuidOf(name: string): string {
  const h = createHash('sha256').update(name).digest('hex')
  const variant = ((parseInt(h.slice(16, 17), 16) & 0x3) | 0x8).toString(16)
  return [
    h.slice(0, 8),
    h.slice(8, 12),
    `8${h.slice(13, 16)}`,
    `${variant}${h.slice(17, 20)}`,
    h.slice(20, 32),
  ]
    .join('-')
    .toUpperCase()
}
