import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { parse } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import * as truths from '../schema.truths.ts'
import { setupFor, type Place } from './snippets.ts'

const pem = "-----BEGIN CERTIFICATE-----\nit's\n-----END CERTIFICATE-----\n"
const place: Place = { publicUrl: 'https://gatehouse.example', localCa: null }
const evil = fc.record({
  publicUrl: fc.constantFrom('https://g.example', "https://g.example/it's", 'https://g/$(x)`y`"z'),
  localCa: fc.constantFrom(null, pem),
})

const routeOf = (p: Place, key: 'config_server' | 'workspace') => {
  const found = setupFor(p).routes.find(({ route }) => route === key)
  if (!found) throw new Error(`no ${key}`)
  return found
}
const snippet = (p: Place, key: 'config_server' | 'workspace', id: string) => {
  const found = routeOf(p, key).snippets.find((s) => s.id === id)
  if (!found) throw new Error(`no ${id}`)
  return found
}

const withSignIn = ({ publicUrl }: Place) => ({
  config_server: {
    base_url: `${publicUrl}/member`,
    oauth: {
      authorization_url: `${publicUrl}/oauth/authorize`,
      token_url: `${publicUrl}/oauth/token`,
      client_id: 'gatehouse-codex',
      scopes: ['openid', 'codex.policy'],
      resource: `${publicUrl}/member`,
    },
  },
})

describe('the lines of the configuration server', () => {
  it('are a requirements.toml with every key that the client needs to sign in, and no other', () => {
    fc.assert(
      fc.property(evil, (p) => {
        expect(parse(snippet(p, 'config_server', 'requirements').install)).toEqual(withSignIn(p))
      }),
    )
  })

  it('take the place of an enrolment, keep the rest of the file, and go away again', () => {
    fc.assert(
      fc.property(evil, (p) => {
        const root = mkdtempSync(join(tmpdir(), 'gatehouse-setup-'))
        const file = join(root, 'etc/codex/requirements.toml')
        const { install, remove } = snippet(p, 'config_server', 'shell')
        mkdirSync(join(root, 'etc/codex'), { recursive: true })
        writeFileSync(
          file,
          'allowed_web_search_modes = []\n# BEGIN gatehouse\n[config_server]\nbase_url = "https://x/c/y"\n# END gatehouse\n',
        )
        run(install, root)
        run(install, root)
        const kept = { allowed_web_search_modes: [] }
        expect(parse(readFileSync(file, 'utf8'))).toEqual({ ...kept, ...withSignIn(p) })
        expect(existsSync(join(root, 'etc/codex/gatehouse-ca.crt'))).toBe(p.localCa !== null)
        run(remove ?? '', root)
        expect(parse(readFileSync(file, 'utf8'))).toEqual(kept)
        expect(existsSync(join(root, 'etc/codex/gatehouse-ca.crt'))).toBe(false)
      }),
      { numRuns: 12 },
    )
  })

  it('stop at a machine that names another server', () => {
    const root = mkdtempSync(join(tmpdir(), 'gatehouse-setup-'))
    const file = join(root, 'etc/codex/requirements.toml')
    mkdirSync(join(root, 'etc/codex'), { recursive: true })
    writeFileSync(file, '[config_server.oauth]\n')
    expect(() => run(snippet(place, 'config_server', 'shell').install, root)).toThrow(
      /another configuration server/,
    )
    expect(readFileSync(file, 'utf8')).toBe('[config_server.oauth]\n')
  })
})

describe('the lines of the workspace sign-in', () => {
  it('name Gatehouse, and a model provider of the organisation with its key', () => {
    fc.assert(
      fc.property(evil, (p) => {
        const config = parse(snippet(p, 'workspace', 'config').install)
        expect(config).toMatchObject({
          chatgpt_base_url: `${p.publicUrl}/backend-api/`,
          model_provider: 'organisation',
          model_providers: { organisation: { env_key: 'ORGANISATION_MODEL_KEY' } },
        })
      }),
    )
  })

  it('give login shells what IDE and app-server need, and take it away', () => {
    fc.assert(
      fc.property(evil, (p) => {
        const root = mkdtempSync(join(tmpdir(), 'gatehouse-setup-'))
        const { install, remove } = snippet(p, 'workspace', 'environment')
        run(install, root)
        const profile = join(root, 'etc/profile.d/gatehouse-sign-in.sh')
        const seen = execFileSync('/bin/sh', [
          '-c',
          `. ${profile}; printf '%s\\n' "$CODEX_APP_SERVER_LOGIN_ISSUER" "$CODEX_REVOKE_TOKEN_URL_OVERRIDE" "\${CODEX_CA_CERTIFICATE-}"`,
        ]).toString()
        expect(seen.split('\n').slice(0, 2)).toEqual([p.publicUrl, `${p.publicUrl}/oauth/revoke`])
        expect(seen.includes('gatehouse-ca.crt')).toBe(p.localCa !== null)
        if (p.localCa !== null)
          expect(readFileSync(join(root, 'etc/codex/gatehouse-ca.crt'), 'utf8')).toBe(p.localCa)
        run(remove ?? '', root)
        expect(existsSync(profile)).toBe(false)
      }),
      { numRuns: 12 },
    )
  })

  it('close the gap with the lines of an enrolment', () => {
    const root = mkdtempSync(join(tmpdir(), 'gatehouse-setup-'))
    const { install, remove } = snippet(place, 'workspace', 'fallback')
    run(install, root)
    const file = join(root, 'etc/codex/requirements.toml')
    expect(parse(readFileSync(file, 'utf8'))).toEqual({
      config_server: { base_url: 'https://gatehouse.example/c/YOUR-KEY' },
    })
    run(remove ?? '', root)
    expect(existsSync(file)).toBe(false)
  })

  it('say on every form that uses the sign-in that a signed-out client has no policy', () => {
    const route = routeOf(place, 'workspace')
    expect(route.doesNot).toContain(truths.failsOpen)
    for (const one of route.snippets) expect([one.id, ...one.notes]).toContain(truths.failsOpen)
  })
})

describe('every shell form', () => {
  it('is a script that a POSIX shell reads', () => {
    fc.assert(
      fc.property(evil, (p) => {
        const scripts = setupFor(p)
          .routes.flatMap(({ snippets }) => snippets)
          .filter(({ language }) => language === 'shell')
          .flatMap(({ install, remove }) => [install, remove ?? ''])
        expect(scripts.length).toBeGreaterThan(8)
        for (const script of scripts) execFileSync('/bin/sh', ['-n'], { input: script })
      }),
      { numRuns: 6 },
    )
  })
})

const run = (script: string, root: string) =>
  execFileSync('/bin/sh', ['-c', script.replaceAll('/etc/', `${root}/etc/`)], { stdio: 'pipe' })
