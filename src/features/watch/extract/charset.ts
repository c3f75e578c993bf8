import sniffEncoding from 'html-encoding-sniffer'

export interface Decoded {
  readonly text: string
  /** WHATWG name in lower case. */
  readonly charset: string
  readonly warnings: readonly string[]
}

/**
 * Bytes as text: by byte order mark, else by the header's charset, else (HTML only) by a `<meta>` in
 * the first 1,024 bytes, as browsers do (https://html.spec.whatwg.org/#encoding-sniffing-algorithm).
 * Without any of these: UTF-8 where the bytes are valid UTF-8, else windows-1252. A byte order mark
 * stays in the text: plain pages are kept byte for byte.
 */
export function decode(bytes: Uint8Array, contentType: string | null, html: boolean): Decoded {
  const label = charsetOf(contentType)
  // Of what is not HTML, only the byte order mark is looked at.
  const named = sniffEncoding(html ? bytes : bytes.subarray(0, 3), {
    defaultEncoding: UNNAMED,
    ...(label === null ? {} : { transportLayerEncodingLabel: label }),
  })
  if (named !== UNNAMED) return decodeAs(bytes, named.toLowerCase())
  const utf8 = strict(bytes)
  return utf8 === null
    ? decodeAs(bytes, 'windows-1252')
    : { text: utf8, charset: 'utf-8', warnings: [] }
}

/** Stands for "nothing names an encoding"; the sniffer hands its default through as it is. */
const UNNAMED = 'unnamed'

function charsetOf(contentType: string | null): string | null {
  return /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType ?? '')?.[1] ?? null
}

function strict(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

function decodeAs(bytes: Uint8Array, charset: string): Decoded {
  let text
  try {
    text = new TextDecoder(charset, { ignoreBOM: true }).decode(bytes)
  } catch {
    // `replacement`, which the standard gives to encodings that are not safe to read.
    return {
      text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
      charset: 'utf-8',
      warnings: [`The page names the encoding ${charset}, which is not read; UTF-8 was taken.`],
    }
  }
  const broken = charset === 'utf-8' && text.includes('\uFFFD') && strict(bytes) === null
  const warnings = broken ? ['Some bytes are not valid UTF-8 and stand as \uFFFD in the text.'] : []
  return { text, charset, warnings }
}
