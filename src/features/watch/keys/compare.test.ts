import { describe, expect, it } from 'vitest'
import { compareKeys } from './compare.ts'
import { documentedKeys } from './find.ts'

const page = (name: string, text: string) => ({ page: name, keys: documentedKeys(text) })
const before = page(
  'setup',
  '## Requirements\n\n```toml\nallowed_sandbox_modes = ["read-only"]\n```\n',
)
const after = page(
  'setup',
  [
    '## Requirements',
    '```toml',
    'allowed_sandbox_modes = ["read-only"]',
    'experimental_network.enabled = true',
    '[features]',
    'browser_use = false',
    '```',
  ].join('\n'),
)
const open = { id: 'pol_1', name: 'Open', text: 'allowed_sandbox_modes = ["read-only"]\n' }
const strict = {
  id: 'pol_2',
  name: 'Strict',
  text: '[experimental_network]\nenabled = false\n[features]\nbrowser_use = false\n',
}

describe('keys that a step brings', () => {
  it('name the policies that do not decide on them', () => {
    const found = compareKeys([before], [after], [open, strict])
    expect(found.items).toMatchObject([
      {
        what: 'requirements_key',
        key: 'experimental_network.enabled',
        change: 'new',
        pages: [{ page: 'setup', line: 4 }],
        decided: [{ name: 'Strict' }],
        undecided: [{ name: 'Open' }],
      },
      { what: 'feature', key: 'browser_use', change: 'new', undecided: [{ name: 'Open' }] },
    ])
    expect(found.summary).toBe(
      '1 key and 1 feature are new; 1 of your 2 policies does not decide on all of them',
    )
  })

  it('are not new when they only moved to another page', () => {
    const moved = { ...before, page: 'elsewhere' }
    expect(compareKeys([before], [moved], [open])).toEqual({ summary: '', items: [] })
  })

  it('are gone when no page says them any more', () => {
    const found = compareKeys([after], [before], [strict])
    expect(found.summary).toBe('1 key and 1 feature are gone')
  })
})
