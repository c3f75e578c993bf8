import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createAssets } from './assets.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-assets-'))
mkdirSync(join(folder, 'web/assets'), { recursive: true })
writeFileSync(join(folder, 'secret.json'), '{"secret":true}')
writeFileSync(join(folder, 'web/index.html'), '<style nonce="__CSP_NONCE__"></style>')
writeFileSync(join(folder, 'web/assets/app.js'), 'start()\n'.repeat(100_000))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const assets = createAssets(join(folder, 'web'))

describe('the built pages', () => {
  it('are files with their type, kept by browsers for good', async () => {
    const answer = await assets('/assets/app.js')
    expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(answer.headers.get('cache-control')).toContain('immutable')
    expect(await answer.text()).toHaveLength(800_000)
  })

  it('are the one page at every address that a person may open, with a nonce of its own', async () => {
    const pages = [await assets('/watch/v/p/s/en/a..b/hooks.json'), await assets('/')]
    const nonces = await Promise.all(
      pages.map(async (page) => /nonce="([\w-]{22})"/.exec(await page.text())?.[1]),
    )
    expect(new Set(nonces).size).toBe(2)
    expect(pages[0]?.headers.get('content-security-policy')).toContain(`'nonce-${nonces[0] ?? ''}'`)
  })

  it.each(['/../secret.json', '/..%2fsecret.json', '/assets/../../secret.json', '/%00.js', '/%'])(
    'lead nowhere else: %s',
    async (path) => {
      const answer = await assets(path)
      expect(await answer.text()).not.toContain('secret')
      expect(answer.status).toBeLessThan(500)
    },
  )

  // What is open in this process is listed here on Linux only.
  it.runIf(process.platform === 'linux')(
    'leave no file open when nobody reads the body',
    async () => {
      const open = (): number => readdirSync('/proc/self/fd').length
      const before = open()
      for (let i = 0; i < 50; i++) await assets('/assets/app.js')
      await new Promise((done) => setTimeout(done, 100))
      expect(open() - before).toBeLessThan(25)
    },
  )
})
