import { randomBytes } from 'node:crypto'
import type { Clock } from './clock.ts'

/** Makes ids such as `pol_0199f3c2a7b47d6e8f01b2c3d4e5f607`: a prefix that says what it is, and a UUID version 7. */
export type Ids = (prefix: string) => string

/**
 * UUID version 7 (RFC 9562, section 5.7) as 32 hexadecimal digits: 48 bits of milliseconds, then a 12-bit counter that
 * keeps ids of one millisecond in order (section 6.2, method 1), then random bits. Sorting by id is sorting by creation.
 */
export function createIds(clock: Clock, random: (size: number) => Uint8Array = randomBytes): Ids {
  let last = 0
  let counter = 0
  return (prefix) => {
    const now = clock()
    if (now > last) {
      last = now
      counter = 0
    } else if (++counter > 0xfff) {
      last += 1
      counter = 0
    }
    const tail = Buffer.from(random(8))
    tail[0] = 0x80 | ((tail[0] ?? 0) & 0x3f)
    const time = last.toString(16).padStart(12, '0')
    return `${prefix}_${time}7${counter.toString(16).padStart(3, '0')}${tail.toString('hex')}`
  }
}
