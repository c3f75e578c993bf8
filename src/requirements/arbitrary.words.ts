import fc from 'fast-check'
import type { Draft } from './arbitrary.render.ts'
import { FEATURES, REMOVED_FEATURES } from './features.ts'

// What a shape cannot say of a place: which strings mean something there, and which keys belong together.

const TEXT = [
  'x',
  'a b',
  'Größe',
  '🦊',
  'ünï',
  '$HOME',
  'a"b',
  "it's",
  '50%',
  'line\nbreak',
  'tab\there',
]
const PATHS = [
  '/opt/acme',
  '~/work',
  '/a//b/./c/',
  '/a/../b',
  '~',
  '~/a b',
  '/tmp/é',
  '/srv/x#y?z%20',
  '/',
]
const DOMAINS = [
  'a.example',
  '*.b.example',
  '**.c.example',
  'localhost',
  '10.0.0.1',
  'A.Example.',
  'xn--bcher-kva.example',
]
const HOSTS = ['a.example', 'files.b.example', 'x', 'A.Example']
const URLS = [
  'https://a.example',
  'https://b.example/v1?x=1',
  'http://127.0.0.1:8080/x',
  'http://localhost',
]
const REGEXES = ['.*', '^a$', 'a|b', '(?i)x', '[a-z]+', 'a{2,3}', '\\d+', '\\.example$', '']
const SLUGS = ['gpt-5', 'o3', 'gpt-5.1-codex']

/** Which words stand at the places that end like this; the first that fits. */
const PLACES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/mitm\.hooks\.\*\.host$/, HOSTS],
  [/mitm\.hooks\.\*\.schemes$/, ['http', 'https']],
  [/mitm\.hooks\.\*\.(methods)$/, ['GET', 'POST']],
  [/mitm\.hooks\.\*\.(path_prefixes)$/, ['/', '/a']],
  [/(model_catalog_json|credential_file|cwd)$/, PATHS],
  [/(log_dir|sqlite_home)$/, [...PATHS, 'x/y', '../z', '']],
  [/(managed_dir|path|secret_file)$/, PATHS],
  [/windows_managed_dir$/, ['C:\\acme', '/x']],
  [/storage\.\w+$/, ['/opt/acme', '~/work', '/a//b/./c/', '~', '/tmp/é ü']],
  [/(deny_read)$/, ['~/.ssh', '/srv/secret', '~/**/*.env', '/etc/shadow', '~/a b']],
  [/(base_url|_url|url|endpoint)$/, URLS],
  [/(expression|matcher|host_pattern)$/, REGEXES],
  [/(allowed_domains|denied_domains|review_domains)$/, DOMAINS],
  [/allow_unix_sockets$/, ['/run/a.sock', '/b']],
  [/hostname_patterns$/, ['no-such-host-*', 'runner-??.example', '*', 'NO.such.host.']],
  [/required_on_models$/, SLUGS],
  [/model_provider$/, ['openai', 'ollama', 'gcp', 'amazon-bedrock']],
  [/auth_refresh\.command$/, ['aws']],
  [/(command|token|any_of|args|executable)$/, ['git', 'push', 'rm', '--force', '/usr/bin/x', 'é']],
  [/extends$/, [':workspace', ':read-only']],
  [/delivery\.(name|scheme)$/, ['X-Gateway', 'x-acme', 'Bearer']],
  [/justification$/, ['Why not.', 'é', 'a\nb']],
]

export function wordsFor(path: readonly string[]): fc.Arbitrary<string> {
  const place = path.join('.')
  const found = PLACES.find(([end]) => end.test(place))?.[1]
  if (found !== undefined) return fc.constantFrom(...found)
  return fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...TEXT) },
    { weight: 2, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }) },
    { weight: 1, arbitrary: fc.constantFrom('', ' ', '\u00A0') },
  )
}

const NAMES: readonly (readonly [RegExp, readonly string[]])[] = [
  [
    /(^|\.)(features|feature_requirements)$/,
    [...FEATURES, ...[...REMOVED_FEATURES].slice(0, 5), 'zzz'],
  ],
  [/application\.network\.domains$/, ['a.example', 'B.example.', 'localhost', '127.0.0.1']],
  [/domains$/, DOMAINS],
  [/unix_sockets$/, ['/run/a.sock', '/b', 'relative']],
  [/^model_providers$/, ['acme', 'b', 'acme 2', 'é', 'gcp', 'openai', 'amazon-bedrock']],
  [/workspace_roots$/, ['/opt/acme', '~/work']],
  [
    /filesystem$/,
    [
      ':root',
      ':minimal',
      ':tmpdir',
      ':slash_tmp',
      ':workspace_roots',
      '/opt/acme',
      '~/work',
      '~/**/*.env',
    ],
  ],
  [/filesystem\.\*$/, ['.', 'a', 'a/b', '**/*.env', 'docs/**']],
  [/headers$/, ['x-a', 'X-B', 'cookie']],
  [/origins$/, ['https://a.example', '*', 'b.example']],
]

export function namesFor(path: readonly string[]): fc.Arbitrary<string> {
  const place = path.join('.')
  const found = NAMES.find(([end]) => end.test(place))?.[1]
  return fc.constantFrom(...(found ?? ['acme', 'b', 'a b', 'é', 'x.y']))
}

const table = (entries: Readonly<Record<string, Draft>>): Draft => ({
  kind: 'table',
  entries: Object.entries(entries),
})
const text = (value: string): Draft => ({ kind: 'string', value })
const flag = (value: boolean): Draft => ({ kind: 'raw', text: String(value) })

/** Keys that only make sense together, and otherwise would refuse every document they stand in. */
export function entriesFor(
  without: readonly string[],
): fc.Arbitrary<readonly (readonly [string, Draft])[]> {
  const modes = fc
    .subarray(['workspace-write', 'danger-full-access', 'external-sandbox'])
    .map((more): readonly (readonly [string, Draft])[] => [
      ['allowed_sandbox_modes', { kind: 'list', items: ['read-only', ...more].map(text) }],
    ])
  const profiles = fc
    .tuple(fc.boolean(), fc.constantFrom(':workspace', ':read-only', 'acme'))
    .map(([listed, initial]): readonly (readonly [string, Draft])[] => [
      ['default_permissions', text(initial)],
      [
        'allowed_permission_profiles',
        table({ [initial]: flag(true), ':danger-full-access': flag(listed) }),
      ],
      ...(initial === 'acme'
        ? ([['permissions', table({ acme: table({ extends: text(':workspace') }) })]] as const)
        : []),
    ])
  const fits = (names: readonly string[]): boolean => !names.some((name) => without.includes(name))
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    ...(fits(['allowed_sandbox_modes']) ? [{ weight: 2, arbitrary: modes }] : []),
    ...(fits(['permissions', 'default_permissions']) ? [{ weight: 1, arbitrary: profiles }] : []),
  )
}
