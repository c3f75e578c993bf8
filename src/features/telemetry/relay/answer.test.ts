import { describe, expect, it } from 'vitest'
import { rejectedOf } from './answer.ts'

const protobuf = 'application/x-protobuf'
const text = (json: unknown) => Buffer.from(JSON.stringify(json))

describe('what a collector did not take', () => {
  it('is said by its answer in either format', () => {
    // partial_success { rejected: 3, error_message: "too old" }
    const body = Buffer.from([0x0a, 11, 0x08, 3, 0x12, 7, ...Buffer.from('too old')])
    expect(rejectedOf(protobuf, body)).toEqual({ records: 3, message: 'too old' })
    const partialSuccess = { rejectedSpans: '3', errorMessage: 'too old' }
    expect(rejectedOf('application/json', text({ partialSuccess }))).toEqual({
      records: 3,
      message: 'too old',
    })
  })

  it('is nothing where the answer says nothing, or nothing that can be read', () => {
    const nothing = { records: 0, message: '' }
    expect(rejectedOf(protobuf, Buffer.alloc(0))).toEqual(nothing)
    expect(rejectedOf(protobuf, Buffer.from('<html>'))).toEqual(nothing)
    expect(rejectedOf('application/json', text({}))).toEqual(nothing)
    expect(rejectedOf('text/html', Buffer.from('<html>'))).toEqual(nothing)
    // A warning, with everything taken.
    const warned = { partialSuccess: { errorMessage: 'slow down' } }
    expect(rejectedOf('application/json', text(warned)).records).toBe(0)
  })
})
