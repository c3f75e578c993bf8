import { describe, expect, it } from 'vitest'
import { createSpill, spilled } from './spill.ts'

describe('what a run holds', () => {
  it('comes back from memory and from the disk', async () => {
    const spill = createSpill(10)
    const small = await spilled(spill, 'text', Buffer.from('raw'))
    const large = await spilled(spill, 'grüße\r\n', Buffer.from('<p>grüße</p>'))
    const same = await spilled(spill, 'plain text', Buffer.from('plain text'))
    expect([small.text(), large.text(), same.text()]).toEqual(['text', 'grüße\r\n', 'plain text'])
    expect([small.raw(), large.raw(), same.raw()].map((b) => Buffer.from(b).toString())).toEqual([
      'raw',
      '<p>grüße</p>',
      'plain text',
    ])
    await spill.clear()
    expect(() => large.raw()).toThrow(/ENOENT/)
  })
})
