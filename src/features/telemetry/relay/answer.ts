import { protobufType } from '#kernel/dialect.otlp.ts'
import { cursorOf, lengthEnd, skip, text, varint, varint64 } from '../otlp/wire.ts'

export interface Rejected {
  readonly records: number
  readonly message: string
}
const none: Rejected = { records: 0, message: '' }

/**
 * What of a request a collector says it did not take (OTLP 1.9, "Partial Success"): its sender must not send that again. All three
 * signals have the same fields with other names. An answer that nobody can read says nothing.
 */
export function rejectedOf(contentType: string | undefined, body: Uint8Array): Rejected {
  try {
    return contentType?.startsWith(protobufType) === true ? ofProtobuf(body) : ofJson(body)
  } catch {
    return none
  }
}

function ofProtobuf(body: Uint8Array): Rejected {
  const cursor = cursorOf(body)
  let [records, message] = [0, '']
  const fields = (end: number): void => {
    while (cursor.at < end) {
      const tag = varint(cursor, end)
      if (tag === 0x08) records = Number(varint64(cursor, end))
      else if (tag === 0x12) message = text(cursor, end)
      else skip(cursor, tag, end)
    }
  }
  while (cursor.at < body.length) {
    const tag = varint(cursor, body.length)
    if (tag === 0x0a) fields(lengthEnd(cursor, body.length))
    else skip(cursor, tag, body.length)
  }
  return { records, message }
}

const counts = ['rejectedLogRecords', 'rejectedDataPoints', 'rejectedSpans']

function ofJson(body: Uint8Array): Rejected {
  if (body.length === 0) return none
  const answer = JSON.parse(new TextDecoder().decode(body)) as {
    readonly partialSuccess?: Readonly<Record<string, unknown>>
  }
  const partial = answer.partialSuccess ?? {}
  const message = partial['errorMessage']
  return {
    records: Math.max(0, ...counts.map((name) => Number(partial[name] ?? 0))),
    message: typeof message === 'string' ? message : '',
  }
}
